"""Taking turns at work of which only so much can be done at once: fair between parties, bounded, never for ever.

Method: each party (a network address, say) has a line of its own, and the lines are served in rotation, so a party that
comes a hundred times waits a hundred turns and delays another by one. Where all places are taken, the last of the
longest line has to go; a newcomer no better off than the longest is refused. Turns that a party has had lately
count as if they still stood in its line. So one party alone can use every place, and gives them up when others come;
and a few that come again and again cannot keep out one that has not had its turn.
"""

import asyncio
import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

from codec.errors import DesksideError

REMEMBERED = 4_096
"""Of so many parties it is known how many turns they had…"""
LATELY_SECONDS = 600.0
"""…since this was last forgotten, at most so long ago."""


class BusyError(DesksideError):
    """The relay is busy. Nothing was done. Try again in `retry_seconds`."""

    def __init__(self, retry_seconds: int = 2) -> None:
        super().__init__(
            f"This relay is busy at the moment and has done nothing. Try again in {retry_seconds} seconds."
        )
        self.retry_seconds = retry_seconds


class CallerGoneError(ConnectionResetError):
    """The caller has closed the connection before it was their turn: nothing was done for them."""


caller_is_gone: ContextVar[Callable[[], bool]] = ContextVar("caller_is_gone", default=lambda: False)
"""Whether nobody waits any more for what is done in this context."""


class Turns:
    """At most `at_once` take their turn, at most `places` wait for theirs.

    A turn takes up its place for `pause` seconds at least, so that no more than `at_once` begin in that time. With
    `skips_gone` nothing is done for those whose `caller_is_gone` when it is their turn, and they take nobody's place.
    """

    def __init__(
        self, at_once: int, places: int, pause: float = 0.0, retry_seconds: int = 2, *, skips_gone: bool = False
    ) -> None:
        self._skips_gone = skips_gone
        self._gone: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._free = at_once
        self._places = places
        self._pause = pause
        self._retry_seconds = retry_seconds
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0
        self._had: OrderedDict[str, int] = OrderedDict()
        self._had_since = float("-inf")

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._waiting

    @asynccontextmanager
    async def turn(self, party: str = "") -> AsyncIterator[None]:
        """Do the work of the block when it is the turn of `party`.

        Raises BusyError, before it or while it waits, and CallerGoneError.
        """
        await self.begin(party)
        began = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self.end(began)

    async def begin(self, party: str = "") -> None:
        """Wait for a turn, which `end` ends; `turn` does both, and raises the same."""
        if self._free > 0 and not self._waiting:
            self._free -= 1
            self._note_turn(party)
            return
        mine = self._join(party)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.exception() is None:
                self._pass_on()
            else:
                self._leave(party, mine)
            raise

    def end(self, began: float) -> None:
        """A turn that began at this time of the loop's clock is over."""
        loop = asyncio.get_running_loop()
        remaining = began + self._pause - loop.time()
        if remaining > 0:
            loop.call_later(remaining, self._pass_on)
        else:
            self._pass_on()

    def _join(self, party: str) -> "asyncio.Future[None]":
        if self._waiting >= self._places:
            self._drop_gone()
        if self._waiting >= self._places:
            self._make_room(party)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._skips_gone:
            self._gone[mine] = caller_is_gone.get()
            mine.add_done_callback(lambda done: self._gone.pop(done, None))
        self._lines.setdefault(party, deque()).append(mine)
        self._waiting += 1
        return mine

    def _make_room(self, party: str) -> None:
        longest = max(self._lines, key=self._share, default=party)
        if self._share(longest) <= self._share(party) + 1:
            raise BusyError(self._retry_seconds)
        last = self._lines[longest][-1]
        self._leave(longest, last)
        last.set_exception(BusyError(self._retry_seconds))

    def _drop_gone(self) -> None:
        for party, line in list(self._lines.items()):
            for one in [one for one in line if self._is_gone(one)]:
                self._leave(party, one)
                one.set_exception(CallerGoneError(CallerGoneError.__doc__))

    def _is_gone(self, one: "asyncio.Future[None]") -> bool:
        return not one.done() and one in self._gone and self._gone[one]()

    def _share(self, party: str) -> int:
        """Return how much a party has had lately, or waits for."""
        return len(self._lines.get(party, ())) + self._had.get(party, 0)

    def _note_turn(self, party: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._had_since > LATELY_SECONDS:
            self._had.clear()
            self._had_since = now
        self._had[party] = self._had.pop(party, 0) + 1
        if len(self._had) > REMEMBERED:
            self._had.popitem(last=False)

    def _leave(self, party: str, one: "asyncio.Future[None]") -> None:
        line = self._lines.get(party)
        if line is None or one not in line:
            return
        line.remove(one)
        self._waiting -= 1
        if not line:
            del self._lines[party]

    def _pass_on(self) -> None:
        """The next party's turn; its line goes to the end of the rotation. Who was cut off meanwhile is passed over."""
        while self._lines:
            party, line = next(iter(self._lines.items()))
            mine = line.popleft()
            self._waiting -= 1
            if line:
                self._lines.move_to_end(party)
            else:
                del self._lines[party]
            if self._is_gone(mine):
                mine.set_exception(CallerGoneError(CallerGoneError.__doc__))
            elif not mine.done():
                self._note_turn(party)
                mine.set_result(None)
                return
        self._free += 1


class ShardedTurns:
    """Many of them, of which a text always has the same one. Two texts may share one; nobody can tell which do."""

    def __init__(self, many: int, make: Callable[[], Turns]) -> None:
        self._secret = secrets.token_bytes(16)
        self._lanes = [make() for _ in range(many)]

    def of(self, text: str) -> Turns:
        """Return the lane of a text."""
        number = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8, key=self._secret).digest()
        return self._lanes[int.from_bytes(number) % len(self._lanes)]
