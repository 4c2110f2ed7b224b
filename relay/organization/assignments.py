"""One unit is put at another's disposal, or taken back: administrators, channels, outsiders, computers."""

from typing import Any

from sqlalchemy import select

from relay.organization.audit import Action, Done
from relay.organization.guard import Guard
from relay.organization.model import (
    AdministratorLinkRow,
    ChannelExclusionRow,
    ChannelLinkRow,
    ComputerLinkRow,
    ExternalLinkRow,
)
from relay.organization.rules import NotThereError, WrongPlaceError, check_link, check_shared
from relay.organization.tree import Drag, what_a_drag_means
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind

_TABLES: dict[UnitKind, tuple[type[Any], str, UnitKind]] = {
    UnitKind.ADMINISTRATOR: (AdministratorLinkRow, "person_id", UnitKind.ADMINISTRATOR_LINK),
    UnitKind.ADMINISTRATOR_GROUP: (
        AdministratorLinkRow,
        "administrator_group_id",
        UnitKind.ADMINISTRATOR_GROUP_LINK,
    ),
    UnitKind.CHANNEL: (ChannelLinkRow, "channel_id", UnitKind.CHANNEL),
    UnitKind.EXTERNAL_GROUP: (ExternalLinkRow, "external_group_id", UnitKind.EXTERNAL_LINK),
    UnitKind.EXTERNAL_TECHNICIAN: (ExternalLinkRow, "external_technician_id", UnitKind.EXTERNAL_LINK),
    UnitKind.COMPUTER: (ComputerLinkRow, "computer_id", UnitKind.COMPUTER),
}
"""Kind → table of its links, the column that names it there, and how the audit trail calls such a link."""
_TARGETS = {
    UnitKind.TECHNICIANS: "technician_group_id",
    UnitKind.TECHNICIAN_GROUP: "technician_group_id",
    UnitKind.TECHNICIAN: "person_id",
    UnitKind.COMPUTER_GROUP: "computer_group_id",
}
OPENED_BY_LINK = frozenset({UnitKind.CHANNEL, UnitKind.COMPUTER})
"""Units that administrators reach by the groups which they are linked to: the person who links one reaches it already.

Administrators are linked by masters only, and a link to outsiders opens nothing of them.
"""
LINK_TABLES = (AdministratorLinkRow, ChannelLinkRow, ExternalLinkRow, ComputerLinkRow)


async def link(work: UnitOfWork, unit: Unit, target: Unit) -> None:
    """Put a unit at a target's disposal; where it is already, nothing happens."""
    row, name, group = await _both(work, unit, target)
    _check_may_link(work, unit, group)
    if unit.kind in OPENED_BY_LINK:
        check_shared(work.reach, await work.groups_sharing(unit))
    table, column, _kind = _TABLES[unit.kind]
    if await _find(work, unit, target) is None:
        made = {column: unit.id, _TARGETS[target.kind]: target.id or None}
        found = table(**made, made_at=work.now, made_by=work.actor.person)
        work.transaction.add(found)
        await work.transaction.flush()
        _record(work, unit, row.name, found.id, target, name, Done.ASSIGN)


async def unlink(work: UnitOfWork, unit: Unit, target: Unit) -> None:
    """Take a unit back from a target (ORG-51). Raises NotThereError when it was never there."""
    row, name, group = await _both(work, unit, target)
    _check_may_link(work, unit, group)
    found = await _find(work, unit, target)
    if found is None:
        raise NotThereError(NotThereError.__doc__)
    await work.transaction.delete(found)
    _record(work, unit, row.name, found.id, target, name, Done.UNASSIGN)
    if unit.kind is UnitKind.COMPUTER:
        await revoke_if_nobodys(work, unit.id)


def _check_may_link(work: UnitOfWork, unit: Unit, group: int | None) -> None:
    check_link(work.reach, unit.kind, group)
    if unit.kind in (UnitKind.ADMINISTRATOR, UnitKind.ADMINISTRATOR_GROUP):
        work.check_guard(Guard.PEOPLE)  # it gives them rights


async def exclude(work: UnitOfWork, technician: Unit, channel: Unit, excluded: bool) -> None:
    """Take a technician off a channel that his group serves, or put him on it again (CHAN-38, CHAN-41)."""
    person, row = await work.load_own(technician), await work.load(channel)
    where = (ChannelExclusionRow.person_id == technician.id, ChannelExclusionRow.channel_id == channel.id)
    found = await work.transaction.scalar(select(ChannelExclusionRow).where(*where))
    if excluded == (found is not None):
        return
    if found is None:
        made = {"made_at": work.now, "made_by": work.actor.person}
        work.transaction.add(ChannelExclusionRow(person_id=technician.id, channel_id=channel.id, **made))
    else:
        await work.transaction.delete(found)
    old, new = Action.ASSIGNED, Action.NOT_ASSIGNED
    work.record(
        technician,
        person.name,
        Done.UNASSIGN if excluded else Done.ASSIGN,
        section="channels",
        field=row.name,
        old_action=old if excluded else new,
        new_action=new if excluded else old,
    )


async def revoke_if_nobodys(work: UnitOfWork, computer: int) -> None:
    """A computer at nobody's disposal is not to be reached any more (UNAT-13)."""
    left = await work.transaction.scalar(
        select(ComputerLinkRow.id).where(ComputerLinkRow.computer_id == computer).limit(1)
    )
    row = await work.load(Unit(UnitKind.COMPUTER, computer))
    if left is None and row.revoked_at is None:
        row.revoked_at = work.now
        work.record_field(Unit(UnitKind.COMPUTER, computer), row, "status", row.status, "disabled")
        row.status = "disabled"


async def _both(work: UnitOfWork, unit: Unit, target: Unit) -> tuple[Any, str, int | None]:
    """Return the row of a unit, its target's name, and the technician group that the target stands in."""
    if what_a_drag_means(unit.kind, target.kind) is not Drag.ADD:
        raise WrongPlaceError(WrongPlaceError.__doc__)
    row = await work.load(unit)
    if target.is_root:
        return row, "", None
    place = await work.load(target)
    return row, place.name, (await work.groups_of(target, place))[0]


async def _find(work: UnitOfWork, unit: Unit, target: Unit) -> Any:
    table, column, _kind = _TABLES[unit.kind]
    other = getattr(table, _TARGETS[target.kind])
    named = other.is_(None) if target.is_root else other == target.id
    return await work.transaction.scalar(select(table).where(getattr(table, column) == unit.id, named))


def _record(work: UnitOfWork, unit: Unit, name: str, link_id: int, target: Unit, target_name: str, done: Done) -> None:
    kind = _TABLES[unit.kind][2]
    added = done is Done.ASSIGN
    work.record(
        unit if kind is unit.kind else Unit(kind, link_id),
        name,
        done,
        section="assignments",
        field=target.kind,
        old_value="" if added else target_name,
        old_action=Action.NOT_ASSIGNED if added else Action.ASSIGNED,
        new_value=target_name if added else "",
        new_action=Action.ASSIGNED if added else Action.NOT_ASSIGNED,
    )
