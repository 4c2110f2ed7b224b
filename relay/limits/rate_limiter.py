"""How often something may go wrong before it must wait. Pure: the clock is an argument, the memory bounded in bytes.

Method: a try is *reserved* before its work begins. One synchronous step counts it for all of its keys (the address, the
account, the device) or, when any of them is full, for none. Leaving the block without an error gives the try back; so
does an error that tells the caller nothing of their guess (the relay is busy, the database failed, the request was cut
off). A refusal keeps it. So however many requests run at the same time, no more than the limit reach the work.

Keys are kept as keyed digests of a fixed size, and only as long as they have a try in their window. When the memory is
full, keys that are new share counters with their neighbours: those that are counted already keep their counts, and a
flood from one network leaves the others alone.
"""

import hashlib
import ipaddress
import secrets
from array import array
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

from codec.errors import DesksideError
from relay.limits.fair_queue import BusyError

MAX_BYTES = 8 * 1024 * 1024
"""What one limiter may hold at most: half of it in counters of one key each, half in those that are shared."""
KEY_BYTES = 512
"""What a key takes: its digest, its place in the table, its counter. Measured on 64-bit Python, rounded up."""
TIME_BYTES = 16
"""What a counted try takes beside it, with the room that an array keeps for growing."""
SHARED = 1_024
"""Counters for keys that come when the memory is full."""
SHARED_TIMES = 4
"""A shared counter takes so many times the tries of a key of its own: several keys meet in it."""
OUT_OF_ORDER_SECONDS = 120.0
"""A request waits no longer between its beginning, which is its time, and its count."""
_DIGEST_BYTES = 16


def _itself(value: str) -> str:
    return value


@dataclass(frozen=True)
class Limit:
    """At most `misses` in `seconds`. Keys of one `neighbourhood` share a counter when the memory is full."""

    misses: int
    seconds: float
    neighbourhood: Callable[[str], str] = _itself


class TooOftenError(DesksideError):
    """Too many wrong attempts. Wait `retry_seconds`, then try again. `kinds` are the limits that were met."""

    def __init__(self, retry_seconds: int, kinds: frozenset[str] = frozenset()) -> None:
        super().__init__(f"Too many wrong attempts. Try again in {retry_seconds} seconds.")
        self.retry_seconds = retry_seconds
        self.kinds = kinds


class _Counter:
    """The tries of one key that are in its window, and how many of them are still at work."""

    __slots__ = ("at_work", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.at_work = 0

    def let_pass(self, seconds: float, now: float) -> None:
        """Forget the tries that have left the window."""
        del self.times[: bisect_right(self.times, now - seconds)]

    def set_back(self, now: float) -> None:
        """The clock was set back to this time, and what was tried after it was tried now."""
        self.times = array("d", [min(time, now) for time in self.times])

    def wait(self, misses: int, seconds: float, now: float) -> float:
        """Return how long a further try has to wait: 0 when there is room for it."""
        if len(self.times) < misses:
            return 0.0
        if len(self.times) - self.at_work < misses:
            return 0.5  # those at work are soon known to be right or wrong
        return self.times[len(self.times) - misses] + seconds - now


@dataclass(eq=False)
class _Place:
    """Where a key is counted: its own counter, or one that it shares."""

    table: OrderedDict[bytes, _Counter]
    key: bytes
    counter: _Counter
    misses: int
    cost: int


class Reservation:
    """One try, counted for all of its keys. Use it as a context manager around the work.

    Leaving the block with a refusal (a DesksideError that is no BusyError) keeps it counted, anything else gives it
    back. `give_back` and `keep` say so earlier, for all keys or for some; what was said first holds.
    """

    def __init__(
        self,
        settle: Callable[[_Place, float, bool], None],
        places: dict[str, _Place],
        at: float,
        over: frozenset[str] = frozenset(),
    ) -> None:
        self.over = over
        """The soft limits that were full already: the work must be made dearer."""
        self._settle = settle
        self._places = places
        self._at = at

    def give_back(self, *kinds: str) -> None:
        """These keys (all of them when none is named) were not tried, or the try was right."""
        self._end(kinds, False)

    def keep(self, *kinds: str) -> None:
        """The try was wrong for these keys (all of them when none is named): it counts until it leaves the window."""
        self._end(kinds, True)

    def _end(self, kinds: tuple[str, ...], kept: bool) -> None:
        for kind in kinds or tuple(self._places):
            place = self._places.pop(kind, None)
            if place is not None:
                self._settle(place, self._at, kept)

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end((), isinstance(error, DesksideError) and not isinstance(error, BusyError))


class Limiter:
    """Counts tries by key. Ask with `reserve`, or with `take` where every try counts, whatever becomes of it."""

    def __init__(self, limits: Mapping[str, Limit], max_bytes: int = MAX_BYTES) -> None:
        self._limits = dict(limits)
        self._secret = secrets.token_bytes(_DIGEST_BYTES)
        self._room = max_bytes // 2
        self._used = 0
        self._latest = 0.0
        # In the order of the last try, so that those whose window has passed stand first.
        self._own: dict[str, OrderedDict[bytes, _Counter]] = {kind: OrderedDict() for kind in limits}
        self._shared: dict[str, OrderedDict[bytes, _Counter]] = {kind: OrderedDict() for kind in limits}
        each = (max_bytes - self._room) // max(1, len(limits))
        self._shares = {kind: _shares(limit, each) for kind, limit in limits.items()}

    def reserve(self, keys: Mapping[str, str], now: float, soft: Mapping[str, str] | None = None) -> Reservation:
        """Count a try for all of these keys (kind → value). Raises TooOftenError, having counted none, if one is full.

        `soft` keys refuse nothing, because strangers could lock others out with them. Where one is full, the
        reservation names it in `over`: the work must be made dearer then. Tries beyond it keep it full.
        `now` is in seconds of any clock, the same one for each call.
        """
        now = self._time(now)
        places = self._find({**keys, **(soft or {})}, now)
        waits = {
            kind: place.counter.wait(place.misses, self._limits[kind].seconds, now) for kind, place in places.items()
        }
        full = {kind: waits[kind] for kind in keys if waits[kind] > 0}
        if full:
            raise TooOftenError(int(max(full.values())) + 1, frozenset(full))
        for place in places.values():
            if place.key not in place.table:
                place.table[place.key] = place.counter
                self._used += place.cost
            place.table.move_to_end(place.key)
            insort(place.counter.times, now)
            place.counter.at_work += 1
        return Reservation(self._settle, places, now, frozenset(kind for kind in soft or {} if waits[kind] > 0))

    def is_full(self, kind: str, value: str, now: float) -> bool:
        """Whether a key has no room for a further try."""
        now = self._time(now)
        place = self._find({kind: value}, now)[kind]
        return place.counter.wait(place.misses, self._limits[kind].seconds, now) > 0

    def take(self, keys: Mapping[str, str], now: float) -> None:
        """Count something that is limited whether it goes well or not. Raises TooOftenError."""
        self.reserve(keys, now).keep()

    def forget(self, kind: str, value: str) -> None:
        """The owner of a key has shown that they are: only tries that are still at work count on."""
        key, own = self._digest(kind, value), self._own[kind]
        counter = own.get(key)
        if counter is not None:
            del counter.times[: max(0, len(counter.times) - counter.at_work)]
            self._drop_if_empty(_Place(own, key, counter, 0, _cost(self._limits[kind])))

    @property
    def held_bytes(self) -> int:
        """What the counters may take in memory now, at most."""
        shared = sum(len(table) * _cost(self._limits[kind], SHARED_TIMES) for kind, table in self._shared.items())
        return self._used + shared

    def _time(self, now: float) -> float:
        """Return the time that counts: requests are counted in another order than they came, and take none back.

        A clock that was really set back makes nobody wait longer.
        """
        if now < self._latest - OUT_OF_ORDER_SECONDS:
            self._latest = now
            for table in (*self._own.values(), *self._shared.values()):
                for counter in table.values():
                    counter.set_back(now)
        self._latest = max(self._latest, now)
        return self._latest

    def _settle(self, place: _Place, at: float, kept: bool) -> None:
        times = place.counter.times
        place.counter.at_work -= 1
        if not kept and at in times:
            times.remove(at)
        del times[: max(0, len(times) - place.misses - place.counter.at_work)]  # of a soft limit: the last ones count
        self._drop_if_empty(place)

    def _find(self, keys: Mapping[str, str], now: float) -> dict[str, _Place]:
        """Return where each key is counted; nothing is kept of those that are new before they are counted."""
        self._let_pass(now)
        places, used = {}, self._used
        for kind, value in keys.items():
            limit, table = self._limits[kind], self._own[kind]
            key, misses, cost = self._digest(kind, value), limit.misses, _cost(limit)
            if key not in table:
                used += cost
                if used > self._room:  # neighbours share, and what that takes is set aside
                    used, table, misses, cost = used - cost, self._shared[kind], misses * SHARED_TIMES, 0
                    key = self._digest(kind, limit.neighbourhood(value))
                    key = (int.from_bytes(key) % self._shares[kind]).to_bytes(2)
            counter = table.get(key) or _Counter()
            counter.let_pass(limit.seconds, now)
            places[kind] = _Place(table, key, counter, misses, cost)
        return places

    def _let_pass(self, now: float) -> None:
        """Forget the keys whose window has passed; they stand first."""
        for kind, own in self._own.items():
            while own:
                key, counter = next(iter(own.items()))
                counter.let_pass(self._limits[kind].seconds, now)
                if counter.at_work:
                    own.move_to_end(key)
                    break
                if counter.times:
                    break
                self._drop_if_empty(_Place(own, key, counter, 0, _cost(self._limits[kind])))

    def _drop_if_empty(self, place: _Place) -> None:
        counter = place.counter
        if not counter.times and not counter.at_work and place.table.get(place.key) is counter:
            del place.table[place.key]
            self._used -= place.cost

    def _digest(self, kind: str, value: str) -> bytes:
        text = f"{kind}\0{value}".encode(errors="surrogatepass")
        return hashlib.blake2b(text, digest_size=_DIGEST_BYTES, key=self._secret).digest()


def _cost(limit: Limit, times: int = 1) -> int:
    return KEY_BYTES + TIME_BYTES * limit.misses * times


def _shares(limit: Limit, room: int) -> int:
    return max(1, min(SHARED, room // _cost(limit, SHARED_TIMES)))


def address_key(address: str) -> str:
    """Return what counts as one address: IPv6 networks are handed out by /64, so all of one count together."""
    return _network(address, 32, 64)


def network_key(address: str) -> str:
    """Return what one customer of a provider may have: the /48 of an IPv6 address, the /24 of an IPv4 address."""
    return _network(address, 24, 48)


def neighbourhood_of(address: str) -> str:
    """Return the range that an address (or what `address_key` made of one) is from: IPv6 /32, IPv4 /16."""
    return _network(address.partition("/")[0], 16, 32)


def _network(address: str, short: int, long: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((parsed, long), strict=False))
    return str(parsed) if short == parsed.max_prefixlen else str(ipaddress.IPv4Network((parsed, short), strict=False))
