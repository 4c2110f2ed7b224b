"""Tells customers who wait how long others waited, or their place in the queue: as their channel or group chose."""

from weakref import WeakKeyDictionary

from sqlalchemy import select

from codec.wire.api_types import SessionState, TargetKind
from codec.wire.signals import Wait, write
from relay.bus.base import ORGANISATION, WAITS, Bus
from relay.channels.serving import is_served
from relay.permissions.service import Permissions
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.waits import ESTIMATE, LAST, POSITION, Waits, estimate_seconds, positions
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.signalling.hub import Hub
from relay.store.database import Store
from relay.tasks.news import NewsFollower
from relay.web.send_queue import SendQueue

OF_CHANNEL, OF_GROUP = "waiting.message", "waiting.estimate"
Queue = tuple[int | None, int | None]
"""A channel, or else a technician."""


class WaitsTold(NewsFollower):
    """Tells them. `changed` is called for each session that has changed."""

    purpose = "telling customers how long they may wait"
    gather_seconds = 0.2

    def __init__(self, store: Store, permissions: Permissions, settings: AppliedSettings, hub: Hub, bus: Bus) -> None:
        super().__init__()
        self._store = store
        self._permissions = permissions
        self._settings = settings
        self._hub = hub
        self._bus = bus
        self._told: WeakKeyDictionary[SendQueue, Wait] = WeakKeyDictionary()
        bus.follow([ORGANISATION, WAITS], self)

    def changed(self) -> None:
        """A session waits, or no longer: the relays of the bus look at who waits with their applet connected there."""
        self._bus.publish(WAITS, b"")

    async def follow(self) -> None:
        """Tell each customer who waits what is different from what they were told."""
        waiting = await self._waiting()
        here = [(each, applet) for each in waiting if (applet := self._hub.applet(each.session)) is not None]
        if not here:
            return
        chosen = await self._chosen({_queue(each) for each, _ in here})
        estimates = await self._estimates({queue for queue, message in chosen.items() if message == ESTIMATE})
        places = positions(waiting)
        unserved = await self._unserved({each.channel for each, _ in here if each.channel and each.person is None})
        for each, applet in here:
            queue = _queue(each)
            wait = Wait(
                seconds=estimates.get(queue),
                position=places.get(each.session) if chosen.get(queue) == POSITION else None,
            )
            if each.person is None and each.channel in unserved:
                wait = Wait(served=False)
            if self._told.get(applet, Wait()) != wait:
                self._told[applet] = wait
                applet.say(write(wait), about=Wait)

    async def _waiting(self) -> list[Waits]:
        """Return what waits; what no technician has is in the queue of the channel that it was moved to, if it was."""
        row, moved = SessionRow, TransferRow
        waits = select(row.id, row.since, row.channel_id, row.person_id).where(row.state == SessionState.WAITING)
        to_channel = moved.kind == TargetKind.CHANNEL, row.person_id.is_(None)
        elsewhere = (
            select(row.id, row.since, moved.target_id, row.person_id)
            .join(moved, moved.id == row.transfer_id)
            .where(row.state == SessionState.TRANSFERRING, *to_channel)
        )
        async with self._store.reading() as transaction:
            return [Waits(*each) for query in (waits, elsewhere) for each in await transaction.execute(query)]

    async def _unserved(self, channels: set[int]) -> frozenset[int]:
        """Return those of these channels that no one serves."""
        async with self._store.reading() as transaction:
            return frozenset([each for each in channels if not await is_served(transaction, each)])

    async def _chosen(self, queues: set[Queue]) -> dict[Queue, str]:
        """Return what customers in these queues are told; one of which nothing is told is missing."""
        people = [person for _, person in queues if person is not None]
        groups = {person: held.group for person, held in (await self._permissions.held_by(people)).items()}
        channels = {queue: Holder(HolderKind.CHANNEL, queue[0]) for queue in queues if queue[0] is not None}
        own = {(None, person): Holder(HolderKind.GROUP, group) for person, group in groups.items() if group is not None}
        of_channels = await self._settings.held_by(channels.values(), [OF_CHANNEL])
        of_groups = await self._settings.held_by(own.values(), [OF_GROUP])
        found: dict[Queue, str] = {
            queue: of_channels[unit][OF_CHANNEL].value for queue, unit in channels.items() if unit in of_channels
        }
        found |= {
            queue: ESTIMATE for queue, unit in own.items() if unit in of_groups and of_groups[unit][OF_GROUP].value
        }
        return found

    async def _estimates(self, queues: set[Queue]) -> dict[Queue, int | None]:
        found: dict[Queue, int | None] = {}
        row = SessionRow
        async with self._store.reading() as transaction:
            for channel, person in queues:
                of = (
                    row.channel_id == channel
                    if channel is not None
                    else row.channel_id.is_(None) & (row.person_id == person)
                )
                picked_up = select(row.waiting_ms).where(of, row.began_at.is_not(None))
                last = await transaction.scalars(picked_up.order_by(row.began_at.desc(), row.id.desc()).limit(LAST))
                found[channel, person] = estimate_seconds(list(last))
        return found


def _queue(waits: Waits) -> Queue:
    return (waits.channel, None) if waits.channel is not None else (None, waits.person)
