"""Whether someone takes part at the moment: enabled, and in no group that is disabled (EDGE-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import LicenceRow, PersonRow
from relay.accounts.rules import Licence, Role, Status
from relay.organization.ancestry import batches, read_ancestry
from relay.organization.model import AdministratorGroupRow, TechnicianGroupRow

_LICENCES = select(LicenceRow.person_id, LicenceRow.kind).where(
    LicenceRow.person_id.in_(bindparam("people", expanding=True))
)


@dataclass(frozen=True)
class Eligibility:
    """What a person may do at all: `is_active` to sign in, `licences` to serve customers."""

    is_active: bool
    licences: frozenset[Licence]

    @property
    def may_serve(self) -> bool:
        """Whether the console is open to this person."""
        return self.is_active and Licence.STANDARD in self.licences


async def eligibility_of(transaction: AsyncSession, person: PersonRow) -> Eligibility:
    """Return how a person stands now."""
    return (await eligibilities_of(transaction, [person]))[person.id]


async def eligibilities_of(transaction: AsyncSession, people: Sequence[PersonRow]) -> dict[int, Eligibility]:
    """Return how people stand now, by their numbers."""
    licences: dict[int, set[Licence]] = {person.id: set() for person in people}
    for some in batches(licences):
        for number, kind in await transaction.execute(_LICENCES, {"people": some}):
            licences[number].add(Licence(kind))
    technicians = [person for person in people if person.role == Role.TECHNICIAN]
    others = [person for person in people if person.role != Role.TECHNICIAN]
    shut = await _shut_out(transaction, TechnicianGroupRow, {each.id: each.technician_group_id for each in technicians})
    shut |= await _shut_out(
        transaction, AdministratorGroupRow, {each.id: each.administrator_group_id for each in others}
    )
    return {
        person.id: Eligibility(
            person.status == Status.ENABLED and person.deleted_at is None and person.id not in shut,
            frozenset(licences[person.id]),
        )
        for person in people
    }


async def _shut_out(transaction: AsyncSession, table: Any, groups: Mapping[int, int | None]) -> set[int]:
    """Return those people whose group, or one above it, is disabled."""
    wanted = {group for group in groups.values() if group is not None}
    chains = await read_ancestry(transaction, table, wanted) if wanted else {}
    return {person for person, group in groups.items() if group in chains and chains[group].is_shut}
