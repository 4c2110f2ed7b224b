"""Tells consoles which technicians of their group are there, and how each of them is.

Only of their own group: its members share channels and limits, and who works in another one is not for all to see.
"""

import time
from weakref import WeakKeyDictionary

from sqlalchemy import select

from codec.wire.signals import Attention as Said
from codec.wire.signals import Colleague, Technicians, write
from relay.accounts.model import PersonRow
from relay.bus.base import ORGANISATION, Bus
from relay.organization.ancestry import batches
from relay.routing.availability import AtWork, Availability
from relay.routing.rules import Attention
from relay.signalling.hub import ConsoleConnection, Hub
from relay.store.database import Store
from relay.tasks.news import NewsFollower
from relay.web.send_queue import SendQueue

GATHER_SECONDS = 0.1
"""Changes that come together are told together."""
SECONDS_PER_NAME = 5e-6
"""A large group hears of changes less often, or half of what a relay sends would be lists of names."""


class Colleagues(NewsFollower):
    """Tells them. The organisation's news are names, groups, and with how many sessions someone is busy."""

    purpose = "telling consoles who is there"

    def __init__(self, store: Store, availability: Availability, hub: Hub, bus: Bus) -> None:
        super().__init__()
        self._store = store
        self._availability = availability
        self._roster = availability.roster
        self._hub = hub
        self._told: WeakKeyDictionary[SendQueue, Technicians] = WeakKeyDictionary()
        self._names = 0
        """How many names the last round told, all consoles together."""
        self._roster.changed = self.note
        bus.follow([ORGANISATION], self)

    def says(self, console: ConsoleConnection, said: Said) -> None:
        """A console says how its technician is."""
        now = time.monotonic()
        attention = Attention(said.is_here, said.chosen, now - said.chosen_ago)
        self._roster.says(*console.key, attention)

    def gone(self, console: ConsoleConnection) -> None:
        """A console has gone."""
        self._roster.gone(*console.key)

    @property
    def gather_seconds(self) -> float:
        """See NewsFollower."""
        return GATHER_SECONDS + self._names * SECONDS_PER_NAME

    async def follow(self) -> None:
        """Tell each console on which something is different from what it was told."""
        at_work = await self._availability.at_work()
        names = await self._names_of(at_work)
        groups: dict[int | None, list[Colleague]] = {}
        for person, work in sorted(at_work.items(), key=lambda each: names.get(each[0], "").casefold()):
            colleague = Colleague(person, names.get(person, ""), work.status, work.sessions)
            groups.setdefault(work.group, []).append(colleague)
        self._names = 0
        for console in self._hub.consoles():
            own = at_work.get(console.person)
            if own is not None:
                self._tell(console, own, groups[own.group])

    def _tell(self, console: ConsoleConnection, own: AtWork, group: list[Colleague]) -> None:
        technicians = Technicians(own.chosen, group)
        self._names += len(group)
        if self._told.get(console.queue) != technicians:
            self._told[console.queue] = technicians
            console.queue.say(write(technicians), about=Technicians)

    async def _names_of(self, people: dict[int, AtWork]) -> dict[int, str]:
        found: dict[int, str] = {}
        async with self._store.reading() as transaction:
            for some in batches(people):
                rows = await transaction.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(some)))
                found |= {row.id: row.name for row in rows}
        return found
