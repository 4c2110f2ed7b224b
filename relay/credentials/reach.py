"""Whose way in an actor may look at, or change."""

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.organization.guard import Guard
from relay.organization.rules import NotAllowedError, NotThereError
from relay.organization.unit_of_work import KIND_OF, UnitOfWork
from relay.organization.units import PEOPLE, Unit


def unit_of(row: PersonRow) -> Unit:
    """Return the unit that a person is."""
    return Unit(KIND_OF[Role(row.role)], row.id)


async def load_guarded(work: UnitOfWork, unit: Unit, guard: Guard, *, own: bool = False) -> PersonRow:
    """Return someone whose way in the actor may change. Oneself only where `own`: the account page asks for more."""
    row = await load(work, unit)
    if row.id == work.actor.person and not own:
        raise NotAllowedError("Change your own sign-in on your account page.")
    work.check_guard(guard, Role(row.role))
    return row


async def load(work: UnitOfWork, unit: Unit) -> PersonRow:
    """Return someone in the actor's reach. Raises NotThereError, for what is nobody too, or NotAllowedError."""
    if unit.kind not in PEOPLE:
        raise NotThereError(NotThereError.__doc__)
    row: PersonRow = await work.load_own(unit)
    return row
