"""A screen into bytes: what only moved, then the tiles that changed, through one zstd stream.

Method: `reference` finds the changed tiles and explains as many as it can by moves of the last picture; what is left is
written tile by tile (`tiles`). One stream for all, flushed at each picture, so that whatever was seen in the last 8 MiB
costs next to nothing when it comes again. Without a budget that is all, and every pixel is exact.

With one, photographs that would take longer than the line allows are written lossy (`lossy`) and made exact when they
are quiet and the line has room; text never is lossy. What keeps changing, as a film does, is a video (`video`) until it
stops. Everything is written as it is, never as a difference to what came before, so nothing lossy leaves a trace.

Memory: two pictures (three where tiles do not fill the width), an eighth of one for comparing, one packet, zstd's 8 MiB
window and its tables.
"""

import logging

import numpy as np

from codec.errors import DesksideError
from codec.picture.diff import Flags, Frame
from codec.picture.geometry import TILE, Box, Grid, within
from codec.picture.packet import OLDEST_VERSION, VERSION, PacketHeader, VideoPart, pack_marks, pack_moves
from codec.picture.rate.picture_budget import PictureBudget
from codec.picture.rate.rate_control import RateControl
from codec.picture.reference import Reference
from codec.picture.stream import PictureStream
from codec.picture.tiles import PHOTO, tile_parts
from codec.picture.update import Update, kinds_in_version
from codec.picture.video import VideoWriter
from codec.picture.video_detection import VideoDetector
from codec.picture.vp9 import VideoEncodeError

_log = logging.getLogger(__name__)
VIDEO_STEP = 255
"""What a video leaves behind is the coarsest step."""


class BadFrameError(DesksideError):
    """A picture does not have the size that this encoder was made for. Make a new encoder for the new size."""


class Encoder:
    """Turns pictures of one display into packets; a `Decoder` that gets all of them shows the same pixels.

    One encoder serves one viewer of one display at one size. Its first packet and the one after `refresh` need nothing
    that came before.
    """

    def __init__(self, width: int, height: int, version: int = VERSION) -> None:
        """Raises ValueError when the size is outside what a packet can say, or the packets' `version` is not known."""
        if not OLDEST_VERSION <= version <= VERSION:
            raise ValueError(f"packets of version {version} are not known")
        self._version = version
        self._grid = Grid(width, height)
        self._reference = Reference(self._grid)
        self._rate_control = RateControl(self._grid)
        self._video_detector = VideoDetector(self._grid)
        self._video: VideoWriter | None = None
        self._video_box: Box | None = None
        self._can_show_videos = True
        self._key = True
        self._stream = PictureStream()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures that it takes, in pixels."""
        return self._grid.width, self._grid.height

    @property
    def has_lossy(self) -> bool:
        """Whether any tile is shown lossy: `encode` again, also when nothing has changed."""
        return bool(self._rate_control.refinement)

    def refresh(self) -> None:
        """Make the next packet a key: it needs nothing that came before."""
        self._reference.forget()
        self._rate_control.refinement.forget()
        self._video_detector.end()
        self._video = self._video_box = None
        self._can_show_videos = True
        self._key = True
        self._stream.restart()

    def encode(self, frame: Frame, budget: PictureBudget | None = None, top: int = 0) -> bytes | None:
        """Return the packet that turns the last picture into `frame`, (height, width, 4) uint8 BGRX; None if equal.

        Without `budget` the viewer shows it exactly. With one, photographs and videos are shown as well as it allows;
        call again while `has_lossy`. `frame` is not kept.

        Where it is known that all else is as it was, `frame` may be the lines from `top` on alone, from the edge of a
        tile to another (see Grid.whole); not for a key. Raises BadFrameError when its shape, type or place is wrong.
        """
        self._check(frame, top)
        changed = self._reference.see(frame, top)
        if not (self._key or self.has_lossy or changed.any()):
            return None
        moves = [] if self._key else self._reference.move(changed, self._rate_control.refinement.move)
        tiles, shown = self._reference.settle(changed)
        known = (self._rate_control.refinement.steps[changed] == 0) & (not self._key and shown is not None)
        update = Update(changed, tiles, tiles if shown is None else shown, known)
        video, step = None, 0
        if budget is None:
            self._rate_control.refine_everything(update, self._reference)
        else:
            video = self._show_video(update, budget)
            spent = 0 if video is None else len(video.packet)
            step = self._rate_control.apply_budget(update, self._reference, budget, self._playing(), spent)
        if not (self._key or moves or video or len(update)):
            return None
        return self._packet(pack_moves(moves), update, step, video)

    def _packet(self, moves: bytes, update: Update, step: int, video: VideoPart | None) -> bytes:
        kinds = kinds_in_version(update.kinds, self._version)
        parts = [moves + pack_marks(update.flags), *tile_parts(update.tiles, kinds, update.shown, step)]
        head = PacketHeader(self._key, self._grid, sum(map(len, parts)), video, version=self._version)
        self._key = False
        compressed = self._stream.write(parts)
        self._rate_control.cost_model.learn(update.kinds, step, len(compressed))
        return head.pack() + compressed

    def _show_video(self, update: Update, budget: PictureBudget) -> VideoPart | None:
        """Take what plays out of the update; return the video's next packet where it changed."""
        like_photographs = np.zeros_like(update.flags)
        like_photographs[update.flags] = update.kinds == PHOTO
        self._video_detector.note(update.flags, like_photographs, budget.now)
        box = self._video_detector.box if budget.videos and self._can_show_videos else None
        if box != self._video_box:
            self._video_box = box
            self._video = None if box is None else VideoWriter((box[3] - box[1]) * TILE, (box[2] - box[0]) * TILE)
        if box is None or self._video is None or not update.flags[within(box)].any():
            return None
        top, left, bottom, right = (side * TILE for side in box)
        try:
            picture = self._reference.shown[top:bottom, left:right]
            packet = self._video.write(picture, budget.bytes_per_second, budget.now)
        except VideoEncodeError as error:
            _log.warning("%s", error)
            self._can_show_videos, self._video, self._video_box = False, None, None
            return None
        update.leave_out(box)
        self._rate_control.refinement.mark_lossy(self._playing(), VIDEO_STEP, budget.now)
        return VideoPart(left, top, right - left, bottom - top, packet, self._video.restarts)

    def _playing(self) -> Flags:
        """Return the tiles in which a video plays."""
        playing = np.zeros((self._grid.rows, self._grid.columns), np.bool_)
        if self._video_box is not None:
            playing[within(self._video_box)] = True
        return playing

    def _check(self, frame: Frame, top: int) -> None:
        if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8:
            raise BadFrameError(f"expected a picture of uint8, not {getattr(frame, 'dtype', type(frame).__name__)}")
        lines, all_lines = (top, top + len(frame)), (0, self._grid.height)
        fits = lines == (all_lines if self._key else self._grid.whole(lines)) and top >= 0
        if not fits or frame.shape[1:] != (self._grid.width, 4):
            expected = (self._grid.height, self._grid.width, 4)
            raise BadFrameError(f"expected a picture of {expected}, or whole tiles of it, not {frame.shape} at {top}")
