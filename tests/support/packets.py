"""Packets made by hand, of any kinds and moves that a decoder must take, and streams of packets kept in files."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import zstandard

from codec.picture.color_planes import Matrix
from codec.picture.decoder import Decoder
from codec.picture.geometry import TILE, Grid
from codec.picture.packet import (
    COVERED,
    WINDOW_LOG,
    PacketHeader,
    PlaneColors,
    VideoPart,
    bitmap_bytes,
    pack_marks,
    pack_moves,
    plane_forms,
)
from codec.picture.pixel_form import PixelForm
from codec.picture.save_under import Move, SaveUnder
from codec.picture.tile_classification import kinds_of
from codec.picture.tiles import LOSSY, MEDIAN, PART, TWO, Kinds, Tiles, write_tiles

GOLDEN = Path(__file__).parents[1] / "codec" / "golden"
_LENGTH_BYTES = 4
COLORS = PlaneColors(Matrix.BT601, full_range=False)
"""What browsers capture of screens."""


class PacketWriter:
    """Writes one stream of packets from what they should say: of colours, or of planes."""

    def __init__(self, grid: Grid, planes: PlaneColors | None = None) -> None:
        self._grid = grid
        self._planes = planes
        self._begin()

    def tiles(self, tiles: Tiles, kinds: Kinds, step: int = 1, moves: Sequence[Move] = (), key: bool = False) -> bytes:
        """Return a packet that writes all tiles of the picture, (count, 16, 16) words, each in its kind."""
        return self.pictures([(tiles, kinds, moves)], step, key=key)

    def pictures(self, said: Sequence[tuple[Tiles, Kinds, Sequence[Move]]], step: int = 1, *, key: bool) -> bytes:
        """Return a packet that writes all tiles of its one picture, or of luma and of chroma."""
        if key:
            self._begin()
        raw = b""
        for (grid, form, layers), (tiles, kinds, moves) in zip(self._pictures, said, strict=True):
            for move in moves:
                layers.apply(move)
            shown = layers.picture.reshape(grid.rows, TILE, grid.columns, TILE).swapaxes(1, 2)
            flat = shown.reshape(-1, TILE, TILE).copy()
            shown[:] = tiles.reshape(shown.shape)
            marks = pack_marks(np.ones((grid.rows, grid.columns), np.bool_))
            raw += pack_moves(moves) + marks + write_tiles(tiles, kinds, flat, step, form)
        return self.raw(raw, key=key)

    def film(self, film: VideoPart, *, key: bool = False) -> bytes:
        """Return a packet with a film's picture and nothing else; over planes it may be a key."""
        if self._planes is not None:
            if key:
                self._begin()
            return PacketHeader(key, self._grid, 0, film, planes=self._planes).pack()
        return self.raw(b"\0" + bytes(bitmap_bytes(self._grid)), film)

    def raw(self, raw: bytes, film: VideoPart | None = None, key: bool = False) -> bytes:
        """Return a packet whose compressed part gives `raw`."""
        compressed: bytes = self._stream.compress(raw) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return PacketHeader(key, self._grid, len(raw), film, planes=self._planes).pack() + compressed

    def _begin(self) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=WINDOW_LOG)
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        forms = ((self._grid, PixelForm.COLOUR),) if self._planes is None else plane_forms(self._grid)
        self._pictures = [(grid, form, SaveUnder(np.zeros(grid.padded, np.uint32))) for grid, form in forms]


def every_kind(width: int, height: int, seed: int, count: int = 8) -> list[bytes]:
    """Return a stream, a key first, in which every tile is written in any kind that it can be, after any moves."""
    grid, random = Grid(width, height), np.random.default_rng(seed)
    writer, packets = PacketWriter(grid), []
    for turn in range(count):
        tiles = _tiles(grid.tiles, random)
        kinds, step = _any_kinds(tiles, random), int(random.integers(1, 256))
        packets.append(writer.tiles(tiles, kinds, step, _moves(grid, random, turn), key=turn == 0))
    return packets


def planes_of_every_kind(
    width: int, height: int, seed: int, count: int = 8, colors: PlaneColors = COLORS
) -> list[bytes]:
    """Return a stream of planes as `every_kind` does one of colours."""
    grid, random = Grid(width, height), np.random.default_rng(seed)
    writer, packets = PacketWriter(grid, colors), []
    for turn in range(count):
        said = []
        for each, form in plane_forms(grid):
            tiles = form.words(form.levels(_tiles(each.tiles, random))).reshape(-1, TILE, TILE)
            kinds = _any_kinds(tiles, random)
            kinds[kinds == LOSSY] = MEDIAN
            said.append((tiles, kinds, _moves(each, random, turn)))
        packets.append(writer.pictures(said, key=turn == 0))
    return packets


def covered(packet: bytes) -> bytes:
    """Return a packet of planes as one that shows nothing yet."""
    return bytes([packet[0], COVERED]) + packet[2:]


def sums(packets: Iterable[bytes]) -> list[str]:
    """Return what Python's decoder has after each packet, as SHA-256.

    These are whole tiles as R, G, B and 255, or the picture's luma, Cb and Cr.
    """
    decoder, shown = Decoder(), []
    for packet in packets:
        decoder.decode(packet)
        planes = decoder.planes
        if planes is None:
            data = decoder._picture[..., [2, 1, 0, 3]].tobytes()
        else:
            data = planes.luma.tobytes() + planes.cb.tobytes() + planes.cr.tobytes()
        shown.append(sha256(data).hexdigest())
    return shown


def keep(file: Path, packets: Iterable[bytes]) -> None:
    """Write a stream of packets, each after its length."""
    file.write_bytes(b"".join(len(packet).to_bytes(_LENGTH_BYTES, "little") + packet for packet in packets))


def kept(file: Path) -> list[bytes]:
    """Read a stream of packets."""
    data, at, packets = file.read_bytes(), 0, []
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "little")
        packets.append(data[start:at])
    return packets


def _tiles(count: int, random: np.random.Generator) -> Tiles:
    """Tiles of one, two and many colours, some smooth, some noise."""
    slopes = np.add.outer(np.arange(16), np.arange(16)) * 5
    smooth = (random.integers(0, 100, (count, 1, 1, 3)) + slopes[None, ..., None]).astype(np.uint32)
    tiles: Tiles = smooth[..., 0] | smooth[..., 1] << 8 | smooth[..., 2] << 16
    colours = random.integers(0, 1 << 24, (count, 4), np.uint32)
    few = np.take_along_axis(colours, random.integers(0, 1 + np.arange(count)[:, None] % 3, (count, 256)), axis=1)
    which = random.integers(0, 3, count)
    tiles[which == 1] = few[which == 1].reshape(-1, 16, 16)
    tiles[which == 2] = random.integers(0, 1 << 24, (int((which == 2).sum()), 16, 16), np.uint32)
    return tiles


def _any_kinds(tiles: Tiles, random: np.random.Generator) -> Kinds:
    """The least kind that can hold a tile, or any that can hold more."""
    least = kinds_of(tiles)
    least[least > TWO] = PART
    kinds: Kinds = random.integers(least, MEDIAN + 1).astype(np.uint8)
    return kinds


def _moves(grid: Grid, random: np.random.Generator, turn: int) -> list[Move]:
    if turn == 0:
        return []
    height, width = grid.padded
    moves = []
    for _ in range(int(random.integers(0, 4))):
        across, down = int(random.integers(1, width + 1)), int(random.integers(1, height + 1))
        x, from_x = (int(place) for place in random.integers(0, width - across + 1, 2))
        y, from_y = (int(place) for place in random.integers(0, height - down + 1, 2))
        moves.append(Move(x, y, across, down, x - from_x, y - from_y, bool(random.integers(2))))
    return moves
