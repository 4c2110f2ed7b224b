"""A screen into bytes: what only moved, then the tiles that changed, through one zstd stream.

Method: codec/scene finds the changed tiles and explains as many as it can by moves of the last picture; what is left is
written tile by tile (codec/tiles). One stream for all, flushed at each picture, so that whatever was seen in the last
8 MiB costs next to nothing when it comes again. Without an allowance that is all, and every pixel is exact.

With one, photographs that would take longer than the line allows are written roughly (codec/rough) and made exact when
they are quiet and the line has room; text never is rough. What keeps changing like a film is a film (codec/film) until
it stops. Everything is written as it is, never as a difference to what came before, so nothing rough leaves a trace.

Memory: three pictures, an eighth of one for comparing, one packet, zstd's 8 MiB window and its tables.
"""

import numpy as np
import zstandard

from codec.activity import Activity
from codec.allowance import Allowance
from codec.diff import Flags, Frame
from codec.economy import Economy
from codec.errors import DesksideError
from codec.film import FilmWriter
from codec.geometry import TILE, Grid
from codec.layers import Box, within
from codec.packet import WINDOW_LOG, FilmPart, Head, pack_moves
from codec.scene import Scene
from codec.tiles import PHOTO, write_tiles
from codec.update import Update

FILM_STEP = 255
"""What a film leaves behind is the roughest debt."""


class BadFrameError(DesksideError):
    """A picture does not have the size that this encoder was made for. Make a new encoder for the new size."""


class Encoder:
    """Turns pictures of one display into packets; a `Decoder` that gets all of them shows the same pixels.

    One encoder serves one viewer of one display at one size. After `refresh`, or when made anew, its next packet stands
    alone.
    """

    def __init__(self, width: int, height: int) -> None:
        """Raises ValueError when the size is outside what a packet can say."""
        self._grid = Grid(width, height)
        self._scene = Scene(self._grid)
        self._economy = Economy(self._grid)
        self._activity = Activity(self._grid)
        self._film: FilmWriter | None = None
        self._film_box: Box | None = None
        self._key = True
        self._stream = _new_stream()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures that it takes, in pixels."""
        return self._grid.width, self._grid.height

    @property
    def owes(self) -> bool:
        """Whether something is shown only roughly: `encode` again, also when nothing has changed."""
        return bool(self._economy.debt)

    def refresh(self) -> None:
        """Make the next packet a key: it needs nothing that came before."""
        self._scene.forget()
        self._economy.debt.forget()
        self._activity.end()
        self._film = self._film_box = None
        self._key = True
        self._stream = _new_stream()

    def encode(self, frame: Frame, allowance: Allowance | None = None, top: int = 0) -> bytes | None:
        """Return the packet that turns the last picture into `frame`, (height, width, 4) uint8 BGRX; None if equal.

        Without `allowance` the viewer shows it exactly. With one, photographs and films are shown as well as it allows;
        call again while `owes`. `frame` is not kept.

        Where it is known that all else is as it was, `frame` may be the lines from `top` on alone, from the edge of a
        tile to another (see Grid.whole); not for a key. Raises BadFrameError when its shape, type or place is wrong.
        """
        self._check(frame, top)
        changed = self._scene.see(frame, top)
        if not (self._key or self.owes or changed.any()):
            return None
        moves = [] if self._key else self._scene.move(changed, self._economy.debt.move)
        tiles, shown = self._scene.settle(changed)
        known = (self._economy.debt.steps[changed] == 0) & (not self._key and shown is not None)
        update = Update(changed, tiles, tiles if shown is None else shown, known)
        film, step = None, 0
        if allowance is None:
            self._economy.pay_everything(update, self._scene)
        else:
            film = self._show_film(update, allowance)
            spent = 0 if film is None else len(film.packet)
            step = self._economy.spend(update, self._scene, allowance, self._playing(), spent)
        if not (self._key or moves or film or len(update)):
            return None
        return self._packet(pack_moves(moves), update, step, film)

    def _packet(self, moves: bytes, update: Update, step: int, film: FilmPart | None) -> bytes:
        bits = np.packbits(update.flags, bitorder="little").tobytes()
        raw = moves + bits + write_tiles(update.tiles, update.kinds, update.shown, step)
        head = Head(self._key, self._grid, len(raw), film)
        self._key = False
        compressed: bytes = self._stream.compress(raw) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        self._economy.costs.learn(update.kinds, step, len(compressed))
        return head.pack() + compressed

    def _show_film(self, update: Update, allowance: Allowance) -> FilmPart | None:
        """Take what plays out of the update; return the film's next packet where it changed."""
        like_photographs = np.zeros_like(update.flags)
        like_photographs[update.flags] = update.kinds == PHOTO
        self._activity.note(update.flags, like_photographs, allowance.now)
        box = self._activity.film if allowance.films else None
        if box != self._film_box:
            self._film_box = box
            self._film = None if box is None else FilmWriter((box[3] - box[1]) * TILE, (box[2] - box[0]) * TILE)
        if box is None or self._film is None or not update.flags[within(box)].any():
            return None
        update.leave_out(box)
        self._economy.debt.owe(self._playing(), FILM_STEP, allowance.now)
        top, left, bottom, right = (side * TILE for side in box)
        packet = self._film.write(self._scene.now[top:bottom, left:right], allowance.bytes_per_second, allowance.now)
        return FilmPart(left, top, right - left, bottom - top, packet, self._film.anew)

    def _playing(self) -> Flags:
        """Return the tiles in which a film plays."""
        playing = np.zeros((self._grid.rows, self._grid.columns), np.bool_)
        if self._film_box is not None:
            playing[within(self._film_box)] = True
        return playing

    def _check(self, frame: Frame, top: int) -> None:
        if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8:
            raise BadFrameError(f"expected a picture of uint8, not {getattr(frame, 'dtype', type(frame).__name__)}")
        lines, all_lines = (top, top + len(frame)), (0, self._grid.height)
        fits = lines == (all_lines if self._key else self._grid.whole(lines)) and top >= 0
        if not fits or frame.shape[1:] != (self._grid.width, 4):
            expected = (self._grid.height, self._grid.width, 4)
            raise BadFrameError(f"expected a picture of {expected}, or whole tiles of it, not {frame.shape} at {top}")


def _new_stream() -> "zstandard.ZstdCompressionObj":
    # Level 1 alone forgets soon where it has seen something: a page flipped back would cost as much as the first time.
    parameters = zstandard.ZstdCompressionParameters.from_level(
        1, window_log=WINDOW_LOG, enable_ldm=True, ldm_min_match=32
    )
    return zstandard.ZstdCompressor(compression_params=parameters).compressobj()
