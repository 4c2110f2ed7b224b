"""A path manager takes any sealed frames from an end that does not read: it names what is wrong, in bounded memory.

The first byte says which end is attacked. Then frames follow: how they are made (a byte), their length (u16), and that
many bytes. So chance reaches behind the seal, and behind the order of chunks.
"""

import time
from collections.abc import Iterable

from codec.errors import DesksideError
from codec.session.lanes import LIMITS
from codec.session.path_manager import MOST_PINGS, PING, PLEASE, PONG, PROOF, SWITCH, LinkKind, PathManager
from codec.session.seal import SealBrokenError
from codec.session.stream import ACK, DATA, Stream
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.fuzz.mutations import try_each

ALLOWED = (DesksideError,)
SECONDS_EACH = 2.0
RAW, CHUNK, FULL_CHUNK, REPEAT, TICK, GARBAGE = range(6)
_WAITING_FRAMES = 6
REPEATS = 500


def seeds() -> list[bytes]:
    """Return good inputs for each end, to be changed."""
    good = [
        [(RAW, bytes([PROOF])), (CHUNK, b"\0\1hello"), (RAW, bytes([ACK]) + bytes(12)), (TICK, b"\1")],
        [(RAW, bytes([PROOF])), (RAW, bytes([SWITCH]) + (1).to_bytes(4, "little") + bytes(12)), (CHUNK, b"\1\1x")],
        [(RAW, bytes([PROOF])), (FULL_CHUNK, b"\1\0"), (FULL_CHUNK, b"\1\0"), (CHUNK, b"\1\1the end")],
        [(RAW, bytes([PING]) + bytes(4)), (REPEAT, b"\xff"), (RAW, bytes([PLEASE])), (REPEAT, b"\xff")],
        [(CHUNK, b"\0\1"), (REPEAT, b"\xff"), (FULL_CHUNK, b"\0\0"), (CHUNK, b"\0\1")],
        [(RAW, bytes([PROOF])), (TICK, b"\x20"), (RAW, bytes([PONG, 1, 0, 0, 0])), (GARBAGE, b"sealed by nobody")],
    ]
    return [bytes([end]) + b"".join(map(_written, frames)) for frames in good for end in range(2)]


def try_one(data: bytes) -> None:
    """Carry out what `data` says. Raises AssertionError, or anything else that is not allowed."""
    began, attack = time.monotonic(), _Attack(list(Role)[(data[0] if data else 0) % 2])
    try:
        for how, payload in frames(data[1:]):
            attack.step(how, payload)
            attack.check()
    except ALLOWED:
        attack.check()
    seconds = time.monotonic() - began
    assert seconds < SECONDS_EACH, f"{seconds:.1f} s for one input"


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


class _Attack:
    """One end that is attacked, whose outgoing frames nobody takes, and the seals of the other end."""

    def __init__(self, victim: Role) -> None:
        self._now = 100.0
        self._ends = {role: PathManager(role, bytes(32), Stream()) for role in Role}
        self._victim, self._other = self._ends[victim], self._ends[victim.peer]
        for role, path_manager in self._ends.items():
            path_manager.open(1, LinkKind.RELAYED, b"", bytes([role is Role.APPLET]) * 16, self._now)
        for path_manager, peer in ((self._victim, self._other), (self._other, self._victim)):
            hello = path_manager.next_bytes(1, self._now)
            assert hello is not None
            peer.receive(1, hello, self._now)
        self._numbers = [0, 0, 0]
        self._last = (RAW, bytes([PROOF]))

    def step(self, how: int, payload: bytes) -> None:
        if how == TICK:
            self._now += (payload[0] if payload else 1) / 2
            self._victim.tick(self._now)
        elif how == GARBAGE:
            self._victim.receive(1, payload, self._now)
        elif how == REPEAT:
            for _ in range(min(REPEATS, 1 + 2 * (payload[0] if payload else 0))):
                self.step(*self._last)
        else:
            self._last = how, payload
            self._say(payload if how == RAW else self._chunk(payload, how == FULL_CHUNK))

    def check(self) -> None:
        line = self._victim._lines.get(1)
        if line is not None:
            assert len(line.outbox) <= _WAITING_FRAMES
            assert len(line.pings) <= MOST_PINGS
        for lane, incoming in zip(Lane, self._victim.stream._in, strict=True):
            held = sum(len(part) for part in incoming.parts)
            assert held == incoming.parts_bytes <= LIMITS[lane].message_bytes
            assert len(incoming.parts) <= 1 + held // 1_000, "chunks that hold nothing are kept"

    def _chunk(self, payload: bytes, full: bool) -> bytes:
        lane, last = (payload + b"\0\1")[0] % 3, (payload + b"\0\1")[1] & 1
        number, self._numbers[lane] = self._numbers[lane], self._numbers[lane] + 1
        return bytes([DATA, lane, last]) + number.to_bytes(4, "little") + (bytes(16_384) if full else payload[2:])

    def _say(self, frame: bytes) -> None:
        line = self._other._lines[1]
        if self._victim._lines.get(1) is None:
            raise SealBrokenError("the link was given up")
        self._victim.receive(1, self._other._seal(line, frame), self._now)


def frames(data: bytes) -> Iterable[tuple[int, bytes]]:
    """Return what an input says after its first byte: how each frame is made, and of what."""
    at = 0
    while at + 3 <= len(data):
        length = int.from_bytes(data[at + 1 : at + 3], "little")
        yield data[at] % 6, data[at + 3 : at + 3 + length]
        at += 3 + length


def _written(frame: tuple[int, bytes]) -> bytes:
    return bytes([frame[0]]) + len(frame[1]).to_bytes(2, "little") + frame[1]
