"""Packets back into pixels, the exact inverse of codec/encoder.py. Trusts nothing that it reads."""

import numpy as np
import zstandard

from codec.diff import Frame
from codec.geometry import TILE, Grid
from codec.motion import Layers
from codec.packet import HEAD_BYTES, WINDOW_LOG, BadPacketError, Head, bitmap_bytes, parse_head, parse_moves
from codec.tiles import BadTilesError, read_tiles

OPAQUE = np.uint32(0xFF000000)


class _Feed:
    """Hands the bytes of one packet after the other to the zstd reader."""

    def __init__(self) -> None:
        self.rest = b""

    def read(self, _size: int = -1) -> bytes:
        rest, self.rest = self.rest, b""
        return rest


class Decoder:
    """Shows what an `Encoder` saw. Memory is bounded by twice the picture's size and the 8 MiB of the zstd window.

    After a BadPacketError it waits for a key packet; until then every packet raises again.
    """

    def __init__(self) -> None:
        self._grid: Grid | None = None
        self._picture = np.zeros((0, 0, 4), np.uint8)
        self._layers = Layers(np.zeros((0, 0), np.uint32))
        self._feed = _Feed()
        self._reader: zstandard.ZstdDecompressionReader | None = None

    def decode(self, packet: bytes) -> Frame:
        """Apply `packet`; return the picture, (height, width, 4) uint8 BGRX with the last byte 255.

        The array is the decoder's own and changes with the next packet: copy what you keep. Raises BadPacketError.
        """
        head = parse_head(packet)
        if head.key:
            self._begin(head.grid)
        elif head.grid != self._grid or self._reader is None:
            raise BadPacketError("an update came without the whole picture that it belongs to")
        try:
            raw = self._inflate(packet, head)
            self._paint(head.grid, raw)
        except BadPacketError:
            self._reader = None
            raise
        return self._picture[: head.grid.height, : head.grid.width]

    def _begin(self, grid: Grid) -> None:
        if grid != self._grid:
            self._grid = grid
            self._picture = np.empty((*grid.padded, 4), np.uint8)
        self._picture[:] = (0, 0, 0, 255)
        self._layers = Layers(self._picture.view(np.uint32)[..., 0])
        self._feed = _Feed()
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG)
        self._reader = decompressor.stream_reader(self._feed)  # type: ignore[arg-type]  # asks only for read()

    def _inflate(self, packet: bytes, head: Head) -> bytes:
        assert self._reader is not None, "decode() made sure of a key"  # noqa: S101
        self._feed.rest = packet[HEAD_BYTES:]
        try:
            raw = self._reader.read(head.raw_bytes)
        except zstandard.ZstdError as error:
            raise BadPacketError(f"the compressed part is damaged: {error}") from None
        if len(raw) != head.raw_bytes or self._feed.rest:
            raise BadPacketError(f"the compressed part gives {len(raw)} bytes instead of {head.raw_bytes}")
        return raw

    def _paint(self, grid: Grid, raw: bytes) -> None:
        moves, at = parse_moves(raw, grid)
        words = self._layers.picture
        bits = np.frombuffer(raw[at : at + bitmap_bytes(grid)], np.uint8)
        if len(bits) != bitmap_bytes(grid) or np.unpackbits(bits, bitorder="little")[grid.tiles :].any():
            raise BadPacketError("a tile outside the picture is marked as changed")
        changed = np.unpackbits(bits, count=grid.tiles, bitorder="little").astype(bool)
        try:
            pixels = read_tiles(raw, at + len(bits), int(changed.sum()))
        except BadTilesError as error:
            raise BadPacketError(str(error)) from None
        for move in moves:
            self._layers.apply(move)
        tiles = words.reshape(grid.rows, TILE, grid.columns, TILE).swapaxes(1, 2)
        tiles[changed.reshape(grid.rows, grid.columns)] = pixels | OPAQUE
