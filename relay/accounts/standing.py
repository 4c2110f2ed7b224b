"""Whether somebody takes part at the moment: enabled, and in no group that is disabled (EDGE-07)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import LicenceRow, PersonRow
from relay.accounts.rules import Licence, Role, Status
from relay.organization.model import AdministratorGroupRow, TechnicianGroupRow


@dataclass(frozen=True)
class Standing:
    """What a person may do at all: `is_active` to sign in, `licences` to serve customers."""

    is_active: bool
    licences: frozenset[Licence]

    @property
    def may_serve(self) -> bool:
        """Whether the console is open to this person."""
        return self.is_active and Licence.STANDARD in self.licences


async def standing_of(transaction: AsyncSession, person: PersonRow) -> Standing:
    """Return how a person stands now."""
    licences = await transaction.scalars(select(LicenceRow.kind).where(LicenceRow.person_id == person.id))
    enabled = person.status == Status.ENABLED and person.deleted_at is None
    active = enabled and not await _is_shut_out(transaction, person)
    return Standing(active, frozenset(Licence(kind) for kind in licences))


async def _is_shut_out(transaction: AsyncSession, person: PersonRow) -> bool:
    """Whether a group of the person, or one above it, is disabled."""
    table: type[AdministratorGroupRow | TechnicianGroupRow]
    if person.role == Role.TECHNICIAN:
        table, start = TechnicianGroupRow, person.technician_group_id
    else:
        table, start = AdministratorGroupRow, person.administrator_group_id
    if start is None:
        return False
    columns = table.id, table.parent_id, table.status
    above = select(*columns).where(table.id == start).cte("above", recursive=True)
    above = above.union_all(select(*columns).where(table.id == above.c.parent_id))
    disabled = select(func.count()).select_from(above).where(above.c.status != Status.ENABLED)
    return bool(await transaction.scalar(disabled))
