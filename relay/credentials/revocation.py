"""The one place that ends what opens an account: links, sign-ins, API keys. Sockets follow by `Outcome`.

Known devices end too: they carry a stamp of the credentials' version (see `relay.sign_in.known_devices`).
Whatever changes how someone signs in says so by `UnitOfWork.credentials_changed`; who is shut out goes the same way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import OrganisationRow, PersonRow, SignInRow
from relay.credentials.model import ApiKeyRow, PasswordLinkRow
from relay.organization.audit import Action, Change, Done
from relay.organization.units import Unit, UnitKind

KEYS = "API keys"
"""The heading of keys in the audit trail."""
ENDED_WITH_CREDENTIALS: tuple[type[Any], ...] = (PasswordLinkRow,)
"""Tables whose rows help a person to sign in, by `person_id`: all of a person's go when their credentials change."""


@dataclass(frozen=True)
class CredentialsChanged:
    """Whose credentials changed: the sign-in `kept_sign_in` is spared, and whether their API keys are revoked."""

    person: int
    kept_sign_in: int | None = None
    revoke_keys: bool = True


async def revoke_access(transaction: AsyncSession, changed: CredentialsChanged, now: datetime) -> list[str]:
    """End everything that opened this account before; return the names of the API keys that were revoked."""
    person = changed.person
    for table in ENDED_WITH_CREDENTIALS:
        await transaction.execute(delete(table).where(table.person_id == person))
    others = (SignInRow.person_id == person, SignInRow.id != (changed.kept_sign_in or 0))
    await transaction.execute(delete(SignInRow).where(*others))
    newer = update(PersonRow).where(PersonRow.id == person)
    await transaction.execute(newer.values(credentials_version=PersonRow.credentials_version + 1))
    if not changed.revoke_keys:
        return []
    keys = list(
        await transaction.scalars(select(ApiKeyRow).where(ApiKeyRow.made_by == person, ApiKeyRow.revoked_at.is_(None)))
    )
    for key in keys:
        key.revoked_at = now
    return [key.name for key in keys if key.expires_at is None or now < key.expires_at]


async def revoked(transaction: AsyncSession, key: str) -> Change:
    """Return how the audit trail says that an API key was revoked."""
    organisation = await transaction.get_one(OrganisationRow, 1)
    return Change(
        Unit(UnitKind.ORGANISATION),
        organisation.name,
        Done.DELETE,
        KEYS,
        key,
        old_value=key,
        old_action=Action.SET,
        new_action=Action.DELETED,
    )
