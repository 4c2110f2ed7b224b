"""What the viewer shows, beside what the screen shows now: which tiles differ, and which of those only moved.

The moves that are found are carried out here exactly as the decoder will, so what is left in `changed` afterwards is
all that must be written. Only the box around everything that changed is looked at, and what the screen shows is used
where it was read: memory is what takes the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from codec.picture.capture import Capture, line_places, lines_of, picked
from codec.picture.diff import COLOURS, Flags, Frame, TileDiff, words_of
from codec.picture.geometry import TILE, Box, Grid, covering, within
from codec.picture.motion import MIN_TILES, Found, find_known_move, find_move
from codec.picture.packet import MAX_MOVES
from codec.picture.save_under import Move, SaveUnder

MANY = 4
"""From a quarter of the tiles between them on, copying everything is quicker than copying what changed."""
RECENT = 6
WORTH = 4
"""Another move is looked for while more than a quarter of what had changed is unexplained."""


class Reference:
    """What the viewer shows, padded to whole tiles, and what is known to lie under moved rectangles."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._diff = TileDiff(grid)
        self._shown = np.empty((*grid.padded, 4), np.uint8)
        self._shown[:] = 0  # and not np.zeros, whose memory is in small pages: a sixth slower to compare
        self._lines = lines_of(words_of(self._shown))
        self._padded: Frame | None = None
        self._capture: Capture | None = None
        self._layers = SaveUnder(words_of(self._shown))
        self._recent: list[tuple[int, int]] = []

    def forget(self) -> None:
        """The viewer shows black."""
        self._shown[:] = 0
        self._layers.under[:] = 0

    @property
    def shown(self) -> Frame:
        """What the viewer should show, padded to whole tiles."""
        return self._shown

    def see(self, frame: Frame, top: int = 0) -> Flags:
        """Take what the screen shows now, (height, width, 4) uint8; return which tiles may differ from the viewer's.

        `frame` may be only the lines from `top` on that changed, whole tiles: the others are as they were. It is used
        until these tiles are settled.
        """
        stop = top + len(frame)
        is_whole = self._grid.padded[1] == self._grid.width
        frame = np.ascontiguousarray(frame) if is_whole else self._widened(frame)
        changed = np.zeros((self._grid.rows, self._grid.columns), np.bool_)
        changed[top // TILE : -(-stop // TILE)] = self._diff.changed(self._shown[top:stop], frame)
        self._capture = Capture(frame, top, self._grid) if changed.any() else None
        return changed

    def _widened(self, frame: Frame) -> Frame:
        """Return a copy as wide as whole tiles."""
        if self._padded is None:
            self._padded = np.zeros((self._grid.height, self._grid.padded[1], 4), np.uint8)
        widened = self._padded[: len(frame)]
        widened[:, : self._grid.width] = frame
        return widened

    def move(
        self,
        changed: Flags,
        moved: Callable[[Move], None] | None = None,
        vectors: Sequence[tuple[int, int]] | None = None,
    ) -> list[Move]:
        """Carry out what only moved, and return it; `changed` is what is left. `moved` hears of each beforehand.

        Where there are `vectors`, nothing else is looked for.
        """
        moves: list[Move] = []
        least = max(int(np.count_nonzero(changed)) // WORTH, MIN_TILES)
        while self._capture and len(moves) < MAX_MOVES and int(np.count_nonzero(changed)) > least:
            found = self._find(changed, self._capture, vectors)
            if found is None:
                break
            if moved is not None:
                moved(found.move)
            moves.append(found.move)
            self._layers.apply(found.move)
            self._look_again(changed, found, self._capture)
        return moves

    def settle(self, changed: Flags) -> tuple[NDArray[np.uint32], NDArray[np.uint32] | None]:
        """The viewer will show these tiles as they are now: return them, and what he showed before.

        Both are (count, 16, 16) words with the highest byte zero. `changed` loses the tiles that are equal after all.
        Of very many tiles only what they are now is returned: nearly all of each changes then.
        """
        capture, self._capture = self._capture, None
        rows, columns = np.nonzero(changed)
        if capture is None or len(rows) == 0:
            nothing = np.empty((0, TILE, TILE), np.uint32)
            return nothing, nothing
        new = capture.tiles(rows, columns)
        if len(rows) * MANY > changed.size:
            self._keep_box(capture, changed)
            new &= COLOURS
            return new, None
        places = line_places(rows, columns, self._grid)
        old = picked(self._lines, places)
        if len(rows) * MANY > _size(_around(changed)):
            self._keep_box(capture, changed)
        else:
            self._lines[places] = lines_of(new.reshape(-1, TILE)).reshape(places.shape)
        new &= COLOURS
        old &= COLOURS
        differ = (new != old).any(axis=(1, 2))
        if not differ.all():
            changed[rows, columns] = differ
            new, old = new[differ], old[differ]
        return new, old

    def _keep_box(self, capture: Capture, changed: Flags) -> None:
        """Remember that the viewer will show what is in the box around these tiles as it is now."""
        top, left, bottom, right = _pixels(_around(changed), self._grid.padded[0])
        area = capture.area((top, left, bottom, right))
        words = words_of(self._shown)
        words[top : top + len(area), left:right] = area
        words[top + len(area) : bottom, left:right] = 0

    def tiles(self, which: Flags) -> NDArray[np.uint32]:
        """Return what the viewer should show in these tiles, (count, 16, 16) words with the highest byte zero."""
        rows, columns = np.nonzero(which)
        return picked(self._lines, line_places(rows, columns, self._grid)) & COLOURS

    def _find(self, changed: Flags, capture: Capture, vectors: Sequence[tuple[int, int]] | None) -> Found | None:
        """Return the move that explains most of what changed, in pixels of the whole picture."""
        box = _around(changed)
        area = _pixels(box, self._grid.padded[0])
        before, after = words_of(self._shown)[within(area)], capture.area(area)
        if vectors is None:
            found = find_move(before, after, changed[within(box)], self._recent)
        else:
            found = find_known_move(before, after, changed[within(box)], vectors)
        if found is None:
            return None
        vector = (found.move.dx, found.move.dy)
        self._recent = [vector, *(each for each in self._recent if each != vector)][:RECENT]
        move = replace(found.move, x=found.move.x + box[1] * TILE, y=found.move.y + box[0] * TILE)
        move = replace(move, restores=self._layers.may_restore(move, capture.area))
        holds = np.zeros_like(changed)
        holds[within(box)] = found.holds
        return Found(move, holds)

    def _look_again(self, changed: Flags, found: Found, capture: Capture) -> None:
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
        rows, columns = np.nonzero(again)
        shown = picked(self._lines, line_places(rows, columns, self._grid))
        changed[rows, columns] = (capture.tiles(rows, columns) != shown).any(axis=(1, 2))


def _around(changed: Flags) -> Box:
    """Return the smallest box of tiles with everything that changed."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _size(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _pixels(box: Box, height: int) -> Box:
    """Return the pixels of a box of tiles, down to `height`."""
    return box[0] * TILE, box[1] * TILE, min(box[2] * TILE, height), box[3] * TILE
