"""The picture as an encoder of FFmpeg wants it: only the rows that changed are converted.

To convert a whole picture of 1080p takes longer than to encode it when little changed. At the edge of such rows the
colour of a pixel may be mixed without its neighbour beyond, which cannot be seen in pictures that are lossy anyway.
"""

from collections.abc import Iterable

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from codec.picture.diff import Frame
from codec.picture.geometry import TILE, Grid
from codec.recording.changes import Changes

BLOCK = 64
"""Rows that are converted at a time: whole tiles, and few enough to convert little that did not change."""


class Canvas:
    """Holds the latest picture in the layout that `pixels` names (FFmpeg's pixel formats)."""

    def __init__(self, width: int, height: int, pixels: str) -> None:
        even = 2 if "420" in pixels else 1
        self.width, self.height = -(-width // even) * even, -(-height // even) * even
        self.given = av.VideoFrame(self.width, self.height, pixels)
        self._grid = Grid(width, height)
        self._changes = Changes(self._grid)
        self._is_new = True
        self._converters: dict[int, VideoReformatter] = {}
        """One for each height of a block: making one takes longer than to convert a block with it."""

    def show(self, frame: Frame, rows: Iterable[range] | None = None) -> None:
        """Take over what changed; where it is known, only these rows of pixels are looked at."""
        if self._is_new:
            rows, self._is_new = [range(self._grid.height)], False
        if rows is None:
            changed = self._changes.changed(self._changes.pad(frame)).any(axis=1)
            blocks = set((np.flatnonzero(changed) * TILE // BLOCK).tolist())
        else:
            blocks = {block for each in rows for block in range(each.start // BLOCK, -(-each.stop // BLOCK))}
        for first, last in _runs(sorted(blocks)):
            self._take(frame, first * BLOCK, min((last + 1) * BLOCK, self._grid.height))

    def _take(self, frame: Frame, top: int, bottom: int) -> None:
        shown, width, height = self._changes.shown, self._grid.width, self._grid.height
        shown[top:bottom, :width] = frame[top:bottom]
        if bottom == height < self.height:
            shown[bottom, :width], bottom = frame[-1], self.height
        if width < self.width:
            shown[top:bottom, width] = shown[top:bottom, width - 1]
        convert = self._converters.get(bottom - top)
        if convert is None:
            convert = self._converters[bottom - top] = VideoReformatter()
        block = av.VideoFrame.from_numpy_buffer(shown[top:bottom], format="bgra", width=self.width)
        made = convert.reformat(block, format=self.given.format.name, threads=1)
        for target, source in zip(self.given.planes, made.planes, strict=True):
            lines = _lines(source)
            begins = top * target.height // self.height
            _lines(target)[begins : begins + len(lines), : lines.shape[1]] = lines


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return the first and last of each row of numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _lines(plane: VideoPlane) -> NDArray[np.uint8]:
    """View a plane as (height, bytes of a line)."""
    content: NDArray[np.uint8] = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]  # it is a buffer
    return content.reshape(plane.height, plane.line_size)
