"""Pictures kept so that each can be shown at once: whole ones now and then, between them the tiles that changed. Pure.

A decoder can only go forward, and from a key: through three minutes of a session that takes seconds. So what it shows
is kept once more, compressed, in parts that follow the keys; the parts that were not looked at for longest go first.
"""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import zstandard

from codec.picture.diff import Flags, Frame, words_of
from codec.picture.geometry import TILE, Grid
from codec.recording.changes import Changes

MOST_CHANGES = 48
"""A whole picture is kept after so many, or after so many tiles as two pictures have: applying them takes 20 ms."""
MOST_BYTES = 384 << 20
LEVEL = 1


@dataclass(frozen=True)
class _Change:
    flags: bytes
    tiles: bytes
    count: int


class Stretch:
    """The pictures from one key to the next, all of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.times: list[int] = []
        """When each picture begins, rising."""
        self.bytes = 0
        self._changes = Changes(self.grid)
        self._kept: list[_Change] = []
        self._whole: dict[int, bytes] = {}
        self._since = (0, 0)
        """Changes and tiles since the last whole picture."""
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        self._cursor: tuple[int, Frame] | None = None

    def add(self, time: int, frame: Frame, touched: Flags | None = None) -> None:
        """Keep a picture, (height, width, 4) BGRX, as the next one; one that is known to be equal is left out.

        `touched` are the tiles that may have changed, where that is known: to find them takes longer than all else.
        """
        picture = self._changes.pad(frame)
        flags = self._changes.changed(picture) if touched is None or not self.times else touched
        count = int(np.count_nonzero(flags))
        if self.times and count == 0:
            return
        tiles = self._tiles(picture, flags)
        view = words_of(self._changes.shown).reshape(self.grid.rows, TILE, self.grid.columns, TILE).swapaxes(1, 2)
        view[flags] = tiles
        change = _Change(np.packbits(flags).tobytes(), self._compressor.compress(tiles.tobytes()), count)
        self._kept.append(change)
        self.times.append(time)
        self.bytes += len(change.flags) + len(change.tiles)
        self._since = self._since[0] + 1, self._since[1] + count
        if not self._whole or self._since[0] >= MOST_CHANGES or self._since[1] >= 2 * self.grid.tiles:
            whole = self._compressor.compress(self._changes.shown.tobytes())
            self._whole[len(self._kept) - 1], self._since = whole, (0, 0)
            self.bytes += len(whole)

    def at(self, time: int) -> Frame | None:
        """Return the picture that is seen at a time, lent until the next call; None before the first."""
        number = bisect_right(self.times, time) - 1
        if number < 0:
            return None
        shown, picture = self._from(number)
        for each in self._kept[shown + 1 : number + 1]:
            self._apply(each, picture)
        self._cursor = number, picture
        return picture[: self.grid.height, : self.grid.width]

    def rest(self) -> None:
        """Let go of what only serves the viewer who is here now."""
        self._cursor = None

    def _from(self, number: int) -> tuple[int, Frame]:
        """Return the nearest picture before this one that is at hand, and its number."""
        whole = max(each for each in self._whole if each <= number)
        if self._cursor is not None and whole <= self._cursor[0] <= number:
            return self._cursor
        raw = zstandard.ZstdDecompressor().decompress(self._whole[whole])
        return whole, np.frombuffer(bytearray(raw), np.uint8).reshape(*self.grid.padded, 4)

    def _apply(self, change: _Change, picture: Frame) -> None:
        grid = self.grid
        bits = np.unpackbits(np.frombuffer(change.flags, np.uint8), count=grid.tiles)
        flags = bits.astype(np.bool_).reshape(grid.rows, grid.columns)
        raw = zstandard.ZstdDecompressor().decompress(change.tiles)
        tiles = np.frombuffer(raw, np.uint32).reshape(change.count, TILE, TILE)
        words_of(picture).reshape(grid.rows, TILE, grid.columns, TILE).swapaxes(1, 2)[flags] = tiles

    def _tiles(self, picture: Frame, flags: Flags) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]":
        """Return the tiles that changed; rows that the lower edge cuts are filled up."""
        whole, columns = self.grid.height // TILE, self.grid.columns
        lines = words_of(picture[: whole * TILE])
        above = lines.reshape(whole, TILE, columns, TILE).swapaxes(1, 2)[flags[:whole]]
        if whole == self.grid.rows:
            return above
        last = np.zeros((TILE, columns * TILE, 4), np.uint8)
        last[: self.grid.height - whole * TILE] = picture[whole * TILE :]
        below = words_of(last).reshape(1, TILE, columns, TILE).swapaxes(1, 2)[flags[whole:]]
        return np.concatenate([above, below])


class FrameCache:
    """Stretches by number. Beyond `most` bytes those go that were not asked for longest, but two always stay.

    Otherwise what comes next would drive out what is being looked at.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[int, Stretch] = OrderedDict()

    @property
    def bytes(self) -> int:
        """What all stretches take."""
        return sum(each.bytes for each in self._kept.values())

    @property
    def has_room(self) -> bool:
        """Whether another stretch can be kept without letting go of one."""
        return self.bytes < self._most * 3 // 4

    def __contains__(self, number: int) -> bool:
        return number in self._kept

    def get(self, number: int) -> Stretch | None:
        """Return a stretch, None where it is not kept."""
        if number in self._kept:
            self._kept.move_to_end(number)
        return self._kept.get(number)

    def put(self, number: int, stretch: Stretch) -> None:
        """Keep a stretch that is whole."""
        self._kept[number] = stretch
        while len(self._kept) > 2 and self.bytes > self._most:
            self._kept.popitem(last=False)
