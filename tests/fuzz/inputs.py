"""Any bytes as a stream of packets for a decoder, so that chance reaches behind the head and behind zstd.

The first byte says what the others are: packets, each after its length; or, behind a good whole picture, the raw part
of an update, a film's first packet, or its second one; or, behind one in planes, the raw part of an update, or of one
that a film covers, which the next one shows. So a fuzzer changes raw bytes without breaking the compression.
"""

from functools import cache

import numpy as np
import zstandard

from codec.picture.color_planes import Matrix
from codec.picture.geometry import Grid
from codec.picture.packet import HEAD_BYTES, PlaneColors, VideoPart, parse_header, plane_forms
from codec.picture.tile_classification import kinds_of
from codec.picture.video import VideoWriter
from tests.support.packets import GOLDEN, PacketWriter, covered, every_kind, kept, planes_of_every_kind

GRID = Grid(48, 32)
PACKETS, UPDATE, FILM, NEXT_OF_FILM, PLANES, UNDER_FILM, OVER_PLANES = FORMS = range(7)
_LENGTH_BYTES = 2
MOST_PACKETS = 12


def stream_of(data: bytes) -> list[bytes]:
    """Return the packets that `data` stands for."""
    form, rest = (data[0] if data else 0) % len(FORMS), data[1:]
    if form == PACKETS:
        return _split(rest)
    if form == PLANES:
        in_planes, first = _after_a_key_in_planes()
        return [first, in_planes.raw(rest)]
    if form == UNDER_FILM:
        in_planes, first = _after_a_key_in_planes()
        film = in_planes.film(_film(film_packets()[0], restarts=True))
        return [first, film, covered(in_planes.raw(rest)), in_planes.raw(rest)]
    if form == OVER_PLANES:
        in_planes, first = _after_a_key_in_planes()
        return [first, in_planes.film(_film(rest, restarts=True)), in_planes.film(_film(rest, restarts=False))]
    writer, first = _after_a_key()
    if form == UPDATE:
        return [first, writer.raw(rest)]
    if form == FILM:
        return [first, writer.film(_film(rest, restarts=True))]
    return [first, writer.film(_film(film_packets()[0], restarts=True)), writer.film(_film(rest, restarts=False))]


def seeds() -> list[bytes]:
    """Return good inputs of each form, to be changed."""
    in_planes = [planes_of_every_kind(48, 32, seed, 4) for seed in range(3)]
    streams = [every_kind(48, 32, seed, 4) for seed in range(4)] + [kept(GOLDEN / "odd.packets"), *in_planes]
    whole = [bytes([PACKETS]) + b"".join(map(_with_length, packets)) for packets in streams]
    updates = [bytes([UPDATE]) + raw for packets in streams[:4] for raw in _raw_parts(packets)[1:]]
    for form in (PLANES, UNDER_FILM):
        updates += [bytes([form]) + raw for packets in in_planes for raw in _raw_parts(packets)[1:]]
    films = [bytes([form]) + film_packets()[0] for form in (FILM, OVER_PLANES)]
    films += [bytes([NEXT_OF_FILM]) + packet for packet in film_packets()[1:]]
    writer, first = _after_a_key()
    with_film = [first, writer.film(_film(film_packets()[0], restarts=True))]
    return [*whole, *updates, *films, bytes([PACKETS]) + b"".join(map(_with_length, with_film))]


@cache
def film_packets() -> tuple[bytes, ...]:
    """A small film's packets."""
    writer, random = VideoWriter(32, 16), np.random.default_rng(4)
    return tuple(writer.write(random.integers(0, 256, (16, 32, 4), np.uint8), 50_000, turn / 30) for turn in range(3))


def _after_a_key() -> tuple[PacketWriter, bytes]:
    writer = PacketWriter(GRID)
    tiles = np.random.default_rng(3).integers(0, 1 << 24, (GRID.tiles, 16, 16), np.uint32)
    return writer, writer.tiles(tiles, kinds_of(tiles), key=True)


def _after_a_key_in_planes() -> tuple[PacketWriter, bytes]:
    writer = PacketWriter(GRID, PlaneColors(Matrix.BT709, full_range=False))
    said = []
    for grid, form in plane_forms(GRID):
        pixels = np.random.default_rng(3).integers(0, 1 << 24, (grid.tiles, 16, 16), np.uint32)
        tiles = form.words(form.levels(pixels)).reshape(pixels.shape)
        said.append((tiles, kinds_of(tiles), ()))
    return writer, writer.pictures(said, key=True)


def _film(packet: bytes, restarts: bool) -> VideoPart:
    return VideoPart(16, 16, 32, 16, packet, restarts)


def _split(data: bytes) -> list[bytes]:
    packets: list[bytes] = []
    at = 0
    while at < len(data) and len(packets) < MOST_PACKETS:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "little")
        packets.append(data[start:at])
    return packets


def _with_length(packet: bytes) -> bytes:
    return len(packet).to_bytes(_LENGTH_BYTES, "little") + packet


def _raw_parts(packets: list[bytes]) -> list[bytes]:
    stream = zstandard.ZstdDecompressor().decompressobj()
    return [stream.decompress(packet[max(parse_header(packet).end, HEAD_BYTES) :]) for packet in packets]
