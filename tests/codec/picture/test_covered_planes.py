"""A film over planes: it is shown and changes nothing, and what follows shows every plane as it was captured."""

from dataclasses import replace

import numpy as np
import pytest

from codec.picture.color_planes import to_rgb
from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.geometry import Grid
from codec.picture.packet import COVERED, KEY, RESTARTS, VIDEO, BadPacketError, VideoPart, parse_header
from codec.picture.video import VideoWriter
from codec.picture.video_reader import VideoReader
from tests.support.packets import COLORS, PacketWriter, covered, planes_of_every_kind

WIDTH, HEIGHT = 90, 52
FILM = (96, 64)
"""Whole tiles."""
FLAGS = 1
"""Where a packet has its flags."""


def film(count: int) -> list[VideoPart]:
    writer, random = VideoWriter(*FILM), np.random.default_rng(1)
    pictures = random.integers(0, 256, (count, FILM[1], FILM[0], 4), np.uint8)
    packets = [writer.write(picture, 100_000, turn / 30) for turn, picture in enumerate(pictures)]
    return [VideoPart(0, 0, *FILM, packet, restarts=turn == 0) for turn, packet in enumerate(packets)]


def over(part: VideoPart, *, key: bool = False) -> bytes:
    return PacketWriter(Grid(WIDTH, HEIGHT), COLORS).film(part, key=key)


def captured(decoder: Decoder) -> Frame:
    """What the planes are in colours."""
    planes = decoder.planes
    assert planes is not None
    area = (0, 0, HEIGHT, WIDTH)
    return to_rgb(planes.luma, planes.cb, planes.cr, COLORS.matrix, full_range=False, area=area)[..., ::-1]


def test_a_film_covers_planes_until_something_else_shows_them() -> None:
    packets, parts = planes_of_every_kind(WIDTH, HEIGHT, 2, 5), film(3)
    decoder, reader = Decoder(), VideoReader(*FILM)
    exact = Decoder()
    for packet in packets[:2]:
        decoder.take(packet)  # what is not looked at is shown all the same
        exact.take(packet)
    for part in parts:
        shown = decoder.decode(over(part))
        assert (shown[..., :3] == reader.read(part.packet)[:HEIGHT, :WIDTH]).all()
        assert decoder.touched.all()
    film_stays = decoder.frame.copy()
    assert (decoder.decode(covered(packets[2])) == film_stays).all()
    assert not decoder.touched.any()
    assert (captured(decoder) == exact.decode(packets[2])[..., :3]).all()
    assert (decoder.decode(packets[3]) == exact.decode(packets[3])).all()
    assert decoder.touched.all()
    assert (decoder.decode(packets[4]) == exact.decode(packets[4])).all()


def test_what_changed_before_a_small_film_is_seen_beside_it() -> None:
    packets, exact, decoder = planes_of_every_kind(WIDTH, HEIGHT, 3, 3), Decoder(), Decoder()
    for packet in packets:
        decoder.take(packet)
        exact.take(packet)
    writer = VideoWriter(32, 16)
    part = VideoPart(16, 16, 32, 16, writer.write(np.zeros((16, 32, 4), np.uint8), 100_000, 0.0), restarts=True)
    shown, wanted = decoder.decode(over(part)).copy(), exact.frame.copy()
    assert decoder.touched.sum() == 2
    shown[16:32, 16:48] = wanted[16:32, 16:48] = 0
    assert (shown == wanted).all()


def test_a_film_may_be_the_first_that_is_seen() -> None:
    packets, parts = planes_of_every_kind(WIDTH, HEIGHT, 4, 3), film(2)
    decoder, exact = Decoder(), Decoder()
    decoder.take(over(parts[0], key=True))
    decoder.take(over(parts[1]))
    decoder.take(covered(packets[0]))  # a key less its mark builds on nothing too
    exact.take(packets[0])
    for packet in packets[1:]:
        assert (decoder.decode(packet) == exact.decode(packet)).all()


def test_heads_of_films_over_planes_are_read_as_they_were_written() -> None:
    first = replace(film(1)[0], x=16, width=64)
    head = parse_header(over(first, key=True))
    assert head.video == first
    assert (head.key, head.raw_bytes, head.planes, head.shows_planes) == (True, 0, COLORS, False)
    head = parse_header(covered(planes_of_every_kind(WIDTH, HEIGHT, 4, 2)[1]))
    assert (head.video, head.is_covered, head.shows_planes) == (None, True, False)


@pytest.mark.parametrize("flags", [KEY | COVERED, VIDEO | COVERED, KEY | VIDEO, RESTARTS, 16])
def test_what_no_page_writes_is_not_known(flags: int) -> None:
    packet = bytearray(over(film(1)[0], key=True) if flags & VIDEO else planes_of_every_kind(WIDTH, HEIGHT, 4, 1)[0])
    packet[FLAGS] = flags
    with pytest.raises(BadPacketError):
        parse_header(bytes(packet))


def test_a_film_over_planes_has_no_tiles_and_is_refused_by_name() -> None:
    decoder, key = Decoder(), planes_of_every_kind(WIDTH, HEIGHT, 4, 1)[0]
    first, second = (over(part) for part in film(2))
    for bad in (first + b"\0", first[:-1], second):
        decoder.take(key)
        with pytest.raises(BadPacketError):
            decoder.take(bad)
    decoder.take(key)
    decoder.take(first)
