"""What is written in sessions, handed in to the relay as it comes, and read there of the technicians before (HOUSE 5).

Lines wait here, in order, until the relay has them. One that could not be handed in is handed in again: the relay
passes over what it has already.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from codec.host.background import BackgroundTasks
from codec.wire.chat_log import MOST_LINES, HandIn, KeptLine, LoggedLine, Who
from console.page.messages import ChatLine, Event
from console.relay import RelayRefusedError, RelayUnreachableError
from console.session.history import MAX_LINES

AT_ONCE_BYTES = 32 * 1024
"""A call carries no more text than this, or one line."""
RETRY_SECONDS = 5.0
PARTING_SECONDS = 3.0
LOG_BITS = 48
_PASSING = frozenset({"busy", "too_many", "store_unusable"})
"""Refusals of a moment: the same is asked again."""
_log = logging.getLogger(__name__)


class KeepingRelay(Protocol):
    """What is asked of the relay."""

    async def hand_in_chat(self, session: int, lines: HandIn) -> None:
        """Have lines kept. Raises RelayRefusedError or RelayUnreachableError."""
        ...

    async def read_chat(self, session: int) -> list[KeptLine]:
        """Return what is kept. Raises as `hand_in_chat`."""
        ...


class ChatKeeper:
    """Hands them in. `clock` gives seconds, `draw` a random number of so many bits."""

    def __init__(
        self, relay: KeepingRelay, tasks: BackgroundTasks, clock: Callable[[], float], draw: Callable[[int], int]
    ) -> None:
        self._relay = relay
        self._tasks = tasks
        self._clock = clock
        self._draw = draw
        self._logs: dict[int, int] = {}
        self._waiting: dict[int, deque[LoggedLine]] = {}
        self._retry_at = 0.0
        self._handing_in = asyncio.Lock()

    def begin(self, session: int) -> None:
        """A session is opened here: its chat log begins, under a number that no other log has."""
        self._logs[session] = self._draw(LOG_BITS)

    def wrote(self, session: int, line: ChatLine, keeps: bool) -> None:
        """A line was added to a session's log; `keeps`: what is written is kept too, not only what happened."""
        if not keeps and line.who is not Who.SYSTEM:
            return
        waiting = self._waiting.setdefault(session, deque(maxlen=MAX_LINES))
        waiting.append(
            LoggedLine(
                number=line.number,
                at=line.at,
                who=line.who,
                text=line.text.replace("\0", ""),
                event=line.event or "",
                detail=line.detail[:256].replace("\0", ""),
            )
        )

    def tick(self) -> None:
        """Let a second pass."""
        if self._waiting and not self._handing_in.locked() and self._clock() >= self._retry_at:
            self._tasks.start(self.hand_in(), "handing in chat logs")

    async def finish(self) -> None:
        """Hand in what waits, for as long as leaving may take."""
        try:
            async with asyncio.timeout(PARTING_SECONDS):
                await self.hand_in()
        except TimeoutError:
            _log.info("chat lines of %d sessions were not handed in", len(self._waiting))

    async def hand_in(self) -> None:
        """Hand in what waits. Lines that the relay refuses are dropped, those that it cannot take now wait on."""
        async with self._handing_in:
            while self._waiting:
                session, waiting = next(iter(self._waiting.items()))
                lines = some_of(waiting)
                try:
                    await self._relay.hand_in_chat(session, HandIn(log=self._logs.get(session, 0), lines=lines))
                except RelayUnreachableError as error:
                    _log.info("chat lines wait: %s", error)
                    self._retry_at = self._clock() + RETRY_SECONDS
                    return
                except RelayRefusedError as error:
                    if error.problem.retry_seconds is not None or error.problem.problem in _PASSING:
                        self._retry_at = self._clock() + (error.problem.retry_seconds or RETRY_SECONDS)
                        return
                    _log.warning("%d chat lines of session %d are not kept: %s", len(lines), session, error)
                while waiting and waiting[0].number <= lines[-1].number:
                    waiting.popleft()
                if not waiting:
                    del self._waiting[session]

    def forget(self) -> None:
        """Someone else may sign in: what still waits is not theirs to hand in."""
        self._waiting.clear()
        self._logs.clear()

    async def earlier(self, session: int, leg: int) -> list[ChatLine]:
        """Return what was written before this log began; `leg` is this technician's part.

        Raises RelayRefusedError or RelayUnreachableError.
        """
        kept = await self._relay.read_chat(session)
        return earlier_lines(session, leg, [line for line in kept if line.log != self._logs.get(session)])


def some_of(waiting: deque[LoggedLine]) -> list[LoggedLine]:
    """Return the first lines, as many as one call carries. There is at least one. Pure."""
    lines: list[LoggedLine] = []
    size = 0
    for line in waiting:
        size += len(line.text.encode()) + len(line.detail.encode())
        if lines and (size > AT_ONCE_BYTES or len(lines) == MOST_LINES):
            break
        lines.append(line)
    return lines


def earlier_lines(session: int, leg: int, kept: list[KeptLine]) -> list[ChatLine]:
    """Return what people wrote, and who had the session, as lines that come before the first one. Pure.

    Numbers end at 0. `by` is empty where it was this technician: their console was restarted.
    """
    shown = [line for line in kept if line.who is not Who.SYSTEM or (line.event == Event.PICKED_UP and line.leg != leg)]
    shown = shown[-MAX_LINES:]
    return [
        ChatLine(
            session,
            number,
            line.at,
            line.who,
            line.text,
            Event.PICKED_UP if line.who is Who.SYSTEM else None,
            by="" if line.leg == leg or line.who is Who.CUSTOMER else line.technician,
        )
        for number, line in enumerate(shown, 1 - len(shown))
    ]
