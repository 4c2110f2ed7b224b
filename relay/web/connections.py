"""Which connections the relay holds: how many, and how long each may keep it waiting. Pure: the clock is an argument.

Who has shown nothing yet is a stranger: no PIN, link, ticket, token or cookie. Strangers are the first to go. Where one
address has too many, or all together do, the one goes that has kept us waiting longest, of the address that has most.
So a newcomer gets in however many silent ones there are, and those who are known stay.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

HEAD_BYTES = 32 * 1024
"""The longest head of a request."""
FIRST_BYTES_EACH_SECOND = 2_048
"""A body must come at least as fast, once it has had BODY_START_SECONDS."""
BODY_START_SECONDS = 10.0
STALL_SECONDS = 60.0
"""Who takes nothing of an answer for so long is cut."""
CLOSING_SECONDS = 10.0
SOCKET_SECONDS = 30.0
"""A WebSocket that has not shown who it is. Its handler waits less; this is the net below it."""
ANSWER_SECONDS = 3.0
"""An answer to a stranger that takes longer is waiting for its reader, as far as making room goes."""


class Phase(StrEnum):
    """What a connection is doing."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    IDLE = "idle"
    SOCKET = "socket"
    CLOSING = "closing"


class Ended(StrEnum):
    """Why the relay ended a connection, or did not begin it."""

    HEAD = "head"
    BODY = "body"
    IDLE = "idle"
    SOCKET = "socket"
    STALLED = "stalled"
    CLOSING = "closing"
    CROWDED = "crowded"
    REFUSED = "refused"


@dataclass(frozen=True)
class Limits:
    """How many connections: in all, of one address, and of those how many strangers; and how long each may take."""

    total: int
    of_address: int
    strangers: int
    head_seconds: float
    body_seconds: float
    idle_seconds: float


@dataclass(eq=False)
class Connection:
    """One of them. `owner` is the address that it counts for, None for a listed proxy's.

    `end` cuts it at once; `look` takes in what only time tells, before it is judged.
    """

    owner: str | None
    since: float
    end: Callable[[], None]
    look: Callable[[float], None] = lambda _now: None
    phase: Phase = Phase.HEAD
    is_known: bool = False
    received: int = 0
    unsent: int = 0
    unsent_since: float = 0.0

    def enter(self, phase: Phase, now: float) -> None:
        """It does something else from now on."""
        self.phase, self.since, self.received = phase, now, 0

    def wrote(self, unsent: int, now: float) -> None:
        """So many bytes wait for the other end; `unsent_since` tells how long it has taken none of them."""
        if unsent < self.unsent or self.unsent == 0:
            self.unsent_since = now
        self.unsent = unsent


def overdue(connection: Connection, limits: Limits, now: float) -> Ended | None:
    """Return why a connection must end now, None when it may go on."""
    waited = now - connection.since
    if connection.unsent and now - connection.unsent_since > STALL_SECONDS:
        return Ended.STALLED
    match connection.phase:
        case Phase.HEAD if waited > limits.head_seconds:
            return Ended.HEAD
        case Phase.BODY if waited > body_seconds(connection.received, limits):
            return Ended.BODY
        case Phase.IDLE if waited > limits.idle_seconds:
            return Ended.IDLE
        case Phase.SOCKET if not connection.is_known and waited > SOCKET_SECONDS:
            return Ended.SOCKET
        case Phase.CLOSING if not connection.unsent and waited > CLOSING_SECONDS:
            return Ended.CLOSING
    return None


def body_seconds(received: int, limits: Limits) -> float:
    """Return how long a body may have taken so far, of which so much is there."""
    return min(limits.body_seconds, BODY_START_SECONDS + received / FIRST_BYTES_EACH_SECOND)


def keeps_us_waiting(connection: Connection, now: float) -> bool:
    """Whether the other end is to act next, so that ending the connection loses no work of ours."""
    return not connection.is_known and (connection.phase is not Phase.ANSWER or now - connection.since > ANSWER_SECONDS)


@dataclass
class _Share:
    """The connections of one address."""

    strangers: dict[Connection, None] = field(default_factory=dict)
    known: dict[Connection, None] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.strangers) + len(self.known)


class Connections:
    """All of them. What it ends is told by calling its `end`; it is counted until it is said to be gone."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._shares: dict[str | None, _Share] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def all(self) -> Iterable[Connection]:
        """Return every connection."""
        return [each for share in self._shares.values() for each in (*share.strangers, *share.known)]

    def come(self, connection: Connection, now: float) -> tuple[bool, Connection | None]:
        """Count a new connection. Return whether it may stay, and which other one must go for it."""
        allowed, victim = self._room_at(connection.owner, now)
        if allowed and victim is None and self._count >= self.limits.total:
            victim = self._longest_waiting(connection.owner, now)
            allowed = victim is not None
        if allowed:
            self._add(connection)
            if victim is not None:
                self.go(victim)
        return allowed, victim if allowed else None

    def belongs(self, connection: Connection, owner: str | None, now: float) -> tuple[bool, Connection | None]:
        """A request has said for whom a proxy's connection works now. The answer is that of `come`."""
        if connection.owner == owner:
            return True, None
        allowed, victim = self._room_at(owner, now)
        if allowed:
            self._take_out(connection)
            connection.owner = owner
            self._add(connection)
            if victim is not None:
                self.go(victim)
        return allowed, victim if allowed else None

    def known(self, connection: Connection, is_known: bool) -> None:
        """The user of a connection has shown who they are, or someone else may use it now."""
        if connection.is_known is not is_known:
            was_there = self._take_out(connection)
            connection.is_known = is_known
            if was_there:
                self._add(connection)

    def go(self, connection: Connection) -> None:
        """It is gone; no harm when it was already."""
        self._take_out(connection)

    def _room_at(self, owner: str | None, now: float) -> tuple[bool, Connection | None]:
        share = self._shares.get(owner)
        if owner is None or share is None:
            return True, None
        if share.size < self.limits.of_address and len(share.strangers) < self.limits.strangers:
            return True, None
        victim = _longest(share.strangers, now)
        return victim is not None, victim

    def _longest_waiting(self, newcomer: str | None, now: float) -> Connection | None:
        """Return who makes room for a newcomer: of the address with most strangers, the newcomer's own at equal."""

        def size(owner: str | None) -> tuple[int, bool]:
            return len(self._shares[owner].strangers), owner == newcomer

        first = max(self._shares, key=size, default=None)
        if first not in self._shares:
            return None
        victim = _longest(self._shares[first].strangers, now)
        if victim is None:  # rare: who has most has nobody who waits
            everybody = (each for share in self._shares.values() for each in share.strangers)
            victim = _longest(everybody, now)
        return victim

    def _add(self, connection: Connection) -> None:
        share = self._shares.setdefault(connection.owner, _Share())
        (share.known if connection.is_known else share.strangers)[connection] = None
        self._count += 1

    def _take_out(self, connection: Connection) -> bool:
        share = self._shares.get(connection.owner)
        group = None if share is None else share.known if connection.is_known else share.strangers
        if share is None or group is None or connection not in group:
            return False
        del group[connection]
        self._count -= 1
        if share.size == 0:
            del self._shares[connection.owner]
        return True


def _longest(strangers: Iterable[Connection], now: float) -> Connection | None:
    waiting = [each for each in strangers if keeps_us_waiting(each, now)]
    return min(waiting, key=lambda each: (each.phase is Phase.ANSWER, each.since), default=None)
