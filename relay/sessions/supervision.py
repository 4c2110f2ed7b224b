"""What administrators do with the sessions that they administer: hand over, put on hold, close (SESS-147, SESS-180).

Each says what it saw of the session. Where that has changed meanwhile, nothing is done.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.api_types import Ended, NewTransfer, Session, SessionState, TransferTargets
from relay.accounts.model import PersonRow
from relay.organization.model import ChannelLinkRow
from relay.organization.rules import Actor, NotAllowedError, Reach
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import begin_unit_of_work
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import Targets
from relay.sessions.model import SessionRow
from relay.sessions.moves import (
    EndedError,
    MovedOnError,
    NoSuchSessionError,
    NotNowError,
    SecretStaysError,
    SessionMoves,
)
from relay.sessions.overview import Line, Listed, Order, line_of, listed, within
from relay.sessions.rows import place_of, seen_as
from relay.sessions.rules import SessionActor, can_become
from relay.sessions.transfers import Transfers
from relay.store.database import MAX_ID, Store

_A = SessionActor.ADMINISTRATOR


class Intent(StrEnum):
    """What an administrator can want of a session."""

    START = "start"
    TRANSFER = "transfer"
    HOLD = "hold"
    CLOSE = "close"


def possible(state: SessionState) -> tuple[Intent, ...]:
    """Return what an administrator can want of a session in this state. Pure."""
    becomes = {
        Intent.START: SessionState.ACTIVE,
        Intent.TRANSFER: SessionState.TRANSFERRING,
        Intent.HOLD: SessionState.ON_HOLD,
        Intent.CLOSE: SessionState.CLOSED_BY_TECHNICIAN,
    }
    return tuple(intent for intent, wanted in becomes.items() if can_become(state, wanted, _A))


@dataclass(frozen=True)
class Subject:
    """A session, as an administrator decides about it. `seen` stands for how it was then."""

    line: Line
    seen: str
    holder: int | None


class Supervision:
    """Carries it out. `transfers` hands over."""

    def __init__(self, store: Store, transactions: Transactions, moves: SessionMoves, transfers: Transfers) -> None:
        self._store = store
        self._transactions = transactions
        self._moves = moves
        self._transfers = transfers

    async def listed(
        self, actor: Actor, unit: Unit, now: datetime, order: Order, page: int, *, backwards: bool = False
    ) -> Listed:
        """Return a page of the open sessions of a unit. Raises NotAllowedError."""
        async with self._transactions.look(actor, now) as work:
            return await listed(work, unit, order, page, backwards=backwards)

    async def look_at(self, actor: Actor, number: int, now: datetime) -> Subject:
        """Return a session. Raises NotAllowedError, NoSuchSessionError or EndedError."""
        async with self._transactions.look(actor, now) as work:
            return await _subject(work.transaction, await _own(work.transaction, work.reach, number))

    async def targets(self, actor: Actor, subject: Subject, now: datetime) -> TransferTargets:
        """Return whom a session can be handed over to now: those whom the actor administers too.

        Raises SecretStaysError.
        """
        if subject.line.needs_secret:
            raise SecretStaysError(SecretStaysError.__doc__)
        return await self._transfers.targets_within(await self.scope(actor, now), subject.holder)

    async def transfer(self, actor: Actor, number: int, seen: str, asked: NewTransfer, now: datetime) -> Session:
        """Hand a session over. It waits there until it is picked up.

        Raises NoSuchTargetError, NotAvailableError, NotNowError, SecretStaysError, and as `close`.
        """
        subject = await self.look_at(actor, number, now)
        if subject.line.needs_secret:
            raise SecretStaysError(SecretStaysError.__doc__)
        name = await self._transfers.name_within(await self.scope(actor, now), subject.holder, asked)
        async with self._changing(actor, number, seen, now) as (transaction, row, person):
            left = place_of(row).queue
            await self._transfers.hand_over(transaction, row, person, asked, name, now, _A)
        return self._moves.announced(row, left=left)

    async def hold(self, actor: Actor, number: int, seen: str, now: datetime) -> Session:
        """Interrupt a session until its technician goes on. Raises NotNowError, and as `close`."""
        async with self._changing(actor, number, seen, now) as (transaction, row, person):
            if not can_become(SessionState(row.state), SessionState.ON_HOLD, _A):
                raise NotNowError(NotNowError.__doc__)
            await self._moves.move(transaction, row, SessionState.ON_HOLD, _A, now, person)
        return self._moves.announced(row)

    async def close(self, actor: Actor, number: int, seen: str, now: datetime) -> Session:
        """End a session. Raises NotAllowedError, NoSuchSessionError, EndedError or MovedOnError."""
        async with self._changing(actor, number, seen, now) as (transaction, row, person):
            await self._moves.move(transaction, row, SessionState.CLOSED_BY_TECHNICIAN, _A, now, person)
            row.ending = Ended.ADMINISTRATOR
        return self._moves.announced(row)

    @asynccontextmanager
    async def _changing(
        self, actor: Actor, number: int, seen: str, now: datetime
    ) -> AsyncIterator[tuple[AsyncSession, SessionRow, int]]:
        """Hold a session for the block, as the actor saw it; what they may is read in the same transaction."""
        if actor.person is None:
            raise NotAllowedError(NotAllowedError.__doc__)
        async with self._store.transaction() as transaction:
            reach = (await begin_unit_of_work(transaction, actor, now)).reach
            row = await _own(transaction, reach, number, to_change=True)
            if seen != seen_as(row):
                raise MovedOnError(MovedOnError.__doc__)
            yield transaction, row, actor.person

    async def scope(self, actor: Actor, now: datetime) -> Targets:
        """Return to whom an administrator may hand sessions over: to the units that they administer."""
        async with self._transactions.look(actor, now) as work:
            reach, link = work.reach, ChannelLinkRow
            query = select(link.channel_id).where(link.technician_group_id.in_(reach.groups))
            channels = () if reach.all else await work.transaction.scalars(query)
            groups = (Unit(UnitKind.TECHNICIAN_GROUP, group) for group in reach.groups)
            return Targets(reach.all, frozenset({*groups, *(Unit(UnitKind.CHANNEL, each) for each in channels)}))


async def _own(transaction: AsyncSession, reach: Reach, number: int, *, to_change: bool = False) -> SessionRow:
    if not reach.may_arrange:
        raise NotAllowedError(NotAllowedError.__doc__)
    query = select(SessionRow).where(SessionRow.id == number, within(reach))
    row = await transaction.scalar(query.with_for_update() if to_change else query) if 0 < number <= MAX_ID else None
    if row is None:
        raise NoSuchSessionError(NoSuchSessionError.__doc__)
    if SessionState(row.state).is_final:
        raise EndedError(EndedError.__doc__)
    return row


async def _subject(transaction: AsyncSession, row: SessionRow) -> Subject:
    holder = None if row.person_id is None else await transaction.get(PersonRow, row.person_id)
    return Subject(line_of(row, "" if holder is None else holder.name), seen_as(row), row.person_id)
