"""Open sessions as administrators see them: those of a unit, of what they administer, a page at a time.

Everything that is shown or done goes through `within`: whoever asks, it is part of the query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.sql.functions import coalesce

from codec.wire.api_types import SessionState, TargetKind
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.organization.model import ChannelLinkRow
from relay.organization.rules import NotAllowedError, Reach
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.rows import needs_secret

PAGE = 100
_FINAL = [state.value for state in SessionState if state.is_final]
_OF_ALL = frozenset({UnitKind.ORGANISATION, UnitKind.TECHNICIANS})
WITH_SESSIONS = _OF_ALL | PEOPLE | {UnitKind.CHANNELS, UnitKind.CHANNEL, UnitKind.TECHNICIAN_GROUP}
"""What has sessions."""
_RANKS = (
    SessionState.WAITING,
    SessionState.CONNECTING,
    SessionState.TRANSFERRING,
    SessionState.DISCONNECTED,
    SessionState.ACTIVE,
    SessionState.RECONNECTING,
    SessionState.ON_HOLD,
    SessionState.OFFLINE,
)
"""What needs someone comes first."""


class Order(StrEnum):
    """By what the list is sorted."""

    STATE = "state"
    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    WAY = "way"
    SINCE = "since"


@dataclass(frozen=True)
class Line:
    """One session. `to` is whom it is being handed over to, `since` when it started or began to wait."""

    id: int
    state: SessionState
    customer: str
    computer: str
    technician: str
    to: str
    channel: str | None
    is_started: bool
    since: datetime
    needs_secret: bool


@dataclass(frozen=True)
class Listed:
    """One page of the list, and how many sessions there are in all."""

    lines: Sequence[Line]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; one where there is nothing."""
        return max(1, -(-self.count // PAGE))


def within(reach: Reach) -> ColumnElement[bool]:
    """Return the condition for sessions that someone administers (SESS-149)."""
    return true() if reach.all else _of_groups(reach.groups)


def of_unit(work: UnitOfWork, unit: Unit) -> ColumnElement[bool]:
    """Return the condition for the sessions of a unit in `WITH_SESSIONS` (SESS-141)."""
    row = SessionRow
    if unit.kind in _OF_ALL:
        return true()
    match unit.kind:
        case UnitKind.CHANNELS:
            return or_(row.channel_id.is_not(None), _handed_to(TargetKind.CHANNEL))
        case UnitKind.CHANNEL:
            return or_(row.channel_id == unit.id, _handed_to(TargetKind.CHANNEL, TransferRow.target_id == unit.id))
        case UnitKind.TECHNICIAN_GROUP:
            return _of_groups(work.technician_groups.down([unit.id]))
        case _:
            return or_(row.person_id == unit.id, _handed_to(TargetKind.TECHNICIAN, TransferRow.target_id == unit.id))


def _of_groups(groups: frozenset[int]) -> ColumnElement[bool]:
    """What technicians of groups have, what is handed over to them, and what waits in their channels."""
    row, transfer, link = SessionRow, TransferRow, ChannelLinkRow
    people = select(PersonRow.id).where(PersonRow.technician_group_id.in_(groups), PersonRow.role == Role.TECHNICIAN)
    channels = select(link.channel_id).where(link.technician_group_id.in_(groups))
    return or_(
        row.person_id.in_(people),
        and_(row.person_id.is_(None), row.channel_id.in_(channels)),
        _handed_to(TargetKind.TECHNICIAN, transfer.target_id.in_(people)),
        _handed_to(TargetKind.GROUP, transfer.target_id.in_(groups)),
        _handed_to(TargetKind.CHANNEL, transfer.target_id.in_(channels)),
    )


def _handed_to(kind: TargetKind, target: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    meant = select(TransferRow.id).where(TransferRow.kind == kind, true() if target is None else target)
    return and_(SessionRow.state == SessionState.TRANSFERRING, SessionRow.transfer_id.in_(meant))


async def listed(work: UnitOfWork, unit: Unit, order: Order, page: int, *, backwards: bool = False) -> Listed:
    """Return a page of the open sessions of a unit that the actor administers; the last one for one too far.

    Raises NotAllowedError or NotThereError.
    """
    await _check(work, unit)
    row = SessionRow
    meant = row.state.not_in(_FINAL), within(work.reach), of_unit(work, unit)
    count = await work.transaction.scalar(select(func.count()).select_from(row).where(*meant)) or 0
    page = max(1, min(page, -(-count // PAGE)))
    key = _key(order)
    sorted_by = (key.desc(), row.id.desc()) if backwards else (key, row.id)
    query = (
        select(row, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == row.person_id)
        .where(*meant)
        .order_by(*sorted_by)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = await work.transaction.execute(query)
    return Listed([line_of(each, name or "") for each, name in found], count, page)


async def _check(work: UnitOfWork, unit: Unit) -> None:
    """Make sure that the actor may look at a unit; of a channel each sees what is theirs."""
    if not work.reach.may_arrange or (unit.kind is UnitKind.ORGANISATION and not work.reach.all):
        raise NotAllowedError(NotAllowedError.__doc__)
    if unit.kind is UnitKind.CHANNEL:
        await work.load(unit)
    elif not unit.is_root and unit.kind is not UnitKind.ORGANISATION:
        await work.load_own(unit)


def line_of(row: SessionRow, technician: str) -> Line:
    """Return what the list says of a session; `technician` is the name of who has it. Pure."""
    state = SessionState(row.state)
    is_handed_over = state is SessionState.TRANSFERRING and row.transfer is not None
    return Line(
        row.id,
        state,
        row.name,
        row.computer,
        row.technician or technician,
        row.transfer.target_name if is_handed_over and row.transfer is not None else "",
        None if row.channel_id is None else row.channel_name,
        row.began_at is not None,
        row.began_at or row.since,
        needs_secret(row),
    )


def _key(order: Order) -> ColumnElement[Any]:
    row = SessionRow
    match order:
        case Order.STATE:
            return case({state.value: rank for rank, state in enumerate(_RANKS)}, value=row.state, else_=len(_RANKS))
        case Order.CUSTOMER:
            return func.lower(row.name)
        case Order.TECHNICIAN:
            return func.lower(coalesce(func.nullif(row.technician, ""), PersonRow.name, ""))
        case Order.WAY:
            return func.lower(row.channel_name)
        case Order.SINCE:
            return coalesce(row.began_at, row.since)
