"""What the decoder shows is what the encoder saw, bit for bit; nothing else can come out of it."""

import tracemalloc

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame, TileDiff
from codec.picture.encoder import BadFrameError, Encoder
from codec.picture.geometry import TILE, Grid
from codec.picture.packet import (
    HEAD_BYTES,
    KEY,
    OLDEST_VERSION,
    PLANES_VERSION,
    VERSION,
    BadPacketError,
    PacketHeader,
    bitmap_bytes,
    pack_moves,
    parse_header,
)
from codec.picture.save_under import Move
from codec.picture.tile_classification import kinds_of
from codec.picture.tiles import LOSSY, MEDIAN, PLAIN
from tests.codec.picture.rate.test_rate_control import smooth
from tests.support.desktops import photograph
from tests.support.packets import PacketWriter, every_kind

sizes = st.tuples(st.integers(1, 70), st.integers(1, 70))


def colours(frame: Frame) -> NDArray[np.uint8]:
    return frame[..., :3]


def noise(width: int, height: int, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


@settings(max_examples=60, deadline=None)
@given(size=sizes, steps=st.lists(st.tuples(st.integers(0), st.integers(0), st.integers(0, 255)), max_size=5))
def test_every_picture_arrives_exactly(size: tuple[int, int], steps: list[tuple[int, int, int]]) -> None:
    width, height = size
    encoder, decoder = Encoder(width, height), Decoder()
    frame = noise(width, height)
    shown: Frame | None = None
    for x, y, value in [(0, 0, 0), *steps]:
        frame[y % height :, x % width :] = value
        packet = encoder.encode(frame)
        if packet is not None:
            shown = decoder.decode(packet)
        assert shown is not None
        assert np.array_equal(colours(shown), colours(frame))
        assert shown.shape == (height, width, 4)
        assert (shown[..., 3] == 255).all()


def test_nothing_changed_is_nothing_sent() -> None:
    encoder = Encoder(33, 17)
    frame = noise(33, 17)
    assert encoder.encode(frame) is not None
    assert encoder.encode(frame) is None


def test_the_fourth_byte_means_nothing() -> None:
    encoder = Encoder(32, 32)
    frame = noise(32, 32)
    encoder.encode(frame)
    frame[..., 3] ^= 0x55
    assert encoder.encode(frame) is None


def test_a_black_screen_is_a_picture_too() -> None:
    packet = Encoder(20, 20).encode(np.zeros((20, 20, 4), np.uint8))
    assert packet is not None
    assert not colours(Decoder().decode(packet)).any()


def test_a_page_flipped_back_costs_next_to_nothing() -> None:
    encoder, pages = Encoder(1280, 800), [noise(1280, 800, seed) // 16 * 16 for seed in (1, 2)]
    for page in pages:
        encoder.encode(page)
    for page in (*pages, *pages):
        packet = encoder.encode(page)
        assert packet is not None
        assert len(packet) < 20_000


def test_only_what_changed_is_written() -> None:
    encoder = Encoder(640, 480)
    frame = noise(640, 480)
    encoder.encode(frame)
    frame[100:104, 200:204] = 7
    packet = encoder.encode(frame)
    assert packet is not None
    assert len(packet) < 2 * TILE * TILE * 3


def test_a_stride_does_not_matter() -> None:
    wide = noise(64, 64)
    encoder = Encoder(32, 32)
    packet = encoder.encode(wide[::2, ::2])
    assert packet is not None
    assert np.array_equal(colours(Decoder().decode(packet)), colours(wide[::2, ::2]))


def test_refresh_makes_the_next_packet_stand_alone() -> None:
    encoder = Encoder(40, 40)
    frame = noise(40, 40)
    encoder.encode(frame)
    encoder.refresh()
    packet = encoder.encode(frame)
    assert packet is not None
    assert parse_header(packet).key
    assert np.array_equal(colours(Decoder().decode(packet)), colours(frame))


def test_a_decoder_follows_a_new_size() -> None:
    decoder = Decoder()
    for width, height in ((50, 20), (20, 50), (50, 20)):
        frame = noise(width, height)
        packet = Encoder(width, height).encode(frame)
        assert packet is not None
        assert np.array_equal(colours(decoder.decode(packet)), colours(frame))


@pytest.mark.parametrize(
    "frame",
    [np.zeros((10, 11, 4), np.uint8), np.zeros((10, 10, 3), np.uint8), np.zeros((10, 10, 4), np.uint16), "no picture"],
)
def test_a_wrong_picture_has_a_name(frame: Frame) -> None:
    with pytest.raises(BadFrameError, match="expected a picture"):
        Encoder(10, 10).encode(frame)


@settings(max_examples=60, deadline=None)
@given(size=sizes, steps=st.lists(st.tuples(st.integers(0), st.integers(0), st.integers(0, 255)), max_size=5))
def test_only_the_lines_that_changed_need_to_be_read(size: tuple[int, int], steps: list[tuple[int, int, int]]) -> None:
    width, height = size
    encoder, whole, decoder = Encoder(width, height), Encoder(width, height), Decoder()
    frame = noise(width, height)
    decoder.decode(encoder.encode(frame) or b"")
    whole.encode(frame)
    for first, last, value in steps:
        lines = Grid(width, height).whole((first % height, first % height + 1 + last % (height - first % height)))
        frame[first % height, :: 1 + last % 5] = value
        packet = encoder.encode(frame[slice(*lines)], top=lines[0])
        assert packet == whole.encode(frame)
        if packet is not None:
            assert np.array_equal(colours(decoder.decode(packet)), colours(frame))


@pytest.mark.parametrize(("top", "lines"), [(0, 40), (16, 15), (8, 16), (32, 16), (-16, 16), (48, 16)])
def test_lines_that_are_no_whole_tiles_have_a_name(top: int, lines: int) -> None:
    encoder = Encoder(32, 41)
    encoder.encode(noise(32, 41))
    with pytest.raises(BadFrameError, match="whole tiles"):
        encoder.encode(noise(32, lines), top=top)


def test_a_picture_is_not_kept() -> None:
    encoder, decoder, frame = Encoder(64, 41), Decoder(), noise(64, 41)
    decoder.decode(encoder.encode(frame) or b"")
    kept = frame.copy()
    frame[:] = 0
    assert encoder.encode(kept) is None
    packet = encoder.encode(frame)
    assert packet is not None
    assert np.array_equal(colours(decoder.decode(packet)), colours(frame))


def test_a_whole_picture_needs_all_lines() -> None:
    with pytest.raises(BadFrameError, match="expected a picture"):
        Encoder(32, 32).encode(noise(32, 16))


def test_a_viewer_of_the_version_before_gets_packets_of_that_version() -> None:
    encoder, decoder, frame = Encoder(160, 96, OLDEST_VERSION), Decoder(), photograph(160, 96)
    packet = encoder.encode(frame)
    assert packet is not None
    assert parse_header(packet).version == OLDEST_VERSION
    assert np.array_equal(colours(decoder.decode(packet)), colours(frame))


def test_a_packet_of_the_version_before_has_no_median_tiles() -> None:
    packet = Encoder(160, 96).encode(smooth(160, 96))
    assert packet is not None
    Decoder().decode(packet)
    with pytest.raises(BadPacketError, match="no known kind"):
        Decoder().decode(bytes([OLDEST_VERSION]) + packet[1:])


@pytest.mark.parametrize(("side", "has_median"), [(128, False), (400, True)])
def test_only_many_soft_tiles_are_median(side: int, has_median: bool) -> None:
    encoder, decoder, frame = Encoder(640, 400), Decoder(), np.zeros((400, 640, 4), np.uint8)
    decoder.decode(encoder.encode(frame) or b"")
    frame[:side, :side] = np.add.outer(np.arange(side), np.arange(side) // 2)[..., None] // 2
    packet = encoder.encode(frame)
    assert packet is not None
    before = bytes([OLDEST_VERSION]) + packet[1:]
    if has_median:
        with pytest.raises(BadPacketError, match="no known kind"):
            decoder.decode(before)
    else:
        assert np.array_equal(colours(decoder.decode(before)), colours(frame))


@pytest.mark.parametrize("version", [OLDEST_VERSION - 1, VERSION + 1])
def test_versions_that_do_not_exist_have_a_name(version: int) -> None:
    with pytest.raises(ValueError, match="version"):
        Encoder(16, 16, version)
    packet = Encoder(16, 16).encode(noise(16, 16))
    assert packet is not None
    with pytest.raises(BadPacketError, match="version"):
        Decoder().decode(bytes([version if version < VERSION else PLANES_VERSION + 1]) + packet[1:])


def test_an_update_needs_its_key() -> None:
    encoder = Encoder(20, 20)
    encoder.encode(noise(20, 20))
    update = encoder.encode(noise(20, 20, seed=1))
    assert update is not None
    with pytest.raises(BadPacketError, match="whole picture"):
        Decoder().decode(update)


def test_what_a_move_uncovers_is_opaque_even_where_nothing_is_known_of_it() -> None:
    writer, decoder = PacketWriter(Grid(48, 32)), Decoder()
    tiles = np.full((6, 16, 16), 0x123456, np.uint32)
    decoder.decode(writer.tiles(tiles, kinds_of(tiles), key=True))
    marks = bytes(bitmap_bytes(Grid(48, 32)))
    shown = decoder.decode(writer.raw(pack_moves([Move(20, 0, 10, 10, 20, 0, restores=True)]) + marks))
    assert (shown[..., 3] == 255).all()
    assert not colours(shown)[:10, :10].any()


def test_after_damage_a_key_heals() -> None:
    encoder, decoder = Encoder(20, 20), Decoder()
    first = encoder.encode(noise(20, 20))
    assert first is not None
    decoder.decode(first)
    update = encoder.encode(noise(20, 20, seed=1))
    assert update is not None
    for packet in (update[:-5], update):
        with pytest.raises(BadPacketError):
            decoder.decode(packet)
    encoder.refresh()
    frame = noise(20, 20, seed=2)
    healed = encoder.encode(frame)
    assert healed is not None
    assert np.array_equal(colours(decoder.decode(healed)), colours(frame))


@given(packet=st.binary(max_size=120))
def test_garbage_has_a_name(packet: bytes) -> None:
    with pytest.raises(BadPacketError):
        Decoder().decode(packet)


@settings(max_examples=200, deadline=None)
@given(position=st.integers(0), flip=st.integers(1, 255), cut=st.integers(0, 30))
def test_changed_packets_raise_only_the_named_error(position: int, flip: int, cut: int) -> None:
    packet = Encoder(40, 24).encode(noise(40, 24))
    assert packet is not None
    changed = bytearray(packet[: len(packet) - cut])
    changed[position % len(changed)] ^= flip
    try:
        shown = Decoder().decode(bytes(changed))
    except BadPacketError:
        return
    assert shown.shape[2] == 4


def test_a_bomb_is_bounded() -> None:
    """A small packet cannot make the decoder allocate more than its own head allows."""
    head = PacketHeader(True, Grid(16, 16), 1 + 768).pack()
    bomb = head + zstandard.ZstdCompressor().compress(bytes(100_000_000))
    with pytest.raises(BadPacketError):
        Decoder().decode(bomb)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (16_385, 1), (16_384, 16_384)])
def test_impossible_sizes(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="picture of"):
        Grid(width, height)


def test_golden_head() -> None:
    assert PacketHeader(True, Grid(1919, 3), 15).pack().hex() == "04017f0703000f000000"
    assert PacketHeader(True, Grid(1919, 3), 15, version=OLDEST_VERSION).pack().hex() == "03017f0703000f000000"
    assert HEAD_BYTES == 10
    assert KEY == 1


def test_diff_names_the_tiles() -> None:
    grid = Grid(48, 32)
    before = np.zeros((*grid.padded, 4), np.uint8)
    after = before.copy()
    after[20, 40, 2] = 1
    changed = TileDiff(grid).changed(before, after)
    assert changed.shape == (2, 3)
    assert changed.nonzero() == (np.array([1]), np.array([2]))


@pytest.mark.parametrize("height", [1072, 1075, 1080, 7])
@pytest.mark.parametrize("noisy", [False, True])
def test_diff_looks_through_noise_in_the_fourth_byte(height: int, noisy: bool) -> None:
    grid, random = Grid(1920, height), np.random.default_rng(height)
    before = random.integers(0, 256, (height, 1920, 4), np.uint8)
    after = before.copy()
    if noisy:
        after[..., 3] = random.integers(0, 256, (height, 1920), np.uint8)
    assert not TileDiff(grid).changed(before, after).any()
    after[height - 1, 1919, 0] ^= 1
    after[0, 33, 1] ^= 1
    assert [tuple(map(int, place)) for place in np.argwhere(TileDiff(grid).changed(before, after))] == sorted(
        {(0, 2), (grid.rows - 1, 119)}
    )


@pytest.mark.parametrize("kind", [PLAIN, LOSSY, MEDIAN])
def test_f11_the_largest_picture_takes_no_more_memory_than_itself_and_what_its_packet_becomes(kind: int) -> None:
    """78 bytes took 3.6 GB and seconds: rough tiles of nothing but their mean, all worked on at once."""
    grid = Grid(7680, 4320)
    tiles = {
        PLAIN: bytes(768 * grid.tiles),
        LOSSY: bytes([8]) + bytes(6 * grid.tiles),
        MEDIAN: b"\x7f" * (384 * grid.tiles) + bytes(384 * grid.tiles),
    }[kind]
    raw = bytes([0]) + b"\xff" * bitmap_bytes(grid) + bytes([kind]) * grid.tiles + tiles
    packet, decoder = PacketWriter(grid).raw(raw, key=True), Decoder()
    del tiles
    tracemalloc.start()
    try:
        for _ in range(2):
            decoder.decode(packet)
        assert tracemalloc.get_traced_memory()[1] < 4 * grid.width * grid.height + len(raw) + 60_000_000
    finally:
        tracemalloc.stop()


def test_f11_a_decoder_that_forgets_takes_a_key_next_in_the_same_memory() -> None:
    packets, decoder = every_kind(80, 48, 2, 3), Decoder()
    first = decoder.decode(packets[0])
    decoder.forget()
    with pytest.raises(BadPacketError):
        decoder.decode(packets[1])
    assert np.shares_memory(decoder.decode(packets[0]), first)
    assert np.array_equal(decoder.decode(packets[1]), shown_of(packets[:2]))


def shown_of(packets: list[bytes]) -> Frame:
    """Return what a decoder of its own shows after these packets."""
    decoder = Decoder()
    for packet in packets[:-1]:
        decoder.decode(packet)
    return decoder.decode(packets[-1])
