"""The encoder of the customer's page in Node, 1080p: a page is scrolled, letters are typed, the screen stands still.

Planes as browsers capture them are encoded beside what the browser would make of them in colours.
"""

import gzip
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.plane_layers import CapturedPlanes
from tests.perf.bars import p95
from tests.perf.table import Row
from tests.support.captures import captured
from tests.support.desktops import text
from tests.support.encoders import PageEncoder
from tests.wasm import MODULE

WIDTH, HEIGHT = 1920, 1080
FRAME = (slice(90, 1040), slice(160, 1760))
"""Where the page is on the screen: what is around it stands still."""
STEPS = (53, 53, 53, 120, 120, 17, 17, 17, 240, 53)
ROUNDS = 8
WARM_UP = len(STEPS)
LETTER = (8, 16)
LETTERS = 40
SCROLL_P50_MS, SCROLL_P95_MS, TYPING_BYTES, GZIP_BYTES = 3, 16, 6 << 10, 60 << 10
PLANES_SHARE = 0.55
"""Of the bytes that a scrolled page takes in colours."""
GREY, INKS = (30, 30, 30), ((200, 90, 30), (40, 130, 40), (30, 40, 190))
WHITE, PARAGRAPH = 255, 48
"""Lines of text of one colour."""


@dataclass
class Taken:
    """What pictures took after the first ones."""

    bytes: int = 0
    page_ms: list[float] = field(default_factory=list)
    python_ms: list[float] = field(default_factory=list)


async def measure() -> list[Row]:
    """Python's encoder and the page's get the same pictures in turn, and write the same bytes."""
    with closing(PageEncoder()) as page:
        scrolled, typed, still = _encode(page, _scrolling()), _encode(page, _typing()), _encode(page, _still())
        planes, typed_planes = _encode_planes(page, _scrolling(inked=True)), _encode_planes(page, _typing())
    python = "Python"
    scroll_ms = median(scrolled.page_ms)
    return [
        Row("page's encoder, scrolling: median", scroll_ms, "ms", SCROLL_P50_MS),
        Row("page's encoder, scrolling: p95", p95(scrolled.page_ms), "ms", SCROLL_P95_MS),
        Row(
            "page's encoder, scrolling: beside",
            scroll_ms,
            "ms",
            None,
            median(scrolled.python_ms),
            python,
        ),
        Row("page's encoder, typing: median", median(typed.page_ms), "ms", None, median(typed.python_ms), python),
        Row(f"page's encoder, {LETTERS} letters", typed.bytes, "bytes", TYPING_BYTES),
        Row("page's encoder, still screen: median", median(still.page_ms), "ms", None, median(still.python_ms), python),
        Row("page's encoder, planes, scrolling: median", median(planes.planes_ms), "ms", SCROLL_P50_MS),
        Row("page's encoder, planes, scrolling: p95", p95(planes.planes_ms), "ms", SCROLL_P95_MS),
        Row("page's encoder, planes, scrolling: of colours", planes.bytes / planes.colour_bytes, "", PLANES_SHARE),
        Row(f"page's encoder, planes, {LETTERS} letters", typed_planes.bytes, "bytes", TYPING_BYTES),
        Row("page's encoder, its module", len(gzip.compress(MODULE.read_bytes(), 9)), "bytes", GZIP_BYTES, note="gzip"),
    ]


def _encode(page: PageEncoder, frames: Iterator[Frame]) -> Taken:
    """Encode all; what counts begins when the machine code of both is as it stays."""
    page.begin()
    python, taken = Encoder(WIDTH, HEIGHT), Taken()
    for turn, frame in enumerate(frames):
        began = time.perf_counter()
        wanted = python.encode(frame)
        python_ms = 1000 * (time.perf_counter() - began)
        packet = page.encode(frame, in_place=True)
        assert packet == wanted
        if turn <= WARM_UP:
            continue
        taken.bytes += len(packet or b"")
        taken.page_ms.append(page.milliseconds)
        taken.python_ms.append(python_ms)
    return taken


@dataclass
class TakenInPlanes:
    """What planes took after the first pictures, and their colours."""

    bytes: int = 0
    colour_bytes: int = 0
    planes_ms: list[float] = field(default_factory=list)


def _encode_planes(page: PageEncoder, frames: Iterator[Frame]) -> TakenInPlanes:
    """Encode all in planes, and in the colours that Chromium makes of them: chroma of the nearest sample."""
    page.begin()
    taken = TakenInPlanes()
    with closing(PageEncoder()) as in_colours:
        for turn, frame in enumerate(frames):
            planes = captured(frame)
            packet, colours = page.encode_planes(planes), in_colours.encode(_nearest(planes), in_place=True)
            if turn <= WARM_UP:
                continue
            taken.bytes += len(packet or b"")
            taken.colour_bytes += len(colours or b"")
            taken.planes_ms.append(page.milliseconds)
    return taken


def _nearest(planes: CapturedPlanes) -> Frame:
    """Return the colours of planes as browsers make them."""
    data = np.concatenate([planes.luma.reshape(-1), planes.cb.reshape(-1), planes.cr.reshape(-1)])
    frame = av.VideoFrame.from_ndarray(data.reshape(-1, planes.luma.shape[1]), format="yuv420p")
    shown = frame.reformat(
        format="bgra",
        src_colorspace=Colorspace.ITU601,
        src_color_range=ColorRange.MPEG,
        interpolation=Interpolation.POINT,
    )
    return shown.to_ndarray()  # type: ignore[return-value]  # bgra is bytes


def _scrolling(*, inked: bool = False) -> Iterator[Frame]:
    height = FRAME[0].stop - FRAME[0].start
    lines, screen, at = text(FRAME[1].stop - FRAME[1].start, 2 * height), _desktop(), 0
    if inked:
        _ink(lines)
    yield screen
    for turn in range(ROUNDS):
        for step in STEPS:  # down and up again: a page that is turned is no scroll
            at += step if turn % 2 == 0 else -step
            screen[FRAME] = lines[at : at + height]
            yield screen


def _ink(page: Frame) -> None:
    """Make all marks grey, and one paragraph of eight in the next of some colours, as pages have links and code."""
    marks = page[..., 0] < WHITE
    page[marks] = (*GREY, 0)
    for place, top in enumerate(range(0, len(page), 8 * PARAGRAPH)):
        page[top : top + PARAGRAPH][marks[top : top + PARAGRAPH]] = (*INKS[place % len(INKS)], 0)


def _typing() -> Iterator[Frame]:
    screen, letters = _desktop(), text(LETTER[0] * LETTERS, LETTER[1], 5)
    for _ in range(1 + WARM_UP):
        yield screen
    for place in range(LETTERS):
        left = 200 + LETTER[0] * place
        screen[500 : 500 + LETTER[1], left : left + LETTER[0]] = letters[:, LETTER[0] * place : LETTER[0] * (place + 1)]
        yield screen


def _still() -> Iterator[Frame]:
    screen = _desktop()
    for _ in range(LETTERS):
        yield screen


def _desktop() -> Frame:
    screen = text(WIDTH, HEIGHT, 4)
    screen[FRAME] = 255
    screen[..., 3] = 0
    return screen
