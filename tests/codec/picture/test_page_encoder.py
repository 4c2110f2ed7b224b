"""A page's encoder, as browsers run it, writes the very bytes that Python's does; the decoders show what it saw."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import BadFrameError, Encoder
from codec.picture.packet import KEY, OLDEST_VERSION, VERSION, parse_header
from tests.codec.picture.changes import Change, changed, changes
from tests.support.desktops import DRAG, REPEATING, SCROLL, dragging, filming, photograph, repeating, scrolling, text
from tests.support.encoders import PageEncoder

sizes = st.integers(1, 300)


@pytest.fixture(scope="module")
def page() -> Iterator[PageEncoder]:
    """One process for all tests; `begin` gives each its own encoder."""
    with closing(PageEncoder()) as started:
        yield started


def is_exact(decoder: Decoder, packet: bytes, frame: Frame) -> bool:
    return np.array_equal(decoder.decode(packet)[..., :3], frame[..., :3])


def writes_what_python_writes(page: PageEncoder, frames: Iterable[Frame], version: int = VERSION) -> bool:
    """Whether all packets are equal, and exact."""
    page.begin()
    python: Encoder | None = None
    decoder = Decoder()
    for frame in frames:
        if python is None or python.size != (frame.shape[1], frame.shape[0]):
            python = Encoder(frame.shape[1], frame.shape[0], version)
        packet = page.encode(frame, version)
        assert packet == python.encode(frame)
        assert packet is None or is_exact(decoder, packet, frame)
    return python is not None


@settings(max_examples=60, deadline=None)
@given(width=sizes, height=sizes, steps=st.lists(changes, max_size=4), version=st.integers(OLDEST_VERSION, VERSION))
def test_any_pictures(page: PageEncoder, width: int, height: int, steps: list[Change], version: int) -> None:
    assert writes_what_python_writes(page, changed(width, height, steps), version)


def beside_a_clock(frames: Iterable[Frame]) -> Iterator[Frame]:
    for turn, frame in enumerate(frames):
        wide = np.pad(frame, ((0, 200), (0, 400), (0, 0)))
        wide[-10:, -20:] = turn + 1
        yield wide


@pytest.mark.parametrize(
    "frames",
    [
        lambda: scrolling(SCROLL),
        lambda: beside_a_clock(scrolling(SCROLL)),
        lambda: beside_a_clock(dragging(DRAG)),
        lambda: dragging(DRAG),
        lambda: filming(12),
        lambda: [photograph(640, 400), photograph(640, 400, 3)],
        lambda: [np.random.default_rng(1).integers(0, 256, (400, 640, 4), np.uint8) & (255, 255, 255, 0)],
        lambda: [np.zeros((5, 7, 4), np.uint8), np.full((5, 7, 4), 9, np.uint8)],
    ],
    ids=["scroll", "scroll and clock", "drag and clock", "drag", "film", "photographs", "noise", "tiny and black"],
)
def test_desktops(page: PageEncoder, frames: Callable[[], Iterable[Frame]]) -> None:
    assert writes_what_python_writes(page, (frame.astype(np.uint8) for frame in frames()))


@pytest.mark.parametrize("seed", REPEATING)
def test_lines_that_are_everywhere(page: PageEncoder, seed: int) -> None:
    assert writes_what_python_writes(page, repeating(seed))


def test_the_size_may_change_at_any_time(page: PageEncoder) -> None:
    shapes = [(100, 80), (100, 80), (33, 200), (640, 400), (1, 1), (100, 80)]
    assert writes_what_python_writes(page, [text(width, height, turn) for turn, (width, height) in enumerate(shapes)])


def test_the_largest_screens(page: PageEncoder) -> None:
    frame = np.tile(text(640, 432), (5, 6, 1))
    later = frame.copy()
    later[1_000:1_030, 2_000:2_300] = 7
    assert writes_what_python_writes(page, [frame, later, np.roll(later, -48, axis=0)])


@pytest.mark.parametrize("extra", [4, 64, 4_096])
def test_lines_may_lie_apart(page: PageEncoder, extra: int) -> None:
    wide = photograph(50 + extra // 4, 40)
    frame = wide[:, :50]
    page.begin()
    packet = page.encode(frame)
    assert packet is not None
    assert is_exact(Decoder(), packet, frame)


def test_a_picture_may_be_written_where_it_is_encoded(page: PageEncoder) -> None:
    """What lies beyond its edges there does not count."""
    page.begin()
    decoder, frames = Decoder(), [photograph(50, 40, seed) for seed in range(3)]
    for frame in frames:
        packet = page.encode(frame, in_place=True)
        assert packet is not None
        assert is_exact(decoder, packet, frame)
    assert page.encode(frames[-1], in_place=True) is None


def test_the_fourth_byte_means_nothing(page: PageEncoder) -> None:
    page.begin()
    frames = list(scrolling(SCROLL[:4]))
    wanted = [page.encode(frame) for frame in frames]
    page.begin()
    noisy = np.random.default_rng(1)
    for frame, packet in zip(frames, wanted, strict=True):
        frame[..., 3] = noisy.integers(0, 256, frame.shape[:2])
        assert page.encode(frame) == packet
        frame[..., 3] ^= 0x55
        assert page.encode(frame) is None


def test_red_may_come_first(page: PageEncoder) -> None:
    """And may from one picture to the next, which then is a key."""
    frame = photograph(90, 70)
    page.begin()
    blue_first, red_first = page.encode(frame), page.encode(frame[..., [2, 1, 0, 3]], is_rgb=True)
    assert blue_first == red_first
    for picture in (text(90, 70), frame):
        rgb = np.ascontiguousarray(picture[..., [2, 1, 0, 3]])
        update = page.encode(rgb, is_rgb=True)
        assert red_first is not None
        assert update is not None
        assert not parse_header(update).key


def test_a_key_needs_nothing_before_it(page: PageEncoder) -> None:
    frame = text(90, 70)
    page.begin()
    first = page.encode(frame)
    assert page.encode(frame) is None
    page.refresh()
    assert page.encode(frame) == first
    assert first is not None
    assert first[1] == KEY


@pytest.mark.parametrize("version", [0, OLDEST_VERSION, VERSION, VERSION + 1])
def test_a_packet_is_of_the_newest_version_that_both_know(page: PageEncoder, version: int) -> None:
    page.begin()
    packet = page.encode(photograph(32, 32), version)
    assert packet is not None
    assert packet[0] == min(max(version, OLDEST_VERSION), VERSION)


@pytest.mark.parametrize(
    ("width", "height", "stride", "count"),
    [
        (0, 4, 16, 64),
        (4, 0, 16, 64),
        (4, 4, 16, 63),
        (4, 4, 15, 64),
        (16_385, 1, 65_540, 65_540),
        (16_384, 16_384, 65_536, 8),
        (5_761, 5_760, 23_044, 8),
    ],
)
def test_what_is_no_picture_has_a_name(page: PageEncoder, width: int, height: int, stride: int, count: int) -> None:
    frame = text(20, 20)
    page.begin()
    assert page.encode(frame) is not None
    with pytest.raises(BadFrameError):
        page.encode_bytes(bytes(count), width, height, stride)
    assert page.encode(frame) is None
