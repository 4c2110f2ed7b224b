"""Sessions that administrators have asked a console to start, until it has. Nothing of it is stored: they wait on.

Every relay on the bus hears of it: the console may pick the session up at another one than the administrator asked.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from relay.bus.base import STARTS, Bus, Topic
from relay.bus.local import LocalBus

START_SECONDS = 10.0
"""So long a console has to pick up what it is asked to start."""


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """An administrator `by` has asked the console of a technician for a session, at another relay."""

    session: int
    person: int
    by: int
    seen: str


class Over(msgspec.Struct, frozen=True, tag="over"):
    """The console has picked a session up, or no one waits for it any more."""

    session: int
    is_started: bool


_said: msgspec.json.Decoder[Asked | Over] = msgspec.json.Decoder(Asked | Over)


@dataclass(frozen=True)
class Start:
    """An administrator `by` has asked the console of a technician for it. `seen` is how the session was then."""

    person: int
    by: int
    seen: str
    done: asyncio.Event


class Starts:
    """One for each session at most: who asks later for the same one takes the place of who asked before."""

    def __init__(self, bus: Bus | None = None) -> None:
        self._bus: Bus = bus or LocalBus()
        self._own: dict[int, Start] = {}
        self._elsewhere: dict[int, Start] = {}
        self._bus.follow([STARTS], self)

    def ask(self, session: int, person: int, by: int, seen: str) -> Start:
        """Someone asks for it now."""
        self._say(Asked(session, person, by, seen))
        self._own[session] = start = Start(person, by, seen, asyncio.Event())
        return start

    def of(self, session: int, person: int) -> Start | None:
        """Return what this technician's console was asked for, as long as someone waits for that."""
        start = self._own.get(session) or self._elsewhere.get(session)
        return start if start is not None and start.person == person else None

    def started(self, session: int, start: Start) -> None:
        """The console has picked it up."""
        start.done.set()
        self._say(Over(session, is_started=True))

    def over(self, session: int, start: Start) -> None:
        """No one waits for it any more."""
        if self._own.get(session) is start:
            del self._own[session]
            self._say(Over(session, is_started=False))

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        match _said.decode(message):
            case Asked(session, person, by, seen):
                self._elsewhere[session] = Start(person, by, seen, asyncio.Event())
                asyncio.get_running_loop().call_later(2 * START_SECONDS, self._forget(session))
            case Over(session, is_started):
                self._elsewhere.pop(session, None)
                if is_started and (own := self._own.get(session)) is not None:
                    own.done.set()

    def missed(self) -> None:
        """See Follower: what is not known to be asked for is refused, and waits where it waited."""

    def _say(self, what: Asked | Over) -> None:
        self._bus.publish(STARTS, msgspec.json.encode(what))

    def _forget(self, session: int) -> Callable[[], None]:
        """Return what forgets a session if no one has said by then that it is over."""
        start = self._elsewhere[session]

        def forget() -> None:
            if self._elsewhere.get(session) is start:
                del self._elsewhere[session]

        return forget
