"""Recorded desktops: films whose decoded pictures are the truth, and how they are read and written."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from codec.picture.diff import Frame

RATE = 20
"""Pictures a second of every clip."""


def pictures(clip: Path) -> Iterator[Frame]:
    """Yield a clip's pictures as a screen delivers them, (height, width, 4) uint8 BGRX."""
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            colours = frame.to_ndarray(format="bgr24")
            picture = np.zeros((*colours.shape[:2], 4), np.uint8)
            picture[..., :3] = colours
            yield picture


def write(clip: Path, frames: Iterable[Frame]) -> int:
    """Keep pictures in a new file without loss (H.264 in RGB, qp 0) and return how many they were.

    H.264 and not FFV1, because most pictures of a desktop equal the one before: FFV1 writes each of them anew.
    """
    with av.open(str(clip), "w") as container:
        stream, count = None, 0
        for frame in frames:
            if stream is None:
                stream = container.add_stream("libx264rgb", rate=Fraction(RATE))
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt = "bgr24"
                stream.options = {"preset": "veryfast", "qp": "0"}
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[..., :3]), format="bgr24")
            container.mux(stream.encode(shown))
            count += 1
        if stream is not None:
            container.mux(stream.encode())
    return count
