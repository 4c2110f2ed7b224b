"""Which technicians are at their consoles, at any of the relays that share a bus.

Each relay publishes what its own consoles say, and repeats it: what another relay has not repeated for a while is
forgotten, because that relay may be gone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from relay.bus.base import TECHNICIANS, Bus, Topic
from relay.routing.rules import Attention

REPEAT_SECONDS = 20.0
FORGOTTEN_SECONDS = 65.0
Console = tuple[int, str]
"""Of which technician, and its name."""


class ConsoleSays(msgspec.Struct, frozen=True, tag="says"):
    """A console of `person` says this; None: it has gone. Times are ages in seconds, as clocks of relays differ.

    `said_ago` is when it said so: one that has come to another relay meanwhile has said something newer there.
    """

    relay: str
    person: int
    console: str
    attention: Attention | None
    chosen_ago: float = 0.0
    said_ago: float = 0.0


class SayAgain(msgspec.Struct, frozen=True, tag="say_again"):
    """Something may have been missed: each relay repeats what its consoles say."""

    relay: str


class SessionsCounted(msgspec.Struct, frozen=True, tag="sessions"):
    """A technician may have more sessions, or fewer."""

    person: int


_MESSAGES: msgspec.json.Decoder[ConsoleSays | SayAgain | SessionsCounted] = msgspec.json.Decoder(
    ConsoleSays | SayAgain | SessionsCounted
)


@dataclass
class _Entry:
    relay: str
    attention: Attention
    said_at: float
    heard_at: float


class Roster:
    """What consoles say of their technicians. `relay` names this one; `changed` is called when it may be otherwise.

    `came` is called with a technician one of whose consoles was not there before.
    """

    def __init__(self, bus: Bus, relay: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._relay = relay
        self._clock = clock
        self._entries: dict[Console, _Entry] = {}
        self._repeated_at = clock()
        self.changed: Callable[[], None] = lambda: None
        self.came: Callable[[int], None] = lambda _person: None
        bus.follow([TECHNICIANS], self)

    def says(self, person: int, console: str, attention: Attention) -> None:
        """A console of this relay says how its technician is. `chosen_at` is by this relay's clock."""
        self._publish(person, console, attention, self._clock())

    def gone(self, person: int, console: str) -> None:
        """A console of this relay has gone."""
        if (person, console) in self._entries:
            self._publish(person, console, None, self._clock())

    def sessions_counted(self, person: int) -> None:
        """A technician may have more sessions, or fewer."""
        self._bus.publish(TECHNICIANS, msgspec.json.encode(SessionsCounted(person)))

    def at_consoles(self) -> dict[int, list[Attention]]:
        """Return who is signed in to the console, with what each of their consoles says."""
        self._forget()
        found: dict[int, list[Attention]] = {}
        for (person, _name), entry in self._entries.items():
            found.setdefault(person, []).append(entry.attention)
        return found

    def console_of(self, person: int) -> str | None:
        """Return the console at which a technician is, if one says that they are; the one heard last."""
        here = [
            (entry.heard_at, name)
            for (each, name), entry in self._entries.items()
            if each == person and entry.attention.is_here
        ]
        return max(here)[1] if here else None

    def relays_there(self, there: frozenset[str]) -> None:
        """These relays are there: what the consoles of any other have said is forgotten at once."""
        gone = [key for key, each in self._entries.items() if each.relay not in there]
        for key in gone:
            del self._entries[key]
        if gone:
            self.changed()

    async def repeat(self, _now: object = None) -> None:
        """Repeat what this relay's consoles say, where it is time to. Called every few seconds."""
        if self._clock() - self._repeated_at >= REPEAT_SECONDS:
            self._repeat()
        if self._forget():
            self.changed()

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        match _MESSAGES.decode(message):
            case ConsoleSays() as said:
                self._take(said)
            case SayAgain(relay):
                if relay != self._relay:
                    self._repeat()
                return
            case SessionsCounted():
                pass
        self.changed()

    def missed(self) -> None:
        """See Follower."""
        self._bus.publish(TECHNICIANS, msgspec.json.encode(SayAgain(self._relay)))
        self._repeat()

    def _take(self, said: ConsoleSays) -> None:
        key, now = (said.person, said.console), self._clock()
        if said.attention is not None:
            known, said_at = self._entries.get(key), now - said.said_ago
            if known is None:
                self.came(said.person)
            elif known.relay != said.relay and known.said_at > said_at:
                return  # it has not heard yet that the console has come to another relay
            attention = replace(said.attention, chosen_at=now - said.chosen_ago)
            self._entries[key] = _Entry(said.relay, attention, said_at, now)
        elif key in self._entries and self._entries[key].relay == said.relay:
            del self._entries[key]  # not, where it has come to another relay meanwhile

    def _repeat(self) -> None:
        self._repeated_at = self._clock()
        for (person, console), entry in list(self._entries.items()):
            if entry.relay == self._relay:
                self._publish(person, console, entry.attention, entry.said_at)

    def _publish(self, person: int, console: str, attention: Attention | None, said_at: float) -> None:
        now = self._clock()
        ago = 0.0 if attention is None else max(0.0, now - attention.chosen_at)
        message = ConsoleSays(self._relay, person, console, attention, ago, max(0.0, now - said_at))
        self._bus.publish(TECHNICIANS, msgspec.json.encode(message))

    def _forget(self) -> bool:
        """Forget what other relays have not repeated. Return whether there was any."""
        limit = self._clock() - FORGOTTEN_SECONDS
        gone = [key for key, each in self._entries.items() if each.relay != self._relay and each.heard_at < limit]
        for key in gone:
            del self._entries[key]
        return bool(gone)
