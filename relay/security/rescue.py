"""What the operator of the server does when nobody can get in any more (SEC-47, EDGE-34). The audit trail keeps it."""

from datetime import datetime

from sqlalchemy import delete, select

from codec.errors import DesksideError
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role, email_key
from relay.organization.audit import Action, Change, Done, write
from relay.organization.model import SettingValueRow
from relay.organization.rules import Actor
from relay.organization.units import Unit, UnitKind
from relay.organization.ways_in import CredentialsChanged, end_ways_in, revoked
from relay.security.events import SECOND_STEP
from relay.security.policies import ORGANISATION
from relay.security.two_step import forget
from relay.store import Store

OPERATOR = Actor(None, "deskside-relay", None, "")
_KINDS = {Role.ADMINISTRATOR: UnitKind.ADMINISTRATOR, Role.TECHNICIAN: UnitKind.TECHNICIAN}


class NobodyError(DesksideError):
    """Nobody signs in with this address. Check it, letter by letter."""


async def allow_everyone(store: Store, now: datetime) -> str:
    """Let staff in from every network again; return what to tell the operator."""
    rules = SettingValueRow.unit_kind == ORGANISATION.kind.value, SettingValueRow.key.like("addresses.%")
    async with store.transaction() as transaction:
        keys = list(await transaction.scalars(delete(SettingValueRow).where(*rules).returning(SettingValueRow.key)))
        unit = Unit(UnitKind.ORGANISATION)
        changes = [
            Change(unit, "", Done.EDIT, "addresses", key, old_action=Action.SET, new_action=Action.NOT_SET)
            for key in sorted(keys)
        ]
        write(transaction, OPERATOR, changes, now)
    if not keys:
        return "Nothing was in the way: staff may sign in from every network."
    return "Staff may sign in from every network again. Set the rule anew under Global settings."


async def reset_two_step(email: str, store: Store, now: datetime) -> str:
    """Throw somebody's authenticator away; return what to tell the operator. Raises NobodyError."""
    async with store.transaction() as transaction:
        row = await transaction.scalar(select(PersonRow).where(PersonRow.email_key == email_key(email)))
        if row is None:
            raise NobodyError(NobodyError.__doc__)
        await forget(transaction, row.id, None, now)
        ended = await end_ways_in(transaction, CredentialsChanged(row.id), now)
        unit = Unit(_KINDS.get(Role(row.role), UnitKind.MASTER_ADMINISTRATOR), row.id)
        change = Change(
            unit, row.name, Done.EDIT, "security", SECOND_STEP, old_action=Action.SET, new_action=Action.NOT_SET
        )
        write(transaction, OPERATOR, [change, *[await revoked(transaction, key) for key in ended]], now)
    return f"{row.name} signs in with the password alone, and sets an authenticator up again where it is demanded."
