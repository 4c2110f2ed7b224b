"""This relay alone, or as one of several on one PostgreSQL and one Redis: what it joins, and as what."""

from collections.abc import Callable
from dataclasses import dataclass

from relay.bus.base import Bus
from relay.bus.local import LocalBus
from relay.bus.redis_bus import RedisBus, answer_seconds
from relay.cluster.membership import Membership, join
from relay.cluster.own import own_of
from relay.config.settings import Settings
from relay.store.database import Store


@dataclass(frozen=True)
class Place:
    """Where a relay is: on which bus, and as which of several. `membership` is None where it is alone."""

    bus: Bus
    membership: Membership | None = None

    @property
    def number(self) -> int:
        """Our number among several, 0 where there is one."""
        return 0 if self.membership is None else self.membership.number

    @property
    def address_of(self) -> Callable[[int], str | None]:
        """Gives where another relay is reached."""
        return _nowhere if self.membership is None else self.membership.address_of

    def is_clock_right(self) -> bool:
        """Whether our clock is near that of the database, by which relays that share it have to agree."""
        return self.membership is None or self.membership.is_clock_right


async def take_place(settings: Settings, store: Store) -> Place:
    """Join the others, where the settings say that there may be any.

    Raises RedisAwayError: a relay that cannot tell the others what happens would show queues that are not so; and
    OtherKeysError, KeyFileError.
    """
    if not settings.is_one_of_several:
        return Place(LocalBus())
    await answer_seconds(settings.redis_url)
    membership = await join(store, own_of(settings))
    return Place(RedisBus(settings.redis_url), membership)


def _nowhere(_number: int) -> None:
    return None
