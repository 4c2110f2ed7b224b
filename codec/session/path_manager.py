"""Which link carries the session, and how it moves from one to another.

Every link begins alike. Each end greets in the clear with a fresh nonce; both derive keys for this link alone from the
session's root key, both nonces and whatever the link itself is bound to (a direct link: both DTLS fingerprints). From
then on all frames are sealed, and the first that opens proves that the same two people are there.

    HELLO   "DSK1", role u8, nonce 16 bytes         in the clear, once
    PROOF   0x10                                    sealed from here on
    SWITCH  0x11  number u32, and for each lane     "let us use this link; of yours I have everything before these"
                  the next expected chunk u32
    PLEASE  0x14                                    applet to console: "the link I used is dead, let us use this one"
    PING    0x12  number u32
    PONG    0x13  number u32
    DATA, ACK                                       see codec/session/stream.py

A direct link is better than a relayed one, a newer link better than an older one of its kind. The console decides: it
says SWITCH on the link that it wants, the applet answers SWITCH with the same number and moves, and with the answer the
console moves too. Until then both go on with the old link, so nothing waits; what then travels twice is dropped by its
number. The relayed link stays as a standby, and when the direct one dies the same SWITCH leads back to it.

Of each kind of these frames at most one waits to be written on a link, the newest: an end that does not read, or asks
without end, fills no memory. And an end that says nothing but these frames is given up (EMPTY_FRAMES).

Pure: links are numbers, the clock is an argument, bytes come in and go out.
"""

import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from codec.errors import DesksideError
from codec.session.seal import Seal, SealPair, derive
from codec.session.stream import ACK, DATA, DATA_HEAD_BYTES, Received, Stream
from codec.token_bucket import Bucket, Rate
from codec.wire.lanes import Lane
from codec.wire.roles import Role

MAGIC = b"DSK1"
NONCE_BYTES = 16
PROOF, SWITCH, PING, PONG, PLEASE = 0x10, 0x11, 0x12, 0x13, 0x14
_SWITCH_FRAME = struct.Struct("<BIIII")
_PING_FRAME = struct.Struct("<BI")
_ROLES = {Role.APPLET: 0, Role.CONSOLE: 1}

GREETING_SECONDS = 10.0
"""A link that has not proved itself by then is given up."""
SILENCE_SECONDS = 3.0
"""How long the link in use may be silent with data on its way, while a standby is there."""
DOUBT_SECONDS = 1.2
"""A link in use that has not answered for so long may be dead: it is time to ask whether the network is there."""
LONE_SILENCE_SECONDS = 10.0
"""The same without a standby: a very slow line may be all there is."""
IDLE_PING_SECONDS = 15.0
"""An idle link is asked this often whether it lives; more often would cost more than 2 kbit/s."""
BUSY_PING_SECONDS = 1.0
"""The link in use is measured this often while something travels on it."""
MOST_PINGS = 64
"""So many questions may be open on a link: more than a minute's, which no link in use takes to answer."""
EMPTY_FRAMES = Rate(per_second=2_000, burst=8_000)
"""Frames that carry nothing of a message. An end that reads 100 MB/s says ACK 400 times a second."""


class LinkKind(IntEnum):
    """How frames travel. The higher number is the better link."""

    RELAYED = 0
    DIRECT = 1


class LinkRefusedError(DesksideError):
    """A link broke the rules or could not prove that the same person is at its other end. It is not used."""


@dataclass(frozen=True)
class Delivered:
    """A whole message arrived."""

    lane: Lane
    message: bytes


@dataclass(frozen=True)
class Moved:
    """The session now travels on another kind of link, or on none."""

    kind: LinkKind | None


@dataclass(frozen=True)
class GaveUp:
    """This link is of no use any more; its owner closes it."""

    link: int
    reason: str


@dataclass(frozen=True)
class Doubted:
    """The link in use does not answer, or has just been lost. Said once for each silence."""


Happening = Delivered | Moved | GaveUp | Doubted


@dataclass
class _Line:
    kind: LinkKind
    binding: bytes
    nonce: bytes
    opened_at: float
    heard_at: float
    frames: Bucket
    seals: SealPair | None = None
    proved: bool = False
    outbox: dict[int, bytes] = field(default_factory=dict)
    """What waits to be written beside the stream, by its first byte."""
    pings: dict[int, float] = field(default_factory=dict)
    pinged_at: float = 0.0
    doubted: bool = False

    def put(self, frame: bytes) -> None:
        """Have a frame written. One of its kind that waits is replaced: only the newest means anything."""
        self.outbox[frame[0]] = frame

    def take(self) -> bytes:
        """Return the frame that has waited longest."""
        return self.outbox.pop(next(iter(self.outbox)))


class PathManager:
    """One end of one session: its stream, and every link that may carry it."""

    def __init__(self, role: Role, root: bytes, stream: Stream) -> None:
        self.stream = stream
        self.rtt: float | None = None
        """Smoothed round-trip time of the link in use, in seconds; None before the first measurement."""
        self.newest_rtt: float | None = None
        """The last one that was measured, on whatever link was in use then."""
        self._role = role
        self._root = root
        self._lines: dict[int, _Line] = {}
        self._active: int | None = None
        self._wanted: int | None = None
        """The link on which the console has said SWITCH last."""
        self._switch_number = 0
        self._switched = False
        """The applet has answered the console's newest SWITCH."""
        self._stranded = False
        """The applet has lost a link and uses none, while the console may still believe in that one."""
        self._ping_number = 0
        self._wrote_at = 0.0

    @property
    def kind(self) -> LinkKind | None:
        """The kind of link in use, None while there is none."""
        return None if self._active is None else self._lines[self._active].kind

    @property
    def active(self) -> int | None:
        """The link in use."""
        return self._active

    @property
    def is_doubted(self) -> bool:
        """Whether the link in use has been asked, and has not answered for DOUBT_SECONDS."""
        return self._active is not None and self._lines[self._active].doubted

    def ask(self, now: float) -> None:
        """Ask every link at once whether it lives, because the other end may be gone."""
        for line in self._lines.values():
            if line.proved and _silent_for(line, now) == 0:
                self._ping(line, now)

    def open(self, link: int, kind: LinkKind, binding: bytes, nonce: bytes, now: float) -> None:
        """Begin with a new link. `nonce` is 16 fresh random bytes, else ValueError; `binding` ties a direct
        link to its fingerprints.
        """
        if len(nonce) != NONCE_BYTES:
            raise ValueError(f"a link's nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
        line = _Line(kind, binding, nonce, opened_at=now, heard_at=now, frames=Bucket(EMPTY_FRAMES, now))
        line.put(MAGIC + bytes([_ROLES[self._role]]) + nonce)
        self._lines[link] = line

    def drop(self, link: int, now: float) -> list[Happening]:
        """Forget a link that its owner has closed or lost, and go on with the best that is left."""
        if self._lines.pop(link, None) is None:
            return []
        lost_active, lost_wanted = link == self._active, link == self._wanted
        if lost_active:
            self._active = self.rtt = None
        if lost_active or lost_wanted or self._active is None:
            self._fall_back(now)
        return [Moved(None)] if lost_active else []

    def receive(self, link: int, data: bytes, now: float) -> list[Happening]:
        """Take what arrived on `link`. On LinkRefusedError, SealBrokenError and StreamBrokenError drop that link."""
        line = self._lines.get(link)
        if line is None:
            return []  # it was given up while these bytes were on their way
        line.heard_at, line.doubted = now, False
        if line.seals is None:
            self._greet(line, data)
            return []
        frame = line.seals.incoming.open(data)
        happenings: list[Happening] = []
        if not line.proved:
            line.proved = True
            self._consider(link, line)
        kind = frame[0] if frame else -1
        if (kind != DATA or len(frame) <= DATA_HEAD_BYTES) and not line.frames.take(1, now):
            raise LinkRefusedError("the other end sends frames without end, and nothing in them")
        if kind in (DATA, ACK):
            happenings += [Delivered(lane, message) for lane, message in self.stream.receive(frame)]
        elif kind == SWITCH and len(frame) == _SWITCH_FRAME.size:
            number, *received = _SWITCH_FRAME.unpack(frame)[1:]
            happenings += self._switch(link, line, number, (received[0], received[1], received[2]))
        elif kind == PLEASE and self._role is Role.CONSOLE:
            happenings += self._give_up_others(link, line)
            if link != self._wanted:  # else SWITCH has been said on it, or is just being said
                self._say_switch(link, line)
        elif kind == PING and len(frame) == _PING_FRAME.size:
            line.put(_PING_FRAME.pack(PONG, *_PING_FRAME.unpack(frame)[1:]))
        elif kind == PONG and len(frame) == _PING_FRAME.size:
            self._measure(link, line, _PING_FRAME.unpack(frame)[1], now)
        elif kind != PROOF:
            raise LinkRefusedError(f"a frame of kind {kind} and {len(frame)} bytes is unknown here")
        return happenings

    def next_bytes(self, link: int, now: float) -> bytes | None:
        """Return what is to be written on `link` next, sealed, or None. What is returned must be written."""
        line = self._lines.get(link)
        if line is None:
            return None
        if line.outbox:
            frame = line.take()
            return frame if frame.startswith(MAGIC) else self._seal(line, frame)
        if link != self._active:
            return None
        following = self.stream.next_frame()
        if following is None:
            return None
        self._wrote_at = now
        return self._seal(line, following)

    def tick(self, now: float) -> list[Happening]:
        """Let time pass: ask silent links, give up dead ones. Call about twice a second."""
        happenings: list[Happening] = []
        for link, line in list(self._lines.items()):
            reason = self._reason_to_give_up(link, line, now)
            if reason is not None:
                happenings += [GaveUp(link, reason), *self.drop(link, now)]
            elif self._wants_ping(link, line, now):
                self._ping(line, now)
            if link == self._active and not line.doubted and _silent_for(line, now) > DOUBT_SECONDS:
                line.doubted = True
                happenings.append(Doubted())
        return happenings

    def _greet(self, line: _Line, hello: bytes) -> None:
        role = _ROLES[self._role.peer]
        if len(hello) != len(MAGIC) + 1 + NONCE_BYTES or not hello.startswith(MAGIC) or hello[len(MAGIC)] != role:
            raise LinkRefusedError("the other end does not greet as Deskside does")
        theirs = hello[len(MAGIC) + 1 :]
        if hmac.compare_digest(theirs, line.nonce):
            raise LinkRefusedError("the other end repeats our greeting")
        line.seals = self._keys(line, theirs)
        line.put(bytes([PROOF]))

    def _keys(self, line: _Line, theirs: bytes) -> SealPair:
        by_role = {self._role: line.nonce, self._role.peer: theirs}
        context = bytes([line.kind]) + by_role[Role.APPLET] + by_role[Role.CONSOLE] + line.binding
        ours, their_key = (derive(self._root, f"link from {role}", context) for role in (self._role, self._role.peer))
        return SealPair(outgoing=Seal(ours), incoming=Seal(their_key))

    def _seal(self, line: _Line, frame: bytes) -> bytes:
        assert line.seals is not None, "only HELLO goes out before both ends greeted"  # noqa: S101
        return line.seals.outgoing.close(frame)

    def _consider(self, link: int, line: _Line) -> None:
        """Decide whether a link that has just proved itself is the one to use."""
        if self._role is Role.APPLET:
            if self._stranded:
                line.put(bytes([PLEASE]))
            return
        wanted = None if self._wanted is None else self._lines[self._wanted]
        if wanted is None or line.kind >= wanted.kind:
            self._say_switch(link, line)

    def _say_switch(self, link: int, line: _Line) -> None:
        self._wanted, self._switched = link, False
        self._switch_number += 1
        self._put_switch(line)

    def _put_switch(self, line: _Line) -> None:
        line.put(_SWITCH_FRAME.pack(SWITCH, self._switch_number, *self.stream.received))

    def _switch(self, link: int, line: _Line, number: int, received: Received) -> Iterator[Happening]:
        """The other end says SWITCH: the applet obeys the newest, the console takes the answer to its newest."""
        if self._role is Role.APPLET:
            if number <= self._switch_number:
                return
            self._switch_number = number
            self._put_switch(line)
        elif number != self._switch_number or link != self._wanted or self._switched:
            return
        self._switched = True
        self.stream.rewind(received)
        self._stranded = False
        if self._active != link:
            self._active = link
            self.rtt = None
            yield Moved(line.kind)
        if self._role is Role.CONSOLE:
            yield from self._give_up_others(link, line)

    def _give_up_others(self, link: int, line: _Line) -> Iterator[Happening]:
        """Let go of links that `line` has replaced, or that the applet has lost; a standby of a lesser kind stays."""
        for other, held in list(self._lines.items()):
            if other != link and held.proved and held.kind >= line.kind:
                del self._lines[other]
                if other == self._active:
                    self._active = self.rtt = None
                yield GaveUp(other, "another link has taken its place")

    def _fall_back(self, now: float) -> None:
        left = {link: line for link, line in self._lines.items() if line.proved}
        self._wanted = None
        if not left:
            self._stranded = True
            return
        best = max(left, key=lambda link: (left[link].kind, link))
        if self._role is Role.CONSOLE:
            self._say_switch(best, left[best])
        else:
            left[best].put(bytes([PLEASE]))
        self._ping(left[best], now)

    def _measure(self, link: int, line: _Line, number: int, now: float) -> None:
        sent_at = line.pings.pop(number, None)
        if sent_at is None:
            raise LinkRefusedError("answers a question that was not asked")
        line.pings = {other: at for other, at in line.pings.items() if at >= sent_at}
        if link == self._active:
            sample = now - sent_at
            self.newest_rtt = sample
            self.rtt = sample if self.rtt is None else 0.75 * self.rtt + 0.25 * sample

    def _wants_ping(self, link: int, line: _Line, now: float) -> bool:
        if not line.proved:
            return False
        busy = link == self._active and now - self._wrote_at < 2 * BUSY_PING_SECONDS
        if busy or (link == self._active and self.rtt is None):
            return now - line.pinged_at >= BUSY_PING_SECONDS
        return now - max(line.heard_at, line.pinged_at) >= IDLE_PING_SECONDS

    def _ping(self, line: _Line, now: float) -> None:
        self._ping_number = (self._ping_number + 1) & 0xFFFFFFFF
        line.pings[self._ping_number] = line.pinged_at = now
        if len(line.pings) > MOST_PINGS:
            line.pings.pop(next(iter(line.pings)))
        line.put(_PING_FRAME.pack(PING, self._ping_number))

    def _reason_to_give_up(self, link: int, line: _Line, now: float) -> str | None:
        if not line.proved:
            return "it did not prove itself in time" if now - line.opened_at > GREETING_SECONDS else None
        standby = any(other is not line and other.proved for other in self._lines.values())
        patience = SILENCE_SECONDS if standby and link == self._active else LONE_SILENCE_SECONDS
        return "it fell silent" if _silent_for(line, now) > patience else None


def _silent_for(line: _Line, now: float) -> float:
    """Return for how long a link has not answered what it was asked."""
    asked = [at for at in line.pings.values() if at > line.heard_at]
    return now - max(min(asked), line.heard_at) if asked else 0.0
