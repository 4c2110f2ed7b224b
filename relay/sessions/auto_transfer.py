"""Sessions that have waited long enough in a channel move to another one, whose rules count from then on.

Where the receiving channel is gone, disabled or served by no one, nothing moves: no customer is sent where no one would
find them. What is on its way to a channel that is gone returns to where it came in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from codec.wire.api_types import SessionState, TargetKind, TransferOutcome
from relay.accounts.rules import Status
from relay.channels.serving import is_served
from relay.events.kinds import TransferPhase
from relay.organization.model import ChannelRow
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.moves import SessionMoves
from relay.sessions.queues import Queue
from relay.sessions.rows import place_of
from relay.sessions.rules import SessionActor
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.store.database import Store

ON, MINUTES, TO = KEYS = ("auto_transfer.on", "auto_transfer.minutes", "auto_transfer.to")
_WAITING = (SessionState.WAITING.value, SessionState.TRANSFERRING.value)


@dataclass(frozen=True)
class Rule:
    """After so long in a channel, a session moves to another one."""

    after: timedelta
    to: int

    def is_due(self, since: datetime, now: datetime) -> bool:
        """Whether a session that has waited since then moves now: never early (SESS-71)."""
        return now - since >= self.after


class AutoTransfer:
    """Moves them. Call `sweep` every few seconds."""

    def __init__(self, store: Store, moves: SessionMoves, settings: AppliedSettings) -> None:
        self._store = store
        self._moves = moves
        self._settings = settings

    async def sweep(self, now: datetime) -> None:
        """Move what has waited long enough, and let return what is on its way to a channel that is gone."""
        async with self._store.reading() as transaction:
            waiting = await _in_channels(transaction)
            to_nowhere = await _to_nowhere(transaction)
        rules = await self._rules({queue for queue, _since in waiting.values()})
        due = {
            session: rules[queue]
            for session, (queue, since) in waiting.items()
            if queue in rules and rules[queue].is_due(since, now)
        }
        if due:
            await self._transfer(due, now)
        if to_nowhere:
            await self._return(to_nowhere, now)

    async def _rules(self, channels: Iterable[int]) -> dict[int, Rule]:
        held = await self._settings.held_by([Holder(HolderKind.CHANNEL, each) for each in channels], KEYS)
        return {
            unit.id: Rule(timedelta(minutes=values[MINUTES].value), values[TO].value[0])
            for unit, values in held.items()
            if values[ON].value and values[TO].value
        }

    async def _transfer(self, due: dict[int, Rule], now: datetime) -> None:
        moved: list[tuple[SessionRow, Queue | None]] = []
        async with self._store.transaction() as transaction:
            open_ones = await _that_take_sessions(transaction, {rule.to for rule in due.values()})
            rows = await transaction.scalars(select(SessionRow).where(SessionRow.id.in_(due)).with_for_update())
            for row in rows:
                rule, place = due[row.id], place_of(row)
                still_waits = row.state in _WAITING and row.person_id is None and place.queue is not None
                if rule.to in open_ones and still_waits and rule.is_due(row.since, now):
                    await self._move(transaction, row, open_ones[rule.to], now)
                    moved.append((row, place.source))
        for row, source in moved:
            self._moves.announced(row, outgoing_no_longer=source)

    async def _move(self, transaction: AsyncSession, row: SessionRow, to: ChannelRow, now: datetime) -> None:
        queue = place_of(row).queue
        if row.state == SessionState.TRANSFERRING and row.transfer is not None:
            await self._moves.end_transfer(transaction, row.transfer, TransferOutcome.TRANSFERRED_AGAIN, "", now)
        transfer = TransferRow(
            session_id=row.id,
            by_person_id=0,
            by_name="",
            by_kind=SessionActor.SYSTEM.value,
            former_id=None,
            from_channel_id=None if queue is None else queue.id,
            kind=TargetKind.CHANNEL,
            target_id=to.id,
            target_name=to.name,
            comment="",
            at=now,
            outcome=TransferOutcome.UNDER_WAY,
            ended_by="",
        )
        transaction.add(transfer)
        await transaction.flush()
        await self._moves.move(transaction, row, SessionState.TRANSFERRING, SessionActor.SYSTEM, now)
        row.transfer_id = transfer.id
        set_committed_value(row, "transfer", transfer)
        await self._moves.history.handed_over(transaction, transfer, TransferPhase.REQUESTED, now)

    async def _return(self, sessions: Iterable[int], now: datetime) -> None:
        returned = []
        async with self._store.transaction() as transaction:
            rows = await transaction.scalars(select(SessionRow).where(SessionRow.id.in_(sessions)).with_for_update())
            for row in rows:
                if row.state == SessionState.TRANSFERRING:
                    await self._moves.give_back(transaction, row, TransferOutcome.TIMED_OUT, now)
                    returned.append(row)
        for row in returned:
            self._moves.announced(row)


async def _in_channels(transaction: AsyncSession) -> dict[int, tuple[int, datetime]]:
    """Return the sessions that wait in channels and that no technician has, each with its channel and since when."""
    row, found = SessionRow, dict[int, tuple[int, datetime]]()
    for each in await transaction.scalars(select(row).where(row.state.in_(_WAITING), row.person_id.is_(None))):
        queue = place_of(each).queue
        if queue is not None and queue.kind is TargetKind.CHANNEL:
            found[each.id] = queue.id, each.since
    return found


async def _to_nowhere(transaction: AsyncSession) -> list[int]:
    """Return the sessions that are on their way to a channel that is not there any more."""
    row, transfer, channel = SessionRow, TransferRow, ChannelRow
    query = (
        select(row.id)
        .join(transfer, transfer.id == row.transfer_id)
        .join(channel, channel.id == transfer.target_id)
        .where(row.state == SessionState.TRANSFERRING, transfer.kind == TargetKind.CHANNEL)
        .where(channel.deleted_at.is_not(None) | (channel.status != Status.ENABLED))
    )
    return list(await transaction.scalars(query))


async def _that_take_sessions(transaction: AsyncSession, channels: Iterable[int]) -> dict[int, ChannelRow]:
    usable = ChannelRow.id.in_(channels), ChannelRow.deleted_at.is_(None), ChannelRow.status == Status.ENABLED
    rows = list(await transaction.scalars(select(ChannelRow).where(*usable)))
    return {row.id: row for row in rows if await is_served(transaction, row.id)}
