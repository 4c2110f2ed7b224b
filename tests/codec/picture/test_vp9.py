"""The encoder of videos without FFmpeg around it, compared with the one that has it."""

import gc
import resource
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from codec.picture import vp9
from codec.picture.video import VideoWriter
from codec.picture.video_reader import VideoReader
from codec.picture.vp9_pyav import PyAvEncoder

PICTURES = 12
RATE = 1_500_000


def playing(width: int, height: int) -> list[NDArray[np.uint8]]:
    """Return a picture that moves, in parts of larger ones."""
    random = np.random.default_rng(5)
    blocks = random.integers(0, 256, (height // 8 + 1, width // 8 + PICTURES, 4), np.uint8)
    wide = np.kron(blocks, np.ones((8, 8, 1), np.uint8))
    return [wide[:height, 3 * each : 3 * each + width] for each in range(PICTURES)]


@pytest.mark.parametrize("size", [(16, 16), (48, 240), (321, 241), (640, 368)])
@pytest.mark.parametrize("rate", [100_000, RATE, 5_999_999])
def test_it_writes_what_pyav_writes(size: tuple[int, int], rate: int) -> None:
    ours, theirs = vp9.Vp9Encoder(size, rate), PyAvEncoder(size, rate)
    for number, picture in enumerate(playing(*size)):
        assert ours.encode(picture, number * 40) == theirs.encode(picture, number * 40)


def test_each_picture_is_a_packet_and_is_read_again() -> None:
    writer, reader = VideoWriter(320, 240), VideoReader(320, 240)
    for number, picture in enumerate(playing(320, 240)):
        shown = reader.read(writer.write(picture, RATE / 8, number / 25))
        assert writer.restarts == (number == 0)
    off = np.abs(shown.astype(np.int16) - picture[..., :3])
    assert off.mean() < 20, "colours are those that went in, but for noise in 4:2:0"


@pytest.mark.parametrize("encoder", [vp9.Vp9Encoder, PyAvEncoder])
def test_a_size_that_cannot_be_is_a_named_error(encoder: type[vp9.Vp9Encoder | PyAvEncoder]) -> None:
    with pytest.raises(vp9.VideoEncodeError, match="tiles instead"):
        encoder((70_000, 16), RATE)


def test_encoders_that_are_done_leave_no_memory_behind() -> None:
    picture = playing(640, 368)[0]

    def some(count: int) -> int:
        for _ in range(count):
            vp9.Vp9Encoder((640, 368), RATE).encode(picture, 1)
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = some(5)
    assert some(20) - before < 20_000, "kB; one encoder takes more than 5 MB"


def test_where_the_libraries_are_not_pyav_encodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vp9, "_libraries", lambda: None)  # as where PyAV comes without them
    with pytest.raises(vp9.VideoEncodeError):
        vp9.Vp9Encoder((32, 32), RATE)
    writer = VideoWriter(32, 32)
    assert VideoReader(32, 32).read(writer.write(playing(32, 32)[0], RATE, 0.0)).shape == (32, 32, 3)
    monkeypatch.setitem(sys.modules, "codec.picture.vp9_pyav", None)
    with pytest.raises(vp9.VideoEncodeError, match="tiles instead"):
        VideoWriter(32, 32).write(playing(32, 32)[0], RATE, 0.0)
