"""A limiter under any order of tries, ends and times: exactly as many reach the work as the limit says, and its memory
is what it declares (F6, F8).

Each step is three bytes: what happens, for whom, and how much. The same steps go to a limiter with room, whose every
answer is foretold by a list of what was counted when, and to one whose memory is full, which has bounds to keep.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from codec.errors import DesksideError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import Limit, Limiter, Reservation, TooOftenError
from tests.fuzz.mutations import try_each

WRONG, RIGHT, BUSY, BEGIN, BEGIN_SOFT, PASS, BACK, FORGET = range(8)
LIMITS = {"address": Limit(3, 60), "account": Limit(2, 20), "relay": Limit(5, 30)}
TIGHT_BYTES = 16 * 1024
_HARD = ("address", "account")
_PEOPLE = {"address": 256, "account": 16}


class _WrongError(DesksideError):
    """A guess that was wrong."""


_ENDS: dict[int, Exception | None] = {WRONG: _WrongError(), RIGHT: None, BUSY: BusyError()}


def seeds() -> list[bytes]:
    """Return stories to be changed: one guesser, many at once, a crowd, and a clock that is set back."""
    chance = random.Random(7)
    return [
        bytes([BEGIN, 1, 1, WRONG, 0, 0] * 8),
        bytes([BEGIN, 1, 1] * 12 + [RIGHT, 0, 0] * 3 + [WRONG, 0, 0] * 9 + [BEGIN, 1, 1]),
        b"".join(bytes([BEGIN, number, number, WRONG, 0, 0]) for number in range(120)),
        bytes([BEGIN_SOFT, 1, 1, WRONG, 0, 0] * 9 + [PASS, 0, 31, BEGIN_SOFT, 2, 2]),
        bytes([BEGIN, 1, 1, PASS, 0, 90, WRONG, 0, 0, BACK, 0, 200, BEGIN, 1, 1, FORGET, 1, 1, BEGIN, 1, 1]),
        chance.randbytes(600),
    ]


def try_one(data: bytes) -> None:
    """Carry out what `data` says. Raises AssertionError, or anything else that is not allowed."""
    world = _World()
    for place in range(0, len(data) - 2, 3):
        world.step(*data[place : place + 3])
    world.finish()


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


@dataclass
class _Try:
    at: float
    keys: dict[str, str]
    roomy: Reservation | None
    tight: Reservation | None


@dataclass
class _World:
    now: float = 10_000.0
    exact: bool = True
    roomy: Limiter = field(default_factory=lambda: Limiter(LIMITS))
    tight: Limiter = field(default_factory=lambda: Limiter(LIMITS, TIGHT_BYTES))
    at_work: list[_Try] = field(default_factory=list)
    counted: list[tuple[str, str, float]] = field(default_factory=list)
    """What a limiter with room must have counted: kind, value, time."""

    def step(self, what: int, whom: int, much: int) -> None:
        """Do one thing, and look whether all still holds."""
        match what % 8:
            case 3 | 4:
                soft = {"relay": ""} if what % 8 == BEGIN_SOFT else {}
                self._begin({kind: str(whom % _PEOPLE[kind]) for kind in _HARD}, soft)
            case 5:
                self.now += much
            case 6:
                self.now -= much
                self.exact = False  # how long is waited after that is bounded, not foretold
            case 7:
                self._forget(_HARD[much % 2], str(whom % _PEOPLE[_HARD[much % 2]]))
            case end:
                self._end(end, whom)
        assert self.tight.held_bytes <= TIGHT_BYTES

    def finish(self) -> None:
        """End all that is at work; when every window has passed nothing is held for anybody."""
        while self.at_work:
            self._end(WRONG, 0)
        for limiter in (self.roomy, self.tight):
            for later in (0, 1_000):
                limiter.is_full("relay", "", self.now + later)
            assert not any(limiter._own.values())

    def _begin(self, keys: dict[str, str], soft: dict[str, str]) -> None:
        roomy, tight = self._reserved(self.roomy, keys, soft), self._reserved(self.tight, keys, soft)
        if self.exact:
            room = all(self._in_window(kind, value) < LIMITS[kind].misses for kind, value in keys.items())
            assert (roomy is not None) == room, f"{keys} at {self.now}"
            if roomy is not None and soft:
                assert bool(roomy.over) == (self._in_window("relay", "") >= LIMITS["relay"].misses)
        if roomy is not None:
            self.counted += [(kind, value, self.now) for kind, value in {**keys, **soft}.items()]
        if roomy is not None or tight is not None:
            self.at_work.append(_Try(self.now, {**keys, **soft} if roomy is not None else {}, roomy, tight))

    def _reserved(self, limiter: Limiter, keys: dict[str, str], soft: dict[str, str]) -> Reservation | None:
        try:
            return limiter.reserve(keys, self.now, soft)
        except TooOftenError as error:
            refused = error
        longest = max(LIMITS[kind].seconds for kind in refused.kinds)
        assert 1 <= refused.retry_seconds <= longest + 1
        assert refused.kinds <= set(_HARD)
        return None

    def _end(self, how: int, whom: int) -> None:
        if not self.at_work:
            return
        ended = self.at_work.pop(whom % len(self.at_work))
        for reserved in (ended.roomy, ended.tight):
            if reserved is not None:
                error = _ENDS[how]
                reserved.__exit__(None if error is None else type(error), error, None)
                reserved.give_back()
        if how != WRONG:
            for kind, value in ended.keys.items():
                if (kind, value, ended.at) in self.counted:
                    self.counted.remove((kind, value, ended.at))

    def _forget(self, kind: str, value: str) -> None:
        """What is at work counts on; where some of it is, a list cannot tell which times those are."""
        if any(each.keys.get(kind) == value for each in self.at_work):
            return
        self.roomy.forget(kind, value)
        self.tight.forget(kind, value)
        self.counted = [each for each in self.counted if each[:2] != (kind, value)]

    def _in_window(self, kind: str, value: str) -> int:
        since = self.now - LIMITS[kind].seconds
        times = [at for each, whose, at in self.counted if (each, whose) == (kind, value) and at > since]
        return len(times)
