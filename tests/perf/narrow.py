"""Our picture over a narrow line: the encoder, the pacing and the decoder, on recorded desktops, 2 Mbit/s and 50 ms.

The line is numbers (tests/support/lines.py), the pictures and the time that encoding takes are real. A rest is a change
that nothing follows for half a second: how long after it is the viewer's picture exact?
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.rate.pacing import Pace
from codec.picture.rate.picture_budget import PictureBudget
from tests.perf.likeness import squared_error, ssim
from tests.support.lines import Line

BYTES_PER_SECOND = 250_000.0
DELAY = 0.025
RATE = 20
REST_SECONDS = 0.5
WARM_UP_SECONDS, END_SECONDS = 20.0, 10.0
"""So long the first and the last picture stand."""


@dataclass
class Narrow:
    """What came of it."""

    first_bytes: int = 0
    playing_bytes: int = 0
    """Without the first picture, and without making the last one exact."""
    first_exact: float | None = None
    """Seconds until the first picture was exact."""
    encode_ms: list[float] = field(default_factory=list)
    decode_ms: list[float] = field(default_factory=list)
    exact_after: list[float] = field(default_factory=list)
    """For each rest, seconds until the viewer's picture was exact; infinite when it was not before the next change."""
    age: list[float] = field(default_factory=list)
    """For each picture that arrived, how old it was, in seconds."""
    likeness: list[float] = field(default_factory=list)
    """SSIM of what the viewer saw to what the screen showed when it was read, each second."""
    errors: list[float] = field(default_factory=list)
    """The mean squared error of the same pictures."""
    waited: list[float] = field(default_factory=list)


def over_a_narrow_line(pictures: Sequence[Frame], films: bool = True) -> Narrow:
    """Send a recording over the line as the applet would."""
    height, width = pictures[0].shape[:2]
    encoder, pace, line = Encoder(width, height), Pace(), Line(lambda _now: BYTES_PER_SECOND, DELAY)
    packets: list[tuple[int, bytes]] = []
    result, last = Narrow(), -1

    def at(now: float) -> int:
        return min(max(int((now - WARM_UP_SECONDS) * RATE), 0), len(pictures) - 1)

    def send(now: float, budget: PictureBudget) -> int:
        nonlocal last
        if at(now) == last and not encoder.has_lossy:
            return 0
        last = at(now)
        began = time.perf_counter()
        packet = encoder.encode(pictures[last], PictureBudget(now, budget.bytes, budget.bytes_per_second, films))
        if packet is None:
            return 0
        if packets:
            result.encode_ms.append(1000 * (time.perf_counter() - began))
        packets.append((last, packet))
        return len(packet)

    line.run(pace, send, WARM_UP_SECONDS + len(pictures) / RATE + END_SECONDS)
    result.first_bytes = len(packets[0][1])
    _look(result, line, packets, pictures)
    return result


def _look(result: Narrow, line: Line, packets: list[tuple[int, bytes]], pictures: Sequence[Frame]) -> None:
    rests = _rests(pictures)
    decoder, looked, latest = Decoder(), 0, -1
    pending = set(rests)
    for arrival in line.arrivals:
        number, packet = packets[arrival.number]
        began = time.perf_counter()
        shown, now = decoder.decode(packet), arrival.shown_at - WARM_UP_SECONDS
        result.decode_ms.append(1000 * (time.perf_counter() - began))
        if result.first_exact is None and number == 0 and np.array_equal(shown[..., :3], pictures[0][..., :3]):
            result.first_exact = arrival.shown_at
        if arrival.sent_at < WARM_UP_SECONDS:
            continue
        if number > latest:
            result.age.append(now - number / RATE)
            latest = number
        if number < len(pictures) - 1:
            result.playing_bytes += len(packet)
        result.waited.append(arrival.waited)
        for rest in [rest for rest in pending if rest <= number]:
            if np.array_equal(shown[..., :3], pictures[rest][..., :3]):
                result.exact_after.append(now - rest / RATE)
                pending.discard(rest)
        if now >= looked + 1:
            looked = int(now)
            result.likeness.append(ssim(shown[..., :3], pictures[number][..., :3]))
            result.errors.append(squared_error(shown[..., :3], pictures[number][..., :3]))
    result.exact_after += [float("inf")] * len(pending)


def _rests(pictures: Sequence[Frame]) -> list[int]:
    """Return the numbers of the pictures that changed, and after which nothing changed for a while."""
    changed = [n for n in range(1, len(pictures)) if not np.array_equal(pictures[n], pictures[n - 1])]
    enough = int(REST_SECONDS * RATE)
    later = [*changed[1:], len(pictures) + enough]
    return [number for number, following in zip(changed, later, strict=True) if following - number > enough]
