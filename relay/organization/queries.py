"""What an actor sees of the organisation: the tree, and one unit in full."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from relay.accounts.model import LicenceRow, OrganisationRow, PersonRow
from relay.accounts.rules import Licence, Role
from relay.organization.editing import present_values
from relay.organization.model import (
    AdministratorGroupRow,
    AdministratorLinkRow,
    ChannelExclusionRow,
    ChannelLinkRow,
    ChannelRow,
    ComputerGroupRow,
    ComputerLinkRow,
    ComputerRow,
    ExternalGroupRow,
    ExternalLinkRow,
    ExternalTechnicianRow,
    RootRow,
    TechnicianGroupRow,
)
from relay.organization.rules import NotAllowedError
from relay.organization.tree import Forest
from relay.organization.unit_of_work import KIND_OF, PARENTS, UnitOfWork
from relay.organization.units import ROOTS, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the tree. `linked` when the unit is only at the disposal of what is above it.

    `enabled` is the unit's own status; `active` is False also where a group above it is disabled (EDGE-07).
    """

    unit: Unit
    name: str
    enabled: bool
    active: bool
    linked: bool
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Shown:
    """One unit with the values of its fields. An edit names `version`. `place` is None for what has no group."""

    unit: Unit
    name: str
    place: Unit | None
    place_name: str
    version: int
    values: Mapping[str, object]
    made_at: datetime
    changed_at: datetime
    valid_since: datetime | None
    role: Role | None


@dataclass(frozen=True)
class Stock:
    """Licences of one kind. `total` None is unlimited."""

    total: int | None
    given: int


_K = UnitKind
_Children = Mapping[Unit, list[Node]]
_ROOT_OF = {
    _K.ADMINISTRATOR: _K.ADMINISTRATORS,
    _K.ADMINISTRATOR_GROUP: _K.ADMINISTRATORS,
    _K.TECHNICIAN_GROUP: _K.TECHNICIANS,
}


async def shown(work: UnitOfWork, unit: Unit) -> Shown:
    """Return one unit. Raises NotThereError or NotAllowedError."""
    row = await work.load_own(unit)
    group = work.place_of(unit.kind, row)
    place, place_name = None, ""
    if group is not None:
        place = Unit(_group_kind(unit.kind), group)
        place_name = (await work.load(place)).name
    elif unit.kind in _ROOT_OF:
        place = Unit(_ROOT_OF[unit.kind])
    return Shown(
        unit=unit,
        name=row.name,
        place=place,
        place_name=place_name,
        version=row.version,
        values=await present_values(work, unit, row),
        made_at=row.made_at,
        changed_at=row.changed_at,
        valid_since=getattr(row, "valid_since", None),
        role=Role(row.role) if hasattr(row, "role") else None,
    )


async def excluded_channels(work: UnitOfWork, technician: Unit) -> frozenset[Unit]:
    """Return the channels that a technician was taken off (CHAN-38). Raises NotThereError or NotAllowedError."""
    await work.load_own(technician)
    where = ChannelExclusionRow.person_id == technician.id
    found = await work.transaction.scalars(select(ChannelExclusionRow.channel_id).where(where))
    return frozenset(Unit(_K.CHANNEL, channel) for channel in found)


async def licences(work: UnitOfWork) -> Mapping[Licence, Stock]:
    """Return how many licences of each kind there are. Raises NotAllowedError."""
    if not work.reach.may_arrange:
        raise NotAllowedError(NotAllowedError.__doc__)
    organisation = await work.transaction.get_one(OrganisationRow, 1)
    counts = select(LicenceRow.kind, func.count()).group_by(LicenceRow.kind)
    given = {row[0]: row[1] for row in await work.transaction.execute(counts)}
    totals = {Licence.STANDARD: organisation.standard_licences, Licence.MOBILE: organisation.mobile_licences}
    return {kind: Stock(total, given.get(kind, 0)) for kind, total in totals.items()}


async def tree(work: UnitOfWork) -> tuple[Node, ...]:
    """Return the roots with everything that the actor may see below them. Raises NotAllowedError."""
    if not work.reach.all and not work.reach.may_arrange and not work.reach.reports:
        raise NotAllowedError(NotAllowedError.__doc__)
    return await _Growing(work).grow()


class _Growing:
    """Reads each table once, then puts the tree together from its leaves."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._all = work.reach.all
        self._below: dict[Unit, list[Node]] = defaultdict(list)

    async def grow(self) -> tuple[Node, ...]:
        names = {row.kind: row.name for row in await self._work.transaction.scalars(select(RootRow))}
        roots = [kind for kind in ROOTS if self._all or kind not in (_K.MASTER_ADMINISTRATORS, _K.ADMINISTRATORS)]
        channels = await self._named(ChannelRow, _K.CHANNEL, ChannelRow.position)
        computers = await self._named(ComputerRow, _K.COMPUTER)
        outsiders = await self._outsiders()
        await self._place_people(computers, outsiders)
        await self._place_computer_groups(computers)
        administrators = await self._administrators()
        await self._place_links(channels, administrators, computers, outsiders)
        self._below[Unit(_K.TECHNICIANS)].extend(await self._technician_groups())
        self._below[Unit(_K.CHANNELS)] = list(channels.values())
        self._below[Unit(_K.EXTERNAL)] = [node for unit, node in outsiders.items() if unit.kind is _K.EXTERNAL_GROUP]
        self._below[Unit(_K.COMPUTERS)] = list(computers.values()) if self._all else []
        return tuple(self._node(Unit(kind), names.get(kind, kind), True, True) for kind in roots)

    def _node(self, unit: Unit, name: str, enabled: bool, active: bool) -> Node:
        return Node(unit, name, enabled, active, False, tuple(self._below.get(unit, ())))

    async def _named(self, table: Any, kind: UnitKind, order: Any = None) -> dict[int, Node]:
        query = select(table.id, table.name, table.status).where(table.deleted_at.is_(None))
        rows = await self._work.transaction.execute(query.order_by(table.id if order is None else order))
        return {
            number: Node(Unit(kind, number), name, status == "enabled", status == "enabled", False)
            for number, name, status in rows
        }

    async def _outsiders(self) -> dict[Unit, Node]:
        groups = await self._named(ExternalGroupRow, _K.EXTERNAL_GROUP)
        people = await self._named(ExternalTechnicianRow, _K.EXTERNAL_TECHNICIAN)
        places = select(ExternalTechnicianRow.id, ExternalTechnicianRow.external_group_id)
        for number, group in await self._work.transaction.execute(places.order_by(ExternalTechnicianRow.name)):
            if number in people:
                self._below[Unit(_K.EXTERNAL_GROUP, group)].append(people[number])
        found = {node.unit: self._node(node.unit, node.name, node.enabled, node.active) for node in groups.values()}
        return found | {node.unit: node for node in people.values()}

    async def _place_people(self, computers: Mapping[int, Node], outsiders: Mapping[Unit, Node]) -> None:
        """Put everybody into a group, with what is at a technician's own disposal."""
        mine = await self._of_people(computers, outsiders)
        forest, reach = self._work.technician_groups, self._work.reach
        groups = forest.down(forest.children(None))
        shut = {group: forest.is_shut(group) for group in groups if reach.has(group)}
        inside: dict[int, list[Node]] = {group: [] for group in shut}
        columns = PersonRow.id, PersonRow.name, PersonRow.status, PersonRow.technician_group_id
        query = select(*columns).where(PersonRow.deleted_at.is_(None), PersonRow.role == Role.TECHNICIAN)
        for number, name, status, group in await self._work.transaction.execute(query.order_by(PersonRow.name)):
            if group in inside:
                enabled = status == "enabled"
                unit, children = Unit(_K.TECHNICIAN, number), tuple(mine.get(number, ()))
                inside[group].append(Node(unit, name, enabled, enabled and not shut[group], False, children))
        for group, nodes in inside.items():
            self._below[Unit(_K.TECHNICIAN_GROUP, group)].extend(nodes)
        await self._place_administrators()

    async def _place_administrators(self) -> None:
        forest = self._work.administrator_groups
        columns = PersonRow.id, PersonRow.name, PersonRow.status, PersonRow.role, PersonRow.administrator_group_id
        query = select(*columns).where(PersonRow.deleted_at.is_(None), PersonRow.role != Role.TECHNICIAN)
        for number, name, status, role, group in await self._work.transaction.execute(query.order_by(PersonRow.name)):
            kind, enabled = KIND_OF[Role(role)], status == "enabled"
            if kind is _K.MASTER_ADMINISTRATOR:
                place = Unit(_K.MASTER_ADMINISTRATORS)
            else:
                place = Unit(_K.ADMINISTRATORS) if group is None else Unit(_K.ADMINISTRATOR_GROUP, group)
            active = enabled and not forest.is_shut(group)
            self._below[place].append(Node(Unit(kind, number), name, enabled, active, False))

    async def _of_people(
        self, computers: Mapping[int, Node], outsiders: Mapping[Unit, Node]
    ) -> Mapping[int, list[Node]]:
        found: dict[int, list[Node]] = defaultdict(list)
        for link in await self._links(ComputerLinkRow, ComputerLinkRow.person_id):
            if link.computer_id in computers:
                found[link.person_id].append(_linked(computers[link.computer_id]))
        for link in await self._links(ExternalLinkRow, ExternalLinkRow.person_id):
            if (unit := _outsider(link)) in outsiders:
                found[link.person_id].append(_linked(outsiders[unit]))
        return found

    async def _place_computer_groups(self, computers: Mapping[int, Node]) -> None:
        for link in await self._links(ComputerLinkRow, ComputerLinkRow.computer_group_id):
            if link.computer_id in computers:
                self._below[Unit(_K.COMPUTER_GROUP, link.computer_group_id)].append(
                    _linked(computers[link.computer_id])
                )
        groups = await self._named(ComputerGroupRow, _K.COMPUTER_GROUP)
        places = select(ComputerGroupRow.id, ComputerGroupRow.technician_group_id).order_by(ComputerGroupRow.name)
        for number, group in await self._work.transaction.execute(places):
            if number in groups:
                node = groups[number]
                self._below[Unit(_K.TECHNICIAN_GROUP, group)].append(
                    self._node(node.unit, node.name, node.enabled, node.active)
                )

    async def _administrators(self) -> dict[Unit, Node]:
        """Grow the administrators' branch; return everybody and every group in it, for links to show."""
        rows = await self._named(AdministratorGroupRow, _K.ADMINISTRATOR_GROUP)
        self._below[Unit(_K.ADMINISTRATORS)][:0] = self._grown(self._work.administrator_groups, rows, None)
        people = [node for nodes in self._below.values() for node in nodes if node.unit.kind is _K.ADMINISTRATOR]
        return {node.unit: node for node in [*rows.values(), *people]}

    async def _place_links(
        self,
        channels: Mapping[int, Node],
        administrators: Mapping[Unit, Node],
        computers: Mapping[int, Node],
        outsiders: Mapping[Unit, Node],
    ) -> None:
        """Put under each technician group what is at its disposal."""
        place = Unit(_K.TECHNICIAN_GROUP)
        for link in await self._links(ChannelLinkRow, ChannelLinkRow.technician_group_id):
            self._add_link(place._replace(id=link.technician_group_id), channels.get(link.channel_id))
        for link in await self._links(AdministratorLinkRow, AdministratorLinkRow.id):
            group = link.technician_group_id
            target = Unit(_K.TECHNICIANS) if group is None else place._replace(id=group)
            holder = (
                Unit(_K.ADMINISTRATOR, link.person_id)
                if link.person_id is not None
                else Unit(_K.ADMINISTRATOR_GROUP, link.administrator_group_id)
            )
            self._add_link(target, administrators.get(holder))
        for link in await self._links(ExternalLinkRow, ExternalLinkRow.technician_group_id):
            self._add_link(place._replace(id=link.technician_group_id), outsiders.get(_outsider(link)))
        for link in await self._links(ComputerLinkRow, ComputerLinkRow.technician_group_id):
            self._add_link(place._replace(id=link.technician_group_id), computers.get(link.computer_id))

    def _add_link(self, place: Unit, node: Node | None) -> None:
        if node is not None:
            self._below[place].append(_linked(node))

    async def _links(self, table: Any, where: Any) -> Iterable[Any]:
        """Return links with the columns that say what is linked; whole objects would take longer than all the rest."""
        columns = [column for column in table.__table__.columns if column.name.endswith("id")]
        query = select(*columns).where(where.is_not(None)).order_by(table.id)
        return (await self._work.transaction.execute(query)).all()

    async def _technician_groups(self) -> list[Node]:
        rows = await self._named(TechnicianGroupRow, _K.TECHNICIAN_GROUP)
        forest, reach = self._work.technician_groups, self._work.reach
        if reach.has(None):
            return self._grown(forest, rows, None)
        tops = [group for group in reach.groups if forest.parent(group) not in reach.groups]
        return [self._group(forest, rows, group) for group in sorted(tops, key=lambda each: rows[each].name)]

    def _grown(self, forest: Forest, rows: Mapping[int, Node], parent: int | None) -> list[Node]:
        return [
            self._group(forest, rows, group)
            for group in sorted(forest.children(parent), key=lambda each: rows[each].name)
        ]

    def _group(self, forest: Forest, rows: Mapping[int, Node], group: int) -> Node:
        row = rows[group]
        inside = [*self._grown(forest, rows, group), *self._below.get(row.unit, ())]
        return Node(row.unit, row.name, row.enabled, not forest.is_shut(group), False, tuple(inside))


def _linked(node: Node) -> Node:
    return Node(node.unit, node.name, node.enabled, node.active, True)


def _outsider(link: Any) -> Unit:
    if link.external_group_id is not None:
        return Unit(_K.EXTERNAL_GROUP, link.external_group_id)
    return Unit(_K.EXTERNAL_TECHNICIAN, link.external_technician_id)


def _group_kind(kind: UnitKind) -> UnitKind:
    return {"parent_id": kind, "technician_group_id": _K.TECHNICIAN_GROUP, "external_group_id": _K.EXTERNAL_GROUP}.get(
        PARENTS[kind], _K.ADMINISTRATOR_GROUP
    )
