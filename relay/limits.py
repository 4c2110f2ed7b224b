"""How often something may go wrong before it must wait. Pure: the clock is an argument, the memory bounded.

Method: a window of fixed length for each key; misses inside it count, and too many close the door until the oldest has
left the window. Several keys are asked at once (the address, the account, the secret, the whole relay), because a
guesser who changes one of them should still meet the others.
"""

import ipaddress
from collections import OrderedDict, deque
from dataclasses import dataclass

from codec.errors import DesksideError

MAX_KEYS = 20_000


@dataclass(frozen=True)
class Limit:
    """At most `misses` in `seconds`."""

    misses: int
    seconds: float


class TooOftenError(DesksideError):
    """Too many wrong tries. Wait `retry_seconds`, then try again."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"Too many wrong tries. Try again in {retry_seconds} seconds.")
        self.retry_seconds = retry_seconds


class Limiter:
    """Counts misses by key. Keys that were quiet longest are forgotten first when there are more than MAX_KEYS."""

    def __init__(self, limits: dict[str, Limit]) -> None:
        self._limits = limits
        self._misses: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def check(self, keys: dict[str, str], now: float) -> None:
        """Raise TooOftenError when any of the keys (kind → value) has missed too often."""
        waits = [self._wait(kind, value, now) for kind, value in keys.items()]
        if max(waits, default=0.0) > 0:
            raise TooOftenError(int(max(waits)) + 1)

    def miss(self, keys: dict[str, str], now: float) -> None:
        """Count one miss for each of the keys."""
        for key in keys.items():
            misses = self._misses.setdefault(key, deque(maxlen=self._limits[key[0]].misses))
            misses.append(now)
            self._misses.move_to_end(key)
        while len(self._misses) > MAX_KEYS:
            self._misses.popitem(last=False)

    def forget(self, kind: str, value: str) -> None:
        """Somebody has shown that he knows: his misses no longer count."""
        self._misses.pop((kind, value), None)

    def _wait(self, kind: str, value: str, now: float) -> float:
        limit = self._limits[kind]
        misses = self._misses.get((kind, value))
        if misses is None or len(misses) < limit.misses:
            return 0.0
        return max(0.0, misses[0] + limit.seconds - now)


def address_key(address: str) -> str:
    """Return what counts as one address: IPv6 networks are handed out by /64, so all of one count together."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
