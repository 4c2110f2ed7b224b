"""Which channels the technicians of connected consoles serve, and which groups they are in, as the store says."""

from collections.abc import Sequence

from aiohttp import WSCloseCode

from relay.sessions.moves import technicians
from relay.sessions.queues import Technician
from relay.signalling.hub import Hub
from relay.store.batching import Batches
from relay.store.database import Store


class ServedChannels:
    """Asks the store, for many at once."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._asked = Batches(self._read)

    async def of(self, person: int) -> Technician:
        """Return someone with the channels that they serve now, and their group."""
        return await self._asked.get(person)

    async def follow(self) -> None:
        """Have those consoles come again whose technicians have other queues now: they are told everything then."""
        serving = await self._read(list(self._hub.people()))
        for console in self._hub.consoles():
            if serving.get(console.person, Technician(console.person)) != self._hub.served_by(console):
                console.queue.close(WSCloseCode.TRY_AGAIN_LATER)

    async def _read(self, people: Sequence[int]) -> dict[int, Technician]:
        async with self._store.reading() as transaction:
            return {each.person: each for each in await technicians(transaction, people)}
