"""For which units someone makes reports, and what a report on a unit covers (REP-09, REP-10, REP-12, REP-27)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.organization.model import (
    AdministratorLinkRow,
    AuditEventRow,
    ComputerGroupRow,
    ExternalTechnicianRow,
)
from relay.organization.rules import NotAllowedError
from relay.organization.unit_of_work import ROLES, UnitOfWork
from relay.organization.units import ROOTS, Unit, UnitKind
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import HolderKind

_K = UnitKind
Numbers = Select[Any] | frozenset[int] | None
"""Which units of a kind: those that a query finds, these, or all."""


@dataclass(frozen=True)
class Coverage:
    """What a report on a unit is about: units by kind, and what concerns the organisation as a whole.

    `company_by` limits the latter to what one person did, `company_sections` to these headings of settings.
    """

    name: str
    units: Mapping[UnitKind, Numbers] = field(default_factory=dict)
    company: bool = False
    company_by: int | None = None
    company_sections: frozenset[str] = frozenset()

    def of_events(self) -> ColumnElement[bool]:
        """Return the condition for audit events."""
        event = AuditEventRow
        found: list[ColumnElement[bool]] = []
        for kind, numbers in self.units.items():
            within = true() if numbers is None else event.unit_id.in_(numbers)
            found.append(and_(event.level == "unit", event.unit_kind == kind, within))
        if self.company:
            by = true() if self.company_by is None else event.actor_id == self.company_by
            of = event.section.in_(self.company_sections) if self.company_sections else true()
            found.append(and_(event.level == "company", by, of))
        return or_(false(), *found)

    def of_people(self, person: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition for what someone of these did, by the column that names them."""
        found: list[ColumnElement[bool]] = []
        for kind, roles in ROLES.items():
            if kind in self.units:
                numbers = self.units[kind]
                everybody = select(PersonRow.id).where(PersonRow.role.in_(roles))
                found.append(person.in_(everybody if numbers is None else numbers))
        return or_(false(), *found)

    def of_channels(self, channel: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition for what came through one of these channels, by the column that names it."""
        if UnitKind.CHANNEL not in self.units:
            return false()
        numbers = self.units[UnitKind.CHANNEL]
        return channel.is_not(None) if numbers is None else channel.in_(numbers)


async def coverage(work: UnitOfWork, unit: Unit) -> Coverage:
    """Return what a report on a unit covers. Raises NotAllowedError, NotThereError."""
    reach = work.reach
    if not (reach.all or reach.reports):
        raise NotAllowedError(NotAllowedError.__doc__)
    if unit.kind is _K.TECHNICIANS:
        groups = None if reach.all else reach.groups
        below = _below_groups(groups)
        if not reach.all:
            return Coverage(unit.kind.value, below)
        return Coverage(unit.kind.value, below, company=True, company_sections=_inherited_by(HolderKind.GROUP))
    if unit.kind is _K.ORGANISATION or unit.is_root:
        if not reach.all:
            raise NotAllowedError(NotAllowedError.__doc__)
        return _whole(unit.kind)
    row = await work.load(unit)
    is_self = unit.kind is _K.ADMINISTRATOR and unit.id == work.actor.person
    if not reach.all and not is_self:
        concerned = await work.groups_of(unit, row)
        if not concerned or not all(map(reach.has, concerned)):
            raise NotAllowedError(NotAllowedError.__doc__)
    return _of_unit(work, unit, row.name)


def _whole(kind: UnitKind) -> Coverage:
    everything: dict[UnitKind, Numbers] = {
        each: None for each in UnitKind if each not in ROOTS and each is not _K.ORGANISATION
    }
    branches: dict[UnitKind, Coverage] = {
        _K.ORGANISATION: Coverage("organisation", everything, company=True),
        _K.MASTER_ADMINISTRATORS: Coverage(kind.value, {_K.MASTER_ADMINISTRATOR: None}, company=True),
        _K.ADMINISTRATORS: Coverage(
            kind.value,
            dict.fromkeys(
                (_K.ADMINISTRATOR, _K.ADMINISTRATOR_GROUP, _K.ADMINISTRATOR_LINK, _K.ADMINISTRATOR_GROUP_LINK)
            ),
        ),
        _K.CHANNELS: Coverage(
            kind.value, {_K.CHANNEL: None}, company=True, company_sections=_inherited_by(HolderKind.CHANNEL)
        ),
        _K.EXTERNAL: Coverage(kind.value, dict.fromkeys((_K.EXTERNAL_GROUP, _K.EXTERNAL_TECHNICIAN, _K.EXTERNAL_LINK))),
        _K.COMPUTERS: Coverage(kind.value, dict.fromkeys((_K.COMPUTER, _K.COMPUTER_GROUP))),
    }
    return branches[kind]


def _inherited_by(kind: HolderKind) -> frozenset[str]:
    """Return the headings under which the organisation chooses for all units of a kind."""
    return frozenset(section.title for section in CATALOGUE.sections if section.inherits and kind in section.units)


def _of_unit(work: UnitOfWork, unit: Unit, name: str) -> Coverage:
    own: dict[UnitKind, Numbers] = {unit.kind: frozenset({unit.id})}
    match unit.kind:
        case _K.TECHNICIAN_GROUP:
            return Coverage(name, _below_groups(work.technician_groups.down([unit.id])))
        case _K.ADMINISTRATOR_GROUP:
            groups = work.administrator_groups.down([unit.id])
            people = select(PersonRow.id).where(PersonRow.administrator_group_id.in_(groups))
            return Coverage(name, {_K.ADMINISTRATOR_GROUP: groups, _K.ADMINISTRATOR: people})
        case _K.MASTER_ADMINISTRATOR:
            return Coverage(name, own, company=True)
        case _K.ADMINISTRATOR:
            return Coverage(name, own, company=True, company_by=unit.id)
        case _K.EXTERNAL_GROUP:
            members = select(ExternalTechnicianRow.id).where(ExternalTechnicianRow.external_group_id == unit.id)
            return Coverage(name, own | {_K.EXTERNAL_TECHNICIAN: members})
        case _:
            return Coverage(name, own)


def _below_groups(groups: frozenset[int] | None) -> Mapping[UnitKind, Numbers]:
    """Return what is in technician groups, removed people and computers among them; None for all groups."""
    kinds = (_K.TECHNICIAN_GROUP, _K.TECHNICIAN, _K.COMPUTER_GROUP, _K.ADMINISTRATOR_LINK, _K.ADMINISTRATOR_GROUP_LINK)
    if groups is None:
        return dict.fromkeys(kinds)
    link = AdministratorLinkRow
    links = select(link.id).where(link.technician_group_id.in_(groups))
    people = select(PersonRow.id).where(PersonRow.technician_group_id.in_(groups), PersonRow.role == Role.TECHNICIAN)
    computers = select(ComputerGroupRow.id).where(ComputerGroupRow.technician_group_id.in_(groups))
    return dict(zip(kinds, (groups, people, computers, links, links), strict=True))
