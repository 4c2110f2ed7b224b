"""Pictures as a camera makes them, made of numbers: a photograph for a wall, and a film. One seed, one picture."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Frame

Field = NDArray[np.floating[Any]]
COARSEST, FINEST = 256, 4
GRAIN = 3.0
"""What a camera's sensor adds to every pixel, as a standard deviation of 256 levels."""
FILM_RATE = 25
HILLS = (0.45, 0.6, 0.78)
_PAN, _REACH = 3, 400


def photograph(width: int, height: int, seed: int = 7) -> Frame:
    """Return a landscape, (height, width, 4) uint8 BGRX: a sky, hills with hard edges one before the other, grain."""
    random = np.random.default_rng(seed)
    picture = np.empty((height, width, 3), np.float32)
    sky = np.linspace(210, 120, height, dtype=np.float32)[:, None]
    for colour, warmth in enumerate((1.1, 0.95, 0.8)):
        picture[..., colour] = sky * warmth
    picture += _cloud(width, height, random)[..., None] * 60
    rows = np.arange(height, dtype=np.float32)[:, None]
    for number, top in enumerate(HILLS):
        edge = height * top + _cloud(width, 1, random)[0] * height * 0.25
        hill = rows > edge[None, :]
        texture = _cloud(width, height, random) * (60 + 40 * number)
        for colour, shade in enumerate((70.0, 105.0 - 15 * number, 90.0 - 25 * number)):
            picture[..., colour][hill] = (shade + texture)[hill]
    picture += random.normal(0, GRAIN, picture.shape).astype(np.float32)
    whole = np.zeros((height, width, 4), np.uint8)
    whole[..., :3] = picture.clip(0, 255)
    return whole


def film(width: int, height: int, count: int, seed: int = 11) -> Iterator[Frame]:
    """Yield the pictures of a film: a camera that pans over a landscape, something that flies, and fresh grain."""
    random = np.random.default_rng(seed)
    scenery = photograph(width + _REACH, height + _REACH, seed)[..., :3].astype(np.float32)
    rows, columns = np.ogrid[:height, :width]
    for number in range(count):
        turn = number / FILM_RATE
        x = int(_REACH / 2 * (1 + np.sin(turn / _PAN)))
        y = int(_REACH / 2 * (1 + np.cos(turn / _PAN * 1.3)))
        shown = scenery[y : y + height, x : x + width].copy()
        across = width * (0.5 + 0.4 * np.sin(turn * 1.7))
        down = height * (0.4 + 0.25 * np.cos(turn * 2.3))
        ball = (columns - across) ** 2 + (rows - down) ** 2 < (height / 9) ** 2
        shown[ball] = (40, 60, 200)
        shown += random.normal(0, GRAIN, shown.shape).astype(np.float32)
        picture = np.zeros((height, width, 4), np.uint8)
        picture[..., :3] = shown.clip(0, 255)
        yield picture


def write_png(file: Path, picture: Frame) -> None:
    """Keep a picture where a browser finds it."""
    height, width = picture.shape[:2]
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "rgb24"
    encoder.time_base = Fraction(1, 1)
    colours = np.ascontiguousarray(picture[..., 2::-1])
    frame = av.VideoFrame.from_ndarray(colours, format="rgb24")
    file.write_bytes(b"".join(bytes(packet) for packet in encoder.encode(frame)))


def write_webm(file: Path, frames: Iterator[Frame]) -> None:
    """Keep a film as a web page would show it: VP8, three megabits a second."""
    with av.open(str(file), "w") as container:
        stream = None
        for picture in frames:
            if stream is None:
                stream = container.add_stream("libvpx", rate=FILM_RATE)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt, stream.bit_rate = "yuv420p", 3_000_000
                stream.options = {"deadline": "realtime", "cpu-used": "8"}
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgra")
            container.mux(stream.encode(shown.reformat(format="yuv420p")))
        if stream is not None:
            container.mux(stream.encode())


def _cloud(width: int, height: int, random: np.random.Generator) -> Field:
    """Return noise whose waves are as strong as they are long, about -0.5 to 0.5, as nature has it."""
    whole = np.zeros((height, width), np.float32)
    cell = COARSEST
    while cell >= FINEST:
        whole += _waves(width, height, cell, random) * (cell / COARSEST) ** 0.8
        cell //= 2
    return whole / 2


def _waves(width: int, height: int, cell: int, random: np.random.Generator) -> Field:
    """Return random values at every `cell` pixels, -0.5 to 0.5, and what lies between them."""
    coarse = random.random((height // cell + 2, width // cell + 2), np.float32) - np.float32(0.5)
    top, down = _between(height, cell)
    left, across = _between(width, cell)
    rows = coarse[top] * (1 - down)[:, None] + coarse[top + 1] * down[:, None]
    waves: Field = rows[:, left] * (1 - across) + rows[:, left + 1] * across
    return waves


def _between(length: int, cell: int) -> tuple[NDArray[np.int64], Field]:
    places = np.arange(length)
    part = (places % cell / cell).astype(np.float32)
    smooth: Field = part * part * (3 - 2 * part)
    return places // cell, smooth
