"""A page's encoder writes of planes the very bytes that Python's does, and a viewer has what the browser captured."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.color_planes import Matrix
from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import BadFrameError, Encoder
from codec.picture.packet import PlaneColors, parse_header
from codec.picture.plane_encoder import PlaneEncoder
from tests.codec.picture.changes import Change, changed, changes
from tests.support.captures import captured, same_planes
from tests.support.desktops import DRAG, REPEATING, SCROLL, dragging, filming, photograph, repeating, scrolling, text
from tests.support.encoders import PageEncoder
from tests.support.packets import COLORS

sizes = st.integers(1, 300)


@pytest.fixture(scope="module")
def page() -> Iterator[PageEncoder]:
    """One process for all tests; `begin` gives each its own encoder."""
    with closing(PageEncoder()) as started:
        yield started


def writes_what_python_writes(page: PageEncoder, frames: Iterable[Frame], interleaved: Iterable[bool] = ()) -> int:
    """Compare all packets, and return how many there were."""
    page.begin()
    python: PlaneEncoder | None = None
    size, decoder, packets = (0, 0), Decoder(), 0
    forms = iter(interleaved)
    for frame in frames:
        planes = captured(frame)
        if python is None or size != planes.luma.shape:
            size = planes.luma.shape
            python = PlaneEncoder(size[1], size[0], COLORS)
        packet = page.encode_planes(planes, interleaved=next(forms, False))
        assert packet == python.encode(planes)
        if packet is not None:
            decoder.decode(packet)
            packets += 1
        assert same_planes(decoder.planes, planes)
    return packets


@settings(max_examples=60, deadline=None)
@given(width=sizes, height=sizes, steps=st.lists(changes, max_size=4), interleaved=st.lists(st.booleans(), max_size=4))
def test_any_pictures(page: PageEncoder, width: int, height: int, steps: list[Change], interleaved: list[bool]) -> None:
    assert writes_what_python_writes(page, changed(width, height, steps), interleaved) > 0


@pytest.mark.parametrize(
    "frames",
    [
        lambda: scrolling(SCROLL),
        lambda: dragging(DRAG),
        lambda: filming(12),
        lambda: [photograph(640, 400), photograph(640, 400, 3)],
        lambda: [np.random.default_rng(1).integers(0, 256, (400, 640, 4), np.uint8)],
        lambda: [np.zeros((5, 7, 4), np.uint8), np.full((5, 7, 4), 9, np.uint8)],
    ],
    ids=["scroll", "drag", "film", "photographs", "noise", "tiny and black"],
)
@pytest.mark.parametrize("interleaved", [False, True])
def test_desktops(page: PageEncoder, frames: Callable[[], Iterable[Frame]], interleaved: bool) -> None:
    pictures = [frame.astype(np.uint8) for frame in frames()]
    assert writes_what_python_writes(page, pictures, [interleaved] * len(pictures)) > 0


@pytest.mark.parametrize("seed", REPEATING)
def test_lines_that_are_everywhere(page: PageEncoder, seed: int) -> None:
    assert writes_what_python_writes(page, repeating(seed))


def test_the_size_may_change_at_any_time(page: PageEncoder) -> None:
    shapes = [(100, 80), (100, 80), (33, 201), (640, 400), (1, 1), (100, 80)]
    assert writes_what_python_writes(page, [text(width, height, turn) for turn, (width, height) in enumerate(shapes)])


def test_planes_and_colours_may_take_turns(page: PageEncoder) -> None:
    """Each begins with a key."""
    page.begin()
    frame = text(90, 71)
    planes, decoder = captured(frame), Decoder()
    for _ in range(2):
        packet = page.encode_planes(planes)
        assert packet == PlaneEncoder(90, 71, COLORS).encode(planes)
        assert packet is not None
        decoder.decode(packet)
        assert same_planes(decoder.planes, planes)
        packet = page.encode(frame)
        assert packet == Encoder(90, 71).encode(frame)
        assert packet is not None
        decoder.decode(packet)
        assert decoder.planes is None


def test_a_key_needs_nothing_before_it(page: PageEncoder) -> None:
    page.begin()
    planes = captured(photograph(90, 71))
    first = page.encode_planes(planes)
    assert page.encode_planes(planes) is None
    page.refresh()
    assert page.encode_planes(planes) == first


@pytest.mark.parametrize("colors", [PlaneColors(matrix, full) for matrix in Matrix for full in (False, True)], ids=str)
def test_matrix_and_range_are_told_and_make_a_key(page: PageEncoder, colors: PlaneColors) -> None:
    page.begin()
    planes = captured(text(40, 30))
    page.encode_planes(planes, PlaneColors(Matrix.BT601, not colors.full_range))
    packet = page.encode_planes(planes, colors)
    assert packet is not None
    head = parse_header(packet)
    assert head.key
    assert head.planes == colors


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0)])
def test_what_is_no_picture_has_a_name(page: PageEncoder, width: int, height: int) -> None:
    page.begin()
    with pytest.raises(BadFrameError):
        page.encode_planes(captured(np.zeros((height, width, 4), np.uint8)))
