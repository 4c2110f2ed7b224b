"""Three lanes on one link: control passes before pixels, pixels before files.

A long message never blocks a short one in a faster lane, because every message travels in chunks and the next chunk is
always taken from the first lane that has one. Each lane keeps its own order.
"""

from dataclasses import dataclass

from codec.wire.lanes import Lane
from codec.wire.messages import MESSAGES

# 16 KiB is 65 ms of a 2 Mbit/s line, the longest that a key press waits behind a picture; data channels with messages
# of 1,200 bytes were measured five times slower than with 60 kB ones.
CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True)
class LaneLimits:
    """What one lane may hold. Beyond it the sender is told, never the memory filled."""

    message_bytes: int
    """Longest single message, checked while it is being put together."""
    unacknowledged_bytes: int
    """What may wait for the other end's acknowledgement before `send` refuses."""
    ahead_chunks: int = 1 << 32
    """How many chunks may be on their way, unconfirmed, before the next one waits."""


def _longest(lane: Lane) -> int:
    return max(kind.declared.longest for kind in MESSAGES if kind.declared.lane is lane)


LIMITS: dict[Lane, LaneLimits] = {
    # More than its longest message has, for those of a newer program, which are skipped.
    Lane.CONTROL: LaneLimits(message_bytes=2 << 20, unacknowledged_bytes=4 << 20),
    Lane.PICTURE: LaneLimits(message_bytes=_longest(Lane.PICTURE), unacknowledged_bytes=96 << 20),
    # What is on its way is in buffers of the line, where no key can pass it: two chunks are 130 ms of a 2 Mbit/s line.
    Lane.BULK: LaneLimits(message_bytes=_longest(Lane.BULK), unacknowledged_bytes=12 << 20, ahead_chunks=2),
}
