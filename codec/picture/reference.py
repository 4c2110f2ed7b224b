"""What the viewer shows, beside what the screen shows now: which tiles differ, and which of those only moved.

The moves that are found are carried out here exactly as the decoder will, so what is left in `changed` afterwards is
all that must be written. Only the box around everything that changed is copied and looked at.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import COLOURS, Flags, Frame, TileDiff, tiles_of, words_of
from codec.picture.geometry import TILE, Box, Grid, covering, within
from codec.picture.motion import MIN_TILES, Found, find_move
from codec.picture.packet import MAX_MOVES
from codec.picture.save_under import Move, SaveUnder

MANY = 4
"""From a quarter of the tiles between them on, copying everything is quicker than copying what changed."""
RECENT = 6
WORTH = 4
"""Another move is looked for while more than a quarter of what had changed is unexplained."""


class Reference:
    """Two pictures of one size, padded to whole tiles, and what is known to lie under moved rectangles."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._diff = TileDiff(grid)
        self._shown = np.zeros((*grid.padded, 4), np.uint8)
        self._now = np.zeros_like(self._shown)
        self._layers = SaveUnder(words_of(self._shown))
        self._recent: list[tuple[int, int]] = []

    def forget(self) -> None:
        """The viewer shows black."""
        self._shown[:] = 0
        self._layers.under[:] = 0

    @property
    def now(self) -> Frame:
        """What the screen showed last, padded to whole tiles."""
        return self._now

    def see(self, frame: Frame, top: int = 0) -> Flags:
        """Take what the screen shows now, (height, width, 4) uint8; return which tiles may differ from the viewer's.

        `frame` may be only the lines from `top` on that changed, whole tiles: the others are as they were.
        """
        lines = slice(top, top + len(frame))
        changed = np.zeros((self._grid.rows, self._grid.columns), np.bool_)
        changed[top // TILE : -(-lines.stop // TILE)] = self._see(frame, self._shown[lines], self._now[lines])
        return changed

    def _see(self, frame: Frame, shown: Frame, now: Frame) -> Flags:
        width = self._grid.width
        if self._grid.padded[1] != width:
            now[:, :width] = frame
            return self._diff.changed(shown, now)
        frame = np.ascontiguousarray(frame)
        changed = self._diff.changed(shown, frame)
        if changed.any():
            area = within(_pixels(_around(changed), len(frame)))
            now[area] = frame[area]
        return changed

    def move(self, changed: Flags, moved: Callable[[Move], None]) -> list[Move]:
        """Carry out what only moved, and return it; `changed` is what is left. `moved` hears of each beforehand."""
        moves: list[Move] = []
        least = max(int(np.count_nonzero(changed)) // WORTH, MIN_TILES)
        while len(moves) < MAX_MOVES and int(np.count_nonzero(changed)) > least:
            found = self._find(changed)
            if found is None:
                break
            moved(found.move)
            moves.append(found.move)
            self._layers.apply(found.move)
            self._look_again(changed, found)
        return moves

    def settle(self, changed: Flags) -> tuple[NDArray[np.uint32], NDArray[np.uint32] | None]:
        """The viewer will show these tiles as they are now: return them, and what he showed before.

        Both are (count, 16, 16) words with the highest byte zero. `changed` loses the tiles that are equal after all.
        Of very many tiles only what they are now is returned: nearly all of each changes then.
        """
        now, shown = tiles_of(words_of(self._now), self._grid), tiles_of(words_of(self._shown), self._grid)
        if changed.all():
            self._keep(changed, changed.size)
            return np.bitwise_and(now, COLOURS, order="C").reshape(-1, TILE, TILE), None
        new = now[changed]
        new &= COLOURS
        if len(new) * MANY > changed.size:
            self._keep(changed, len(new))
            return new, None
        old = shown[changed]
        old &= COLOURS
        self._keep(changed, len(new))
        differ = (new != old).any(axis=(1, 2))
        if not differ.all():
            changed[changed] = differ
            new, old = new[differ], old[differ]
        return new, old

    def _keep(self, changed: Flags, count: int) -> None:
        """Remember that the viewer will show these `count` tiles as they are now."""
        if count == 0:
            return
        box = _around(changed)
        if count * MANY > (box[2] - box[0]) * (box[3] - box[1]):
            area = within(_pixels(box, self._grid.rows * TILE))
            self._shown[area] = self._now[area]
            return
        now, shown = tiles_of(words_of(self._now), self._grid), tiles_of(words_of(self._shown), self._grid)
        shown[changed] = now[changed]

    def tiles(self, which: Flags) -> NDArray[np.uint32]:
        """Return what the viewer should show in these tiles, (count, 16, 16) words with the highest byte zero."""
        return tiles_of(words_of(self._shown), self._grid)[which] & COLOURS

    def _find(self, changed: Flags) -> Found | None:
        """Return the move that explains most of what changed, in pixels of the whole picture."""
        box = _around(changed)
        area = within(_pixels(box, self._grid.rows * TILE))
        before, after = words_of(self._shown)[area], words_of(self._now)[area]
        found = find_move(before, after, changed[within(box)], self._recent)
        if found is None:
            return None
        vector = (found.move.dx, found.move.dy)
        self._recent = [vector, *(each for each in self._recent if each != vector)][:RECENT]
        move = replace(found.move, x=found.move.x + box[1] * TILE, y=found.move.y + box[0] * TILE)
        move = replace(move, restores=self._layers.may_restore(move, words_of(self._now)))
        holds = np.zeros_like(changed)
        holds[within(box)] = found.holds
        return Found(move, holds)

    def _look_again(self, changed: Flags, found: Found) -> None:
        """Say again which tiles differ. Inside the move its proof knows; edges and what it uncovers are looked at."""
        move = found.move
        top, left, bottom, right = covering(move.target)
        inner = (-(-move.y // TILE), -(-move.x // TILE), (move.y + move.height) // TILE, (move.x + move.width) // TILE)
        again = np.zeros_like(changed)
        again[top:bottom, left:right] = True
        if move.restores:
            for part in move.uncovers:
                top, left, bottom, right = covering(part)
                again[top:bottom, left:right] = True
        if inner[0] < inner[2] and inner[1] < inner[3]:
            inside = np.s_[inner[0] : inner[2], inner[1] : inner[3]]
            changed[inside] = ~found.holds[inside]
            again[inside] = False
        now, shown = tiles_of(words_of(self._now), self._grid), tiles_of(words_of(self._shown), self._grid)
        changed[again] = (now[again] != shown[again]).any(axis=(1, 2))


def _around(changed: Flags) -> Box:
    """Return the smallest box of tiles with everything that changed."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _pixels(box: Box, height: int) -> Box:
    """Return the pixels of a box of tiles, down to `height`."""
    return box[0] * TILE, box[1] * TILE, min(box[2] * TILE, height), box[3] * TILE
