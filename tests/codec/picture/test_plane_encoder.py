"""Planes are at the viewer what they were at the browser, bit for bit, and become the colours that both agree on."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.color_planes import Matrix, to_rgb
from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import BadFrameError, Encoder
from codec.picture.geometry import TILE
from codec.picture.packet import KEY, PLANES_VERSION, BadPacketError, PlaneColors, parse_header
from codec.picture.plane_encoder import PlaneEncoder
from codec.picture.plane_layers import CapturedPlanes
from tests.codec.picture.changes import Change, changed, changes
from tests.support.captures import captured, same_planes
from tests.support.desktops import DRAG, SCROLL, dragging, filming, photograph, scrolling, text
from tests.support.packets import COLORS

sizes = st.integers(1, 200)


def colours(planes: CapturedPlanes, colors: PlaneColors = COLORS) -> Frame:
    """The whole picture, B, G, R."""
    area = (0, 0, *planes.luma.shape)
    rgb = to_rgb(planes.luma, planes.cb, planes.cr, colors.matrix, full_range=colors.full_range, area=area)
    return rgb[..., ::-1]


def shows_all(frames: Iterable[Frame]) -> int:
    """Encode all; the viewer has each picture's planes, its colours, and knows where they changed. Return the bytes."""
    encoder: PlaneEncoder | None = None
    decoder, total = Decoder(), 0
    before = np.zeros((0, 0, 4), np.uint8)
    for frame in frames:
        planes = captured(frame)
        encoder = encoder or PlaneEncoder(frame.shape[1], frame.shape[0], COLORS)
        packet = encoder.encode(planes)
        if packet is None:
            assert same_planes(decoder.planes, planes)
            continue
        total += len(packet)
        shown = decoder.decode(packet)
        assert same_planes(decoder.planes, planes)
        assert np.array_equal(shown[..., :3], colours(planes))
        if before.shape == shown.shape:
            rows, columns = np.nonzero((shown != before).any(axis=2))
            assert decoder.touched[rows // TILE, columns // TILE].all()
        before = shown.copy()
    return total


@settings(max_examples=60, deadline=None)
@given(width=sizes, height=sizes, steps=st.lists(changes, max_size=4))
def test_any_pictures(width: int, height: int, steps: list[Change]) -> None:
    shows_all(changed(width, height, steps))


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
def test_desktops(frames: Callable[[], Iterable[Frame]]) -> None:
    assert shows_all(frame.astype(np.uint8) for frame in frames()) > 0


def coloured(frame: Frame) -> Frame:
    """The same page in many colours: a line of text each."""
    frame = frame.copy()
    frame[..., 0] ^= np.uint8(0x40)
    frame[::9, :, 2] ^= np.uint8(0x80)
    return frame


def test_a_page_that_is_scrolled_by_odd_lines_takes_half_of_what_its_colours_take() -> None:
    lines = coloured(text(640, 1_200))
    pages = [lines[at : at + 400] for at in range(0, 400, 37)]
    encoder, seen = Encoder(640, 400), Decoder()
    planes = PlaneEncoder(640, 400, COLORS)
    in_planes = in_colours = 0
    for turn, page in enumerate(pages):
        capture = captured(page)
        packet = planes.encode(capture)
        assert packet is not None
        as_shown = np.zeros_like(page)
        as_shown[..., :3] = colours(capture)
        colour_packet = encoder.encode(as_shown)
        assert colour_packet is not None
        seen.decode(colour_packet)
        if turn:
            in_planes, in_colours = in_planes + len(packet), in_colours + len(colour_packet)
    assert in_planes < 0.55 * in_colours


def test_a_key_needs_nothing_before_it() -> None:
    encoder, planes = PlaneEncoder(90, 71, COLORS), captured(text(90, 71))
    first = encoder.encode(planes)
    assert encoder.encode(planes) is None
    encoder.refresh()
    assert encoder.encode(planes) == first
    assert first is not None
    assert first[:2] == bytes([PLANES_VERSION, KEY])


@pytest.mark.parametrize("colors", [PlaneColors(matrix, full) for matrix in Matrix for full in (False, True)], ids=str)
def test_matrix_and_range_are_told(colors: PlaneColors) -> None:
    planes = captured(photograph(50, 40))
    packet = PlaneEncoder(50, 40, colors).encode(planes)
    assert packet is not None
    assert parse_header(packet).planes == colors
    assert np.array_equal(Decoder().decode(packet)[..., :3], colours(planes, colors))


def test_planes_of_another_size_have_a_name() -> None:
    encoder, planes = PlaneEncoder(33, 20, COLORS), captured(text(33, 20))
    for wrong in (
        captured(text(32, 20)),
        CapturedPlanes(planes.luma, planes.cb[:, 1:], planes.cr),
        CapturedPlanes(planes.luma, planes.cb, planes.cr[1:]),
    ):
        with pytest.raises(BadFrameError):
            encoder.encode(wrong)


def test_one_viewer_may_be_shown_planes_and_colours_each_from_its_key_on() -> None:
    frame = text(64, 48)
    in_planes, in_colours = PlaneEncoder(64, 48, COLORS), Encoder(64, 48)
    keys = [in_planes.encode(captured(frame)), in_colours.encode(frame)]
    frame = frame.copy()
    frame[5:9, 5:9] = 7
    updates = [in_planes.encode(captured(frame)), in_colours.encode(frame)]
    for turn in (0, 1, 0):
        decoder, key, update, other = Decoder(), keys[turn], updates[turn], updates[1 - turn]
        assert key is not None
        assert update is not None
        assert other is not None
        decoder.decode(keys[1 - turn] or b"")
        decoder.decode(key)
        with pytest.raises(BadPacketError):
            decoder.decode(other)
        decoder.decode(key)
        decoder.decode(update)


@pytest.mark.parametrize("damage", [(1, 2), (1, 4), (1, 8), (10, 0), (10, 2), (11, 2)])
def test_a_head_that_is_not_known_is_refused(damage: tuple[int, int]) -> None:
    packet = PlaneEncoder(20, 20, COLORS).encode(captured(text(20, 20)))
    assert packet is not None
    place, value = damage
    with pytest.raises(BadPacketError):
        Decoder().decode(packet[:place] + bytes([value]) + packet[place + 1 :])


def test_matrix_and_range_change_with_a_key_alone() -> None:
    encoder, decoder = PlaneEncoder(20, 20, COLORS), Decoder()
    key, update = encoder.encode(captured(text(20, 20))), encoder.encode(captured(text(20, 20, 3)))
    assert key is not None
    assert update is not None
    decoder.decode(key)
    with pytest.raises(BadPacketError):
        decoder.decode(update[:11] + b"\1" + update[12:])
