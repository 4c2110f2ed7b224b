"""Sessions that administrators have asked a console to start, until it has. Nothing of it is stored: they wait on.

Every relay on the bus hears of it: the console may pick the session up at another one than the administrator asked.
Who picks it up needs no right to it of their own, so relays sign what they say of it with the key that they share: who
can write to Redis alone starts nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from relay.bus.base import STARTS, Bus, Topic
from relay.bus.local import LocalBus
from relay.secret import Signer

START_SECONDS = 10.0
"""So long a console has to pick up what it is asked to start."""
MOST_APART = timedelta(seconds=60 + START_SECONDS)
"""What was said longer ago is refused. Clocks of relays are at most 60 s from one another."""
_PURPOSE = "start of a session"
_log = logging.getLogger(__name__)


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


class Said(msgspec.Struct, frozen=True):
    """What a relay says, and when it did: both are signed."""

    what: Asked | Over
    at: datetime


_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Start:
    """An administrator `by` has asked the console of a technician for it. `seen` is how the session was then."""

    person: int
    by: int
    seen: str
    done: asyncio.Event


class Starts:
    """One for each session at most: who asks later for the same one takes the place of who asked before.

    `signer` signs with the key of all relays of the desk.
    """

    def __init__(self, signer: Signer, bus: Bus | None = None, clock: Callable[[], datetime] = _now) -> None:
        self._signer = signer
        self._bus: Bus = bus or LocalBus()
        self._clock = clock
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
        """See Follower. What no relay of the desk has just said is refused."""
        signed = self._signer.open(_PURPOSE, message.decode(errors="replace"))
        if signed is None:
            _log.error("someone who is no relay of this desk said that a session is to start; it was refused")
            return
        said = _said.decode(signed)
        if abs(self._clock() - said.at) > MOST_APART:
            _log.warning("what a relay said of the start of a session was refused: it was said at %s", said.at)
            return
        match said.what:
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
        text = msgspec.json.encode(Said(what, self._clock())).decode()
        self._bus.publish(STARTS, self._signer.signed(_PURPOSE, text).encode())

    def _forget(self, session: int) -> Callable[[], None]:
        """Return what forgets a session if no one has said by then that it is over."""
        start = self._elsewhere[session]

        def forget() -> None:
            if self._elsewhere.get(session) is start:
                del self._elsewhere[session]

        return forget
