"""Sessions handed over to other technicians, applied to the store (spec sessions-console.md 2.16).

The next technician picks it up like any other that waits (`Sessions.pick_up`). What no one takes comes back.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import (
    MAX_COMMENT,
    Channel,
    NewTransfer,
    Session,
    SessionState,
    TargetGroup,
    TargetKind,
    TargetTechnician,
    TransferOutcome,
    TransferTargets,
)
from relay.accounts.eligibility import eligibilities_of
from relay.accounts.model import PersonRow
from relay.accounts.rules import Status
from relay.channels.serving import channels_of, is_served
from relay.organization.model import ChannelRow, TechnicianGroupRow
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import Targets
from relay.permissions.service import Permissions
from relay.sessions.custom_fields import plain
from relay.sessions.model import SessionRow
from relay.sessions.moves import EndedError, NotNowError, Sent, SessionMoves
from relay.sessions.queues import Deed, Queue
from relay.sessions.rows import place_of
from relay.sessions.rules import SessionActor, can_become
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held as HeldValue
from relay.store.database import Store

ONLY_IF_AVAILABLE = "incoming.only_if_available"
HeldFor = Callable[[Holder, Iterable[str]], Awaitable[dict[str, HeldValue]]]


class NoSuchTargetError(DesksideError):
    """You cannot transfer sessions there. Choose a technician, group or channel from the list."""


class NotAvailableError(DesksideError):
    """No one there can take the session at the moment. Choose another technician, group or channel."""


class Transfers:
    """Hands sessions over. `available` are the technicians who can take one now."""

    def __init__(
        self,
        store: Store,
        moves: SessionMoves,
        permissions: Permissions,
        available: Callable[[], Awaitable[Iterable[int]]],
        held: HeldFor,
    ) -> None:
        """`held` is what was chosen for a channel."""
        self._store = store
        self._moves = moves
        self._permissions = permissions
        self._available = available
        self._held = held

    async def targets(self, person: int) -> TransferTargets:
        """Return whom a technician can hand a session over to now, in the order of their names.

        Raises NotPermittedError (SESS-161).
        """
        await self._permissions.check(person, "transfer")
        return await self.targets_within((await self._permissions.held(person)).transfer, person)

    async def targets_within(self, scope: Targets, without: int | None) -> TransferTargets:
        """Return whom a session can be handed over to now that technician `without` has, of those in a scope."""
        numbers = set(await self._available()) - {without}
        async with self._store.reading() as transaction:
            there = await self._there(transaction, numbers)
            channels = await self._open_channels(transaction)
            names = {row.id: row.name for row in await transaction.scalars(select(TechnicianGroupRow))}
        within = await self._groups_within(scope, there)
        groups = dict[int, list[PersonRow]]()
        for each in there:
            if each.technician_group_id is not None and (scope.everybody or each.id in within):
                groups.setdefault(each.technician_group_id, []).append(each)
        shown = [
            TargetGroup(
                id=group,
                name=names[group],
                whole=True,
                technicians=[TargetTechnician(id=each.id, name=each.name) for each in sorted(people, key=_by_name)],
            )
            for group, people in groups.items()
        ]
        others = [each for each in there if each.technician_group_id is None and scope.everybody]
        if others:
            found = [TargetTechnician(id=each.id, name=each.name) for each in sorted(others, key=_by_name)]
            shown.append(TargetGroup(id=0, name="", whole=False, technicians=found))
        open_channels = [
            Channel(id=row.id, name=row.name)
            for row in channels
            if scope.include(Unit(UnitKind.CHANNEL, row.id)) and await self._takes(row.id)
        ]
        return TransferTargets(groups=sorted(shown, key=lambda each: each.name.casefold()), channels=open_channels)

    async def transfer(self, person: int, session: int, asked: NewTransfer, now: datetime) -> Session:
        """Hand a session over. It waits there until it is picked up, taken back or declined.

        Raises NotPermittedError (SESS-161), NoSuchTargetError, NotAvailableError, NoSuchSessionError, EndedError,
        TakenError or NotNowError.
        """
        await self._permissions.check(person, "transfer")
        name = await self.name_within((await self._permissions.held(person)).transfer, person, asked)
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session, Deed.TRANSFER)
            left = place_of(row).queue
            await self.hand_over(transaction, row, person, asked, name, now)
        return self._moves.announced(row, left=left)

    async def take_back(self, person: int, session: int, now: datetime) -> Session:
        """Let a session be no longer handed over. Raises NoSuchSessionError, EndedError or TakenError."""
        return await self._give_back(person, session, Deed.TAKE_BACK, TransferOutcome.TAKEN_BACK, now)

    async def decline(self, person: int, session: int, now: datetime) -> Session:
        """Send a session that was handed over to this technician back. Raises as `take_back`."""
        return await self._give_back(person, session, Deed.DECLINE, TransferOutcome.DECLINED, now)

    async def _give_back(
        self, person: int, session: int, deed: Deed, outcome: TransferOutcome, now: datetime
    ) -> Session:
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session, deed)
            by = "" if deed is Deed.TAKE_BACK else (await transaction.get_one(PersonRow, person)).name
            await self._moves.give_back(transaction, row, outcome, now, by)
        return self._moves.announced(row)

    async def hand_over(
        self,
        transaction: AsyncSession,
        row: SessionRow,
        person: int,
        asked: NewTransfer,
        name: str,
        now: datetime,
        actor: SessionActor = SessionActor.TECHNICIAN,
    ) -> None:
        """Hand a session over in the caller's transaction, to a target of this name. Raises EndedError, NotNowError."""
        state = SessionState(row.state)
        if state.is_final:
            raise EndedError(EndedError.__doc__)
        if not can_become(state, SessionState.TRANSFERRING, actor):
            raise NotNowError(NotNowError.__doc__)
        if state is SessionState.TRANSFERRING and row.transfer is not None:
            await self._moves.end_transfer(transaction, row.transfer, TransferOutcome.TRANSFERRED_AGAIN, "", now)
        by = await transaction.get_one(PersonRow, person)
        sent = Sent(Queue(asked.kind, asked.target), name, plain(asked.comment)[:MAX_COMMENT])
        await self._moves.begin_transfer(transaction, row, by, actor, sent, now)
        await self._moves.move(transaction, row, SessionState.TRANSFERRING, actor, now, person)

    async def name_within(self, scope: Targets, without: int | None, asked: NewTransfer) -> str:
        """Return how a target is called that a session may be handed over to now; see `targets_within`.

        Raises NoSuchTargetError or NotAvailableError.
        """
        match asked.kind:
            case TargetKind.CHANNEL:
                return await self._channel(scope, asked.target)
            case TargetKind.GROUP | TargetKind.TECHNICIAN:
                return await self._technicians(scope, without, asked)

    async def _technicians(self, scope: Targets, without: int | None, asked: NewTransfer) -> str:
        numbers = set(await self._available()) - {without}
        async with self._store.reading() as transaction:
            there = await self._there(transaction, numbers)
            if asked.kind is TargetKind.GROUP:
                group = await transaction.get(TechnicianGroupRow, asked.target)
                meant = [each for each in there if each.technician_group_id == asked.target]
                name = None if group is None or group.deleted_at is not None else group.name
            else:
                one = await transaction.get(PersonRow, asked.target)
                meant = [each for each in there if each.id == asked.target]
                name = None if one is None or one.deleted_at is not None or one.id == without else one.name
        within = await self._groups_within(scope, meant)
        if name is None:
            raise NoSuchTargetError(NoSuchTargetError.__doc__)
        if not meant:
            raise NotAvailableError(NotAvailableError.__doc__)
        if not scope.everybody and not within:
            raise NoSuchTargetError(NoSuchTargetError.__doc__)
        return name

    async def _channel(self, scope: Targets, number: int) -> str:
        async with self._store.reading() as transaction:
            row = next((each for each in await self._open_channels(transaction) if each.id == number), None)
        if row is None or not scope.include(Unit(UnitKind.CHANNEL, number)):
            raise NoSuchTargetError(NoSuchTargetError.__doc__)
        if not await self._takes(number):
            raise NotAvailableError(NotAvailableError.__doc__)
        return row.name

    @staticmethod
    async def _there(transaction: AsyncSession, numbers: Iterable[int]) -> list[PersonRow]:
        """Return those of these people who may serve customers."""
        people = list(await transaction.scalars(select(PersonRow).where(PersonRow.id.in_(numbers))))
        stand = await eligibilities_of(transaction, people)
        return [each for each in people if stand[each.id].may_serve]

    async def _groups_within(self, scope: Targets, people: Iterable[PersonRow]) -> set[int]:
        """Return those who are in one of the groups of a scope, at any depth."""
        groups = [unit.id for unit in scope.units if unit.kind is UnitKind.TECHNICIAN_GROUP]
        return await self._permissions.below(groups, [each.id for each in people]) if groups else set()

    async def _open_channels(self, transaction: AsyncSession) -> list[ChannelRow]:
        """Return the channels that anyone serves."""
        usable = ChannelRow.deleted_at.is_(None), ChannelRow.status == Status.ENABLED
        rows = list(await transaction.scalars(select(ChannelRow).where(*usable).order_by(ChannelRow.position)))
        return [row for row in rows if await is_served(transaction, row.id)]

    async def _takes(self, channel: int) -> bool:
        """Whether a channel takes sessions now: always, unless it is to only while someone is there (SESS-95)."""
        chosen = await self._held(Holder(HolderKind.CHANNEL, channel), [ONLY_IF_AVAILABLE])
        if not chosen[ONLY_IF_AVAILABLE].value:
            return True
        available = await self._available()
        async with self._store.reading() as transaction:
            serving = await channels_of(transaction, available)
        return any(channel in channels for channels in serving.values())


def _by_name(person: PersonRow) -> str:
    return person.name.casefold()
