"""What the operator of the server does when nobody can get in any more (SEC-47, EDGE-34). The audit trail keeps it."""

from datetime import datetime

from sqlalchemy import select

from codec.errors import DesksideError
from relay.accounts.model import PersonRow
from relay.accounts.rules import Status, email_key
from relay.credentials.password_links import LinkKind, make_link
from relay.credentials.reach import unit_of
from relay.credentials.revocation import CredentialsChanged, revoke_access, revoked
from relay.notifications.events import LINK, SECOND_STEP
from relay.organization.audit import Action, Change, Done, write
from relay.organization.rules import Actor
from relay.organization.units import Unit, UnitKind
from relay.settings.table import remove_values
from relay.sign_in.policies import ORGANISATION
from relay.sign_in.two_step import forget
from relay.store.database import Store

OPERATOR = Actor(None, "deskside-relay", None, "")


class NobodyError(DesksideError):
    """No account has this address. Check the spelling."""


async def allow_everyone(store: Store, now: datetime) -> str:
    """Let staff in from every network again; return what to tell the operator."""
    async with store.transaction() as transaction:
        keys = await remove_values(transaction, ORGANISATION, "addresses.")
        unit = Unit(UnitKind.ORGANISATION)
        changes = [
            Change(unit, "", Done.EDIT, "addresses", key, old_action=Action.SET, new_action=Action.NOT_SET)
            for key in sorted(keys)
        ]
        write(transaction, OPERATOR, changes, now)
    if not keys:
        return "Nothing was in the way: staff may sign in from every network."
    return "Staff may sign in from every network again. Set the rule again under Global settings."


async def reset_password(email: str, url: str, store: Store, now: datetime) -> list[str]:
    """Make a link, good once, by which someone chooses a password; return what to tell the operator.

    Everything that was signed in as them ends. A master administrator who was disabled is enabled again: nobody else
    may be left who could. Raises NobodyError.
    """
    async with store.transaction() as transaction:
        alive = (PersonRow.email_key == email_key(email), PersonRow.deleted_at.is_(None))
        row = await transaction.scalar(select(PersonRow).where(*alive))
        if row is None:
            raise NobodyError(NobodyError.__doc__)
        unit = unit_of(row)
        changes = [
            Change(unit, row.name, Done.EDIT, "security", LINK, old_action=Action.NOT_SET, new_action=Action.SET)
        ]
        was_disabled = unit.kind is UnitKind.MASTER_ADMINISTRATOR and row.status != Status.ENABLED
        if was_disabled:
            row.status = Status.ENABLED
            changes.append(
                Change(unit, row.name, Done.EDIT, "", "status", old_action=Action.DISABLED, new_action=Action.ENABLED)
            )
        await revoke_access(transaction, CredentialsChanged(row.id, revoke_keys=False), now)
        link = await make_link(transaction, row, LinkKind.FORGOTTEN, url, now)
        write(transaction, OPERATOR, changes, now)
        name, is_disabled = row.name, row.status != Status.ENABLED
    lines = [
        f"{name} can choose a new password until {link.until:%H:%M} UTC, once, at:",
        str(link.url),
        "All of their sign-ins have ended. If their authenticator is lost too: deskside-relay reset-two-step "
        + email.strip(),
    ]
    if was_disabled:
        lines.append("Their account was disabled, and is enabled again.")
    elif is_disabled:
        lines.append("Their account is disabled: an administrator must enable it before they can sign in.")
    return lines


async def reset_two_step(email: str, store: Store, now: datetime) -> str:
    """Throw someone's authenticator away; return what to tell the operator. Raises NobodyError."""
    async with store.transaction() as transaction:
        row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == email_key(email)))
        if row is None:
            raise NobodyError(NobodyError.__doc__)
        await forget(transaction, row.id, None, now)
        ended = await revoke_access(transaction, CredentialsChanged(row.id), now)
        change = Change(
            unit_of(row), row.name, Done.EDIT, "security", SECOND_STEP, old_action=Action.SET, new_action=Action.NOT_SET
        )
        write(transaction, OPERATOR, [change, *[await revoked(transaction, key) for key in ended]], now)
    return f"{row.name} signs in with the password alone, and sets an authenticator up again where it is demanded."
