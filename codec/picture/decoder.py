"""Packets back into pixels, the exact inverse of codec/picture/encoder.py. Trusts nothing that it reads."""

import numpy as np
import zstandard
from numpy.typing import NDArray

from codec.picture.diff import Flags, Frame, tiles_of, words_of
from codec.picture.geometry import TILE, Box, Grid, within
from codec.picture.packet import (
    WINDOW_LOG,
    BadPacketError,
    PacketHeader,
    PlaneColors,
    VideoPart,
    parse_header,
    parse_marks,
    parse_moves,
)
from codec.picture.plane_layers import CapturedPlanes, PlaneLayers
from codec.picture.save_under import SaveUnder
from codec.picture.tiles import BadTilesError, Tiles, read_tiles
from codec.picture.video_reader import BadVideoError, VideoReader

OPAQUE = np.uint32(0xFF000000)


class _Feed:
    """Hands the bytes of one packet after the other to the zstd reader."""

    def __init__(self) -> None:
        self.rest = b""

    def read(self, _size: int = -1) -> bytes:
        rest, self.rest = self.rest, b""
        return rest


class _Marked:
    """Those tiles of a picture that a packet changes."""

    def __init__(self, tiles: NDArray[np.uint32], changed: Flags) -> None:
        self._tiles = tiles
        self._rows, self._columns = np.nonzero(changed)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, which: NDArray[np.intp]) -> Tiles:
        return self._tiles[self._rows[which], self._columns[which]]

    def __setitem__(self, which: NDArray[np.intp], tiles: Tiles) -> None:
        self._tiles[self._rows[which], self._columns[which]] = tiles | OPAQUE


class Decoder:
    """Shows what an `Encoder` saw. Memory is bounded by twice the picture's size, one packet, and zstd's 8 MiB window.

    A video adds what its decoder keeps: eight pictures of its size. After a BadPacketError it waits for a key packet;
    until then every packet raises again.
    """

    def __init__(self) -> None:
        self.touched: Flags = np.zeros((0, 0), np.bool_)
        """Which tiles the last packet may have changed; no other one differs from the picture before."""
        self._grid: Grid | None = None
        self._picture = np.zeros((0, 0, 4), np.uint8)
        self._layers = SaveUnder(np.zeros((0, 0), np.uint32))
        self._planes: PlaneLayers | None = None
        self._is_covered = False
        """Whether what is shown are not the planes, but what a video showed over them."""
        self._feed = _Feed()
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG)
        self._reader: zstandard.ZstdDecompressionReader | None = None
        self._video: VideoReader | None = None
        self._video_size = (0, 0)

    def decode(self, packet: bytes) -> Frame:
        """Apply `packet`; return the picture. Raises BadPacketError."""
        self.take(packet)
        return self.frame

    @property
    def frame(self) -> Frame:
        """The picture, (height, width, 4) uint8 BGRX with the last byte 255.

        The array is the decoder's own and changes with the next packet: copy what you keep. Planes become colours when
        it is read, so read it for what is shown and no more often.
        """
        if self._planes is not None and not self._is_covered:
            self._planes.paint(self._picture)
        height, width = self.size
        return self._picture[:height, :width]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return (0, 0) if self._grid is None else (self._grid.height, self._grid.width)

    def take(self, packet: bytes) -> None:
        """Apply `packet`. Raises BadPacketError."""
        head = parse_header(packet)
        if head.key:
            self._begin(head)
        elif head.grid != self._grid or self._reader is None or head.planes != self._plane_colors:
            raise BadPacketError("an update came without the whole picture that it belongs to")
        try:
            raw = self._inflate(packet, head)
            if self._planes is None:
                self._paint(head, raw)
            else:
                self._change_planes(self._planes, head, raw)
        except (BadVideoError, BadTilesError) as error:
            self._reader = None
            raise BadPacketError(str(error)) from None
        except BadPacketError:
            self._reader = None
            raise

    def forget(self) -> None:
        """Take nothing but a key next. The memory stays, for pictures of the same size."""
        self._reader = self._video = None

    @property
    def planes(self) -> CapturedPlanes | None:
        """What the browser captured, where the picture came in planes. It changes with the next packet."""
        return None if self._planes is None else self._planes.planes

    @property
    def _plane_colors(self) -> PlaneColors | None:
        return None if self._planes is None else self._planes.colors

    def _begin(self, head: PacketHeader) -> None:
        grid = head.grid
        if grid != self._grid:
            self._grid = grid
            self._layers = SaveUnder(np.zeros((0, 0), np.uint32))
            self._picture = np.zeros((0, 0, 4), np.uint8)  # let go before the next one is made
            self._picture = np.empty((*grid.padded, 4), np.uint8)
            self._layers = SaveUnder(words_of(self._picture))
        self._layers.picture[:] = OPAQUE
        self._layers.restart(OPAQUE)
        self._planes, self._is_covered = None, False
        if head.planes is not None:
            self._planes = PlaneLayers(grid, head.planes)
        self._feed = _Feed()
        self._video = None
        self._reader = self._decompressor.stream_reader(self._feed)  # type: ignore[arg-type]  # asks only for read()

    def _inflate(self, packet: bytes, head: PacketHeader) -> bytes:
        assert self._reader is not None, "decode() made sure of a key"  # noqa: S101
        self._feed.rest = packet[head.end :]
        try:
            raw = self._reader.read(head.raw_bytes) if head.raw_bytes else b""
        except zstandard.ZstdError as error:
            raise BadPacketError(f"the compressed part is damaged: {error}") from None
        if len(raw) != head.raw_bytes or self._feed.rest:
            raise BadPacketError(f"the compressed part gives {len(raw)} bytes instead of {head.raw_bytes}")
        return raw

    def _paint(self, head: PacketHeader, raw: bytes) -> None:
        grid = head.grid
        moves, at = parse_moves(raw, grid)
        changed, at = parse_marks(raw, grid, at)
        self.touched = np.ones_like(changed) if head.key else changed.copy()
        for move in moves:
            self._layers.apply(move)
            for box in (move.target, *(move.uncovers if move.restores else ())):
                self._touch(box)
        if head.video is not None:
            self._show_video(head.video)
        read_tiles(raw, at, _Marked(tiles_of(self._layers.picture, grid), changed), head.last_kind)

    def _change_planes(self, planes: PlaneLayers, head: PacketHeader, raw: bytes) -> None:
        if not head.shows_planes and not self._is_covered:
            planes.paint(self._picture)  # what was decoded is kept, even if it was not shown yet
        was_covered, self._is_covered = self._is_covered, not head.shows_planes
        if head.video is not None:
            self.touched = np.full((head.grid.rows, head.grid.columns), head.key)
            self._show_video(head.video)
            return
        self.touched = planes.take(raw, is_whole=head.key or (was_covered and head.shows_planes))
        if head.is_covered:
            self.touched[:] = False

    def _touch(self, box: Box) -> None:
        top, left, bottom, right = box
        self.touched[within((top // TILE, left // TILE, -(-bottom // TILE), -(-right // TILE)))] = True

    def _show_video(self, video: VideoPart) -> None:
        self._touch((video.y, video.x, video.y + video.height, video.x + video.width))
        size = (video.width, video.height)
        if video.restarts:
            self._video, self._video_size = VideoReader(*size), size
        elif self._video is None or size != self._video_size:
            raise BadVideoError("a video goes on that has not begun")
        shown = self._video.read(video.packet)
        self._picture[video.y : video.y + video.height, video.x : video.x + video.width, :3] = shown
