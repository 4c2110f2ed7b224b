"""A numbered, acknowledged stream of messages that outlives the link it travels on.

Each lane numbers its chunks. What the other end has not acknowledged is kept; when a new link takes over, both ends say
what they have and the sender goes on from there. So a switch from relay to direct, a changed Wi-Fi and a laptop that
slept are one and the same event: nothing is lost, nothing arrives twice.

Frames (numbers little-endian):

    DATA  0x01  lane u8, last u8 (1 on the last chunk of a message), number u32, payload
    ACK   0x02  next expected number u32, for each lane in order

There is one way to cut a message: every chunk but the last is full (CHUNK_BYTES). So the bytes that a message may have
bound its chunks too, so neither end can fill the other's memory with chunks that hold nothing.

Time does not occur here; what goes when is asked for by the owner of the link (`next_frame`).
"""

import struct
from collections import deque
from dataclasses import dataclass, field

from codec.errors import DesksideError
from codec.session.lanes import CHUNK_BYTES, LIMITS, LaneLimits
from codec.wire.lanes import Lane

DATA = 0x01
ACK = 0x02
ACKNOWLEDGE_CHUNKS = 16
"""A burst is confirmed this often without being asked for."""
_DATA_HEAD = struct.Struct("<BBBI")
DATA_HEAD_BYTES = _DATA_HEAD.size
_LAST_BYTE = 2
"""Where the mark of a last chunk is."""
_ACK_FRAME = struct.Struct("<BIII")
Received = tuple[int, int, int]
"""For each lane, the number of the first chunk that has not arrived."""


class StreamBrokenError(DesksideError):
    """The other end broke the rules of the stream (a gap, a false acknowledgement, an oversized or truncated frame)."""


class StreamFullError(DesksideError):
    """The line is too slow: the other end has not confirmed what was sent. Wait, or end the session."""


@dataclass
class _Outgoing:
    limits: LaneLimits
    first: int = 0
    """Number of the oldest kept chunk."""
    sent: int = 0
    """Number of the next chunk to write on the present link."""
    reached: int = 0
    """Number of the first chunk that was never written on any link."""
    kept: deque[bytes] = field(default_factory=deque)
    kept_bytes: int = 0
    is_within: bool = False
    """Whether the oldest kept chunk goes on with a message that began before it."""

    @property
    def end(self) -> int:
        return self.first + len(self.kept)

    def forget_before(self, number: int) -> None:
        if not self.first <= number <= self.end:
            raise StreamBrokenError(f"acknowledged chunk {number}, but {self.first} to {self.end} are on their way")
        while self.first < number:
            chunk = self.kept.popleft()
            self.is_within = not chunk[_LAST_BYTE]
            self.kept_bytes -= len(chunk)
            self.first += 1
        self.sent = max(self.sent, self.first)
        self.reached = max(self.reached, self.first)

    def _goes_on(self, number: int) -> bool:
        """Whether this chunk goes on with a message that began before it."""
        return self.is_within if number == self.first else not self.kept[number - 1 - self.first][_LAST_BYTE]

    def discard(self) -> None:
        """Forget whole messages of which nothing was ever written: their numbers go to others."""
        begins = self.reached
        while begins < self.end and self._goes_on(begins):
            begins += 1  # a message that has begun is finished
        while self.end > begins:
            self.kept_bytes -= len(self.kept.pop())


@dataclass
class _Incoming:
    limits: LaneLimits
    expected: int = 0
    parts: list[bytes] = field(default_factory=list)
    parts_bytes: int = 0

    def take(self, number: int, payload: bytes, last: bool) -> bytes | None:
        """Return a whole message when this chunk completes one."""
        if number < self.expected:
            return None  # sent again after a switch, here already
        if number > self.expected:
            raise StreamBrokenError(f"chunk {self.expected} is missing, {number} came")
        if len(payload) > CHUNK_BYTES or (len(payload) < CHUNK_BYTES and not last):
            raise StreamBrokenError(f"a chunk of {len(payload)} bytes: all but the last have {CHUNK_BYTES}")
        if self.parts_bytes + len(payload) > self.limits.message_bytes:
            raise StreamBrokenError(f"a message is longer than {self.limits.message_bytes} bytes")
        self.parts_bytes += len(payload)
        self.expected += 1
        self.parts.append(payload)
        if not last:
            return None
        whole = b"".join(self.parts)
        self.parts, self.parts_bytes = [], 0
        return whole


class Stream:
    """Both directions of one session's messages.

    Give it messages (`send`) and arriving frames (`receive`); take frames to write (`next_frame`) until it has none.
    When a link takes over, tell the other end `received` and pass what it said to `rewind`.
    """

    def __init__(self, limits: dict[Lane, LaneLimits] = LIMITS) -> None:
        self._out = [_Outgoing(limits[lane]) for lane in Lane]
        self._in = [_Incoming(limits[lane]) for lane in Lane]
        self._owed_chunks = 0
        self._acknowledge = False

    def send(self, lane: Lane, message: bytes) -> None:
        """Queue `message` behind those of its lane. Raises StreamFullError; nothing of the message is queued then."""
        out = self._out[lane]
        if len(message) > out.limits.message_bytes:
            raise StreamFullError(f"a message of {len(message)} bytes is too long for this lane")
        if out.kept_bytes + len(message) > out.limits.unacknowledged_bytes:
            raise StreamFullError(StreamFullError.__doc__)
        starts = range(0, max(len(message), 1), CHUNK_BYTES)
        for start in starts:
            payload = message[start : start + CHUNK_BYTES]
            head = _DATA_HEAD.pack(DATA, lane, start == starts[-1], out.end)
            out.kept.append(head + payload)
            out.kept_bytes += len(head) + len(payload)

    def discard(self, lane: Lane) -> None:
        """Forget what waits on a lane, but for a message that is partly on its way."""
        self._out[lane].discard()

    def next_frame(self) -> bytes | None:
        """Return the next frame for the present link: an owed acknowledgement, then the lanes in order."""
        if self._acknowledge:
            self._acknowledge, self._owed_chunks = False, 0
            return _ACK_FRAME.pack(ACK, *self.received)
        for out in self._out:
            if out.sent < min(out.end, out.first + out.limits.ahead_chunks):
                frame = out.kept[out.sent - out.first]
                out.sent += 1
                out.reached = max(out.reached, out.sent)
                return frame
        return None

    def receive(self, frame: bytes) -> list[tuple[Lane, bytes]]:
        """Take one frame and return the messages that it completes. Raises StreamBrokenError."""
        kind = frame[0] if frame else -1
        if kind == ACK:
            self._acknowledged(frame)
            return []
        if kind != DATA or len(frame) < _DATA_HEAD.size:
            raise StreamBrokenError(f"a frame of kind {kind} and {len(frame)} bytes is not of this stream")
        _, lane_number, last, number = _DATA_HEAD.unpack_from(frame)
        if lane_number >= len(self._in) or last > 1:
            raise StreamBrokenError(f"there is no lane {lane_number}, or a last-chunk mark of {last}")
        lane = Lane(lane_number)
        self._owed_chunks += 1
        self._acknowledge |= self._owed_chunks >= ACKNOWLEDGE_CHUNKS
        message = self._in[lane].take(number, frame[_DATA_HEAD.size :], bool(last))
        return [] if message is None else [(lane, message)]

    @property
    def received(self) -> Received:
        """What has arrived here, to be told to the other end when a link takes over."""
        control, picture, bulk = (lane.expected for lane in self._in)
        return control, picture, bulk

    def rewind(self, received: Received) -> None:
        """Go on from what the other end has `received`: the rest is written again on the new link.

        Raises StreamBrokenError when it claims more than there ever was.
        """
        for out, number in zip(self._out, received, strict=True):
            # An acknowledgement on the old link may have been faster than this word on the new one.
            out.forget_before(max(number, out.first))
            out.sent = out.first

    def unacknowledged_bytes(self, lane: Lane) -> int:
        """Bytes of `lane` that the other end has not confirmed yet."""
        return self._out[lane].kept_bytes

    def queued(self, lane: Lane) -> int:
        """Return the number of the chunk behind the last one that was queued on `lane`."""
        return self._out[lane].end

    def confirmed(self, lane: Lane) -> int:
        """Return the number of the first chunk on `lane` that the other end has not confirmed."""
        return self._out[lane].first

    @property
    def owes_acknowledgement(self) -> bool:
        """Whether something arrived that was not confirmed yet."""
        return self._owed_chunks > 0

    def acknowledge(self) -> None:
        """Let the next frame confirm what has arrived; call it a moment after the first of a burst."""
        self._acknowledge = self._owed_chunks > 0

    def _acknowledged(self, frame: bytes) -> None:
        if len(frame) != _ACK_FRAME.size:
            raise StreamBrokenError(f"an acknowledgement has {_ACK_FRAME.size} bytes, not {len(frame)}")
        for out, number in zip(self._out, _ACK_FRAME.unpack(frame)[1:], strict=True):
            # On the old link it may come after what the other end said on the new one.
            out.forget_before(max(number, out.first))
