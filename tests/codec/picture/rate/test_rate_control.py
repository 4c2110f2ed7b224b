"""Lossy now, exact when it rests: photographs under a budget, debts that move, videos; text is always exact."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.lossy import BadLossyError, lossy_bytes, read_lossy, write_lossy
from codec.picture.packet import BadPacketError, parse_header
from codec.picture.rate.cost_model import STEPS, CostModel
from codec.picture.rate.picture_budget import PictureBudget
from codec.picture.rate.refinement import QUIET_SECONDS
from codec.picture.tile_classification import kinds_of, may_be_lossy
from codec.picture.tiles import PHOTO
from codec.picture.vp9 import VideoEncodeError, Vp9Encoder
from tests.perf.likeness import psnr, squared_error
from tests.support.desktops import DRAG, HEIGHT, SCROLL, WIDTH, dragging, photograph, scrolling, text

POOR, GOOD = 3_000, 100_000
FRAME_SECONDS = 0.05


def budget(now: float, bytes_: int = POOR, videos: bool = False) -> PictureBudget:
    return PictureBudget(now, bytes_, bytes_ / FRAME_SECONDS, videos)


def smooth(width: int, height: int, seed: int = 3) -> Frame:
    """A photograph as a camera makes it: what is near differs little."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 16 + 2, width // 16 + 2, 4)).astype(np.float64)
    rows, columns = np.arange(height) / 16, np.arange(width) / 16
    top, left = rows.astype(int), columns.astype(int)
    down, across = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = coarse[top][:, left] * (1 - across) + coarse[top][:, left + 1] * across
    lower = coarse[top + 1][:, left] * (1 - across) + coarse[top + 1][:, left + 1] * across
    mixed: NDArray[np.float64] = upper * (1 - down) + lower * down + random.integers(0, 3, (height, width, 4))
    return mixed.clip(0, 255).astype(np.uint8)


class Viewer:
    """An encoder and its decoder, with a clock that goes a frame further each time."""

    def __init__(self, bytes_: int = POOR, videos: bool = False) -> None:
        self.encoder, self.decoder = Encoder(WIDTH, HEIGHT), Decoder()
        self.bytes, self.videos = bytes_, videos
        self.now = 0.0
        self.shown: Frame = np.zeros((HEIGHT, WIDTH, 4), np.uint8)

    def see(self, picture: Frame) -> bytes | None:
        self.now += FRAME_SECONDS
        packet = self.encoder.encode(picture, budget(self.now, self.bytes, self.videos))
        if packet is not None:
            self.shown = self.decoder.decode(packet)
        return packet

    def rest(self, picture: Frame, most: int = 2_000) -> int:
        """Show it until nothing is owed; return how many packets that took."""
        for packets in range(most):
            self.see(picture)
            if not self.encoder.has_lossy:
                return packets
        raise AssertionError("the picture never became exact")

    def is_exact(self, picture: Frame) -> bool:
        return np.array_equal(self.shown[..., :3], picture[..., :3])


def test_a_photograph_appears_at_once_and_becomes_exact_at_rest() -> None:
    viewer, picture = Viewer(), smooth(WIDTH, HEIGHT)
    first = viewer.see(picture)
    assert first is not None
    assert len(first) < 3 * POOR
    assert not viewer.is_exact(picture)
    assert psnr(squared_error(viewer.shown[..., :3], picture[..., :3])) > 28
    viewer.rest(picture)
    assert viewer.is_exact(picture)
    assert viewer.see(picture) is None


def test_what_is_owed_becomes_finer_before_it_becomes_exact() -> None:
    viewer, picture = Viewer(), smooth(WIDTH, HEIGHT)
    errors: list[float] = []
    while not errors or viewer.encoder.has_lossy:
        viewer.see(picture)
        errors.append(squared_error(viewer.shown[..., :3], picture[..., :3]))
    assert errors == sorted(errors, reverse=True)
    quarter = errors[len(errors) // 4]
    assert psnr(quarter) > 38


def test_text_is_never_rough() -> None:
    viewer, picture = Viewer(100), text(WIDTH, HEIGHT)
    viewer.see(picture)
    assert viewer.is_exact(picture)
    assert not viewer.encoder.has_lossy


@pytest.mark.parametrize("contrast", [(200, 255), (0, 255), (120, 60)])
def test_letters_are_not_taken_for_photographs(contrast: tuple[int, int]) -> None:
    random = np.random.default_rng(5)
    ink = np.repeat(random.random((1, 16, 8)) < 0.4, 2, axis=2)
    tile = np.where(ink, *contrast).astype(np.uint32) * 0x010101
    tile[0, 5, 5] = 0x123456
    kinds = kinds_of(tile)
    assert not may_be_lossy(tile, kinds).any()


def test_a_good_line_gets_everything_exactly() -> None:
    viewer, picture = Viewer(4_000_000), smooth(WIDTH, HEIGHT)
    viewer.see(picture)
    assert viewer.is_exact(picture)


@pytest.mark.parametrize("pictures", [dragging(DRAG), scrolling(SCROLL)], ids=["drag", "scroll"])
def test_whatever_moved_in_between_the_rest_is_exact(pictures: Iterator[Frame]) -> None:
    viewer, picture = Viewer(), photograph(WIDTH, HEIGHT)
    for picture in pictures:
        viewer.see(picture)
    viewer.rest(picture)
    assert viewer.is_exact(picture)


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, WIDTH - 300), st.integers(0, HEIGHT - 200)), min_size=2, max_size=5),
    bytes_=st.integers(3_000, 50_000),
)
def test_debts_follow_windows_wherever_they_jump(steps: list[tuple[int, int]], bytes_: int) -> None:
    viewer, ground, window = Viewer(bytes_), smooth(WIDTH, HEIGHT), smooth(300, 200, seed=8)
    picture = ground
    for x, y in steps:
        picture = ground.copy()
        picture[y : y + 200, x : x + 300] = window
        viewer.see(picture)
    viewer.rest(picture)
    assert viewer.is_exact(picture)


def test_without_an_allowance_every_debt_is_paid_at_once() -> None:
    viewer, picture = Viewer(), smooth(WIDTH, HEIGHT)
    viewer.see(picture)
    packet = viewer.encoder.encode(picture)
    assert packet is not None
    assert np.array_equal(viewer.decoder.decode(packet)[..., :3], picture[..., :3])
    assert not viewer.encoder.has_lossy


def playing(pictures: int, ground: Frame) -> Iterator[Frame]:
    """A video of 320×192 pixels beside text, 20 pictures a second."""
    scene = smooth(320 + 4 * pictures, 192, seed=9)
    for number in range(pictures):
        picture = ground.copy()
        noise = np.random.default_rng(number).integers(0, 4, (192, 320, 4), np.uint8)
        picture[96:288, 160:480] = scene[:, 4 * number : 4 * number + 320] // 2 + noise
        yield picture


def test_a_film_is_a_film_with_everything_around_it_exact_and_ends_exactly() -> None:
    viewer, ground = Viewer(8_000, videos=True), text(WIDTH, HEIGHT)
    videos, picture = 0, ground
    for picture in playing(40, ground):
        packet = viewer.see(picture)
        assert packet is not None
        video = parse_header(packet).video
        if video is None:
            assert videos == 0
            continue
        videos += 1
        assert (video.x, video.y, video.width, video.height) == (160, 96, 320, 192)
        outside = np.ones((HEIGHT, WIDTH), np.bool_)
        outside[96:288, 160:480] = False
        assert np.array_equal(viewer.shown[outside][:, :3], picture[outside][:, :3])
        assert psnr(squared_error(viewer.shown[96:288, 160:480, :3], picture[96:288, 160:480, :3])) > 25
    assert videos > 25
    viewer.rest(picture)
    assert viewer.is_exact(picture)


def test_an_encoder_of_videos_that_fails_leaves_the_picture_to_the_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computer's encoder fails in the middle of a video: the picture goes on, and becomes exact."""
    viewer, ground = Viewer(8_000, videos=True), text(WIDTH, HEIGHT)
    videos, picture = 0, ground
    for number, picture in enumerate(playing(40, ground)):
        packet = viewer.see(picture)
        videos += packet is not None and parse_header(packet).video is not None
        if number == 20:
            assert videos > 0
            videos = 0
            monkeypatch.setattr(Vp9Encoder, "encode", fails)
    assert videos == 0, "it is not asked again and again"
    viewer.rest(picture)
    assert viewer.is_exact(picture)


def fails(*_given: object) -> bytes:
    """Fail as libvpx does."""
    raise VideoEncodeError("Memory allocation error")


def test_a_viewer_without_videos_gets_them_lossy() -> None:
    viewer, ground = Viewer(8_000), text(WIDTH, HEIGHT)
    for picture in playing(40, ground):
        packet = viewer.see(picture)
        assert packet is not None
        assert parse_header(packet).video is None
        assert len(packet) < 24_000 or viewer.now < 0.1
        assert psnr(squared_error(viewer.shown[..., :3], picture[..., :3])) > 25


def test_a_damaged_film_is_named_and_a_key_heals() -> None:
    viewer, ground = Viewer(8_000, videos=True), text(WIDTH, HEIGHT)
    for picture in playing(30, ground):
        packet = viewer.encoder.encode(picture, budget(viewer.now, 8_000, videos=True))
        viewer.now += FRAME_SECONDS
        assert packet is not None
        if parse_header(packet).video is not None:
            break
        viewer.decoder.decode(packet)
    assert packet is not None
    damaged = bytearray(packet)
    damaged[30:40] = bytes(10)
    with pytest.raises(BadPacketError):
        viewer.decoder.decode(bytes(damaged))
    viewer.encoder.refresh()
    viewer.rest(ground)
    assert viewer.is_exact(ground)


def photo_tiles(count: int) -> NDArray[np.uint32]:
    picture = smooth(16 * count, 16)
    return picture.view(np.uint32)[..., 0].reshape(16, count, 16).swapaxes(0, 1) & np.uint32(0xFFFFFF)


def colours(tiles: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(tiles).view(np.uint8).reshape(*tiles.shape, 4)[..., :3]


def test_a_finer_step_shows_more_and_takes_more() -> None:
    tiles = photo_tiles(40)
    written = [write_lossy(tiles, step) for step in STEPS]
    errors = [
        squared_error(read_lossy(raw, 0, 40).reshape(640, 16, 3), colours(tiles).reshape(640, 16, 3)) for raw in written
    ]
    assert errors == sorted(errors)
    assert [len(raw) for raw in written] == sorted((len(raw) for raw in written), reverse=True)
    assert psnr(errors[0]) > 38


@given(st.binary(max_size=400), st.integers(1, 20))
def test_any_bytes_are_rough_tiles_or_a_named_error(raw: bytes, count: int) -> None:
    try:
        end = lossy_bytes(raw, 0, count)
        assert read_lossy(raw, 0, count).shape == (count, 16, 16, 3)
        assert end <= len(raw)
    except BadLossyError:
        return


def test_golden_rough_tile() -> None:
    tile = (np.add.outer(np.arange(16), np.arange(16)) * 4).astype(np.uint32)[None] * 0x010101
    raw = write_lossy(tile, 16)
    assert raw.hex() == "101400003cc400eeee000000fe0000fe0000000000ff00000000ff"
    assert read_lossy(raw, 0, 1)[0, :, :, 1].diagonal()[::5].tolist() == [1, 40, 80, 119]


def test_costs_follow_what_packets_take() -> None:
    costs, kinds = CostModel(), np.full(100, PHOTO, np.uint8)
    before = costs.of(kinds)
    for _ in range(20):
        costs.learn(kinds, 0, int(before / 3))
    assert costs.of(kinds) == pytest.approx(before / 3, rel=0.1)


def test_a_tile_that_just_changed_is_not_quiet() -> None:
    viewer, picture = Viewer(), smooth(WIDTH, HEIGHT)
    viewer.see(picture)
    viewer.now -= FRAME_SECONDS
    assert QUIET_SECONDS > FRAME_SECONDS / 2
    assert viewer.encoder.encode(picture, budget(viewer.now, GOOD)) is None
