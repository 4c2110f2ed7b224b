"""What a browser captured, in recordings: its planes as they came in the journal, their colours in films."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from codec.picture import plane_layers
from codec.picture.color_planes import Rgb, to_rgb
from codec.picture.decoder import Decoder
from codec.picture.geometry import Box, Grid
from codec.picture.packet import VideoPart, pack_marks, pack_moves, plane_forms
from codec.picture.save_under import Move
from codec.picture.video import VideoWriter
from codec.recording.film import Film
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import Speaker, read_journal
from codec.wire.messages import Display, Displays, Picture, unpack
from tests.codec.recording.kept import keep
from tests.codec.recording.pictures import as_picture
from tests.codec.recording.sessions import Said
from tests.codec.recording.test_film import Parts
from tests.support.desktops import photograph
from tests.support.packets import COLORS, PacketWriter, covered, planes_of_every_kind

WIDTH, HEIGHT = 96, 64


def test_the_journal_has_the_packets_and_the_film_their_colours(tmp_path: Path) -> None:
    packets = planes_of_every_kind(WIDTH, HEIGHT, 3)
    film_over = PacketWriter(Grid(WIDTH, HEIGHT), COLORS).film(
        VideoPart(0, 0, WIDTH, HEIGHT, VideoWriter(WIDTH, HEIGHT).write(photograph(WIDTH, HEIGHT), 9_000, 0.0), True)
    )
    packets[3:4] = [film_over, covered(packets[3])]
    decoder = Decoder()
    shown = [decoder.decode(packet)[..., :3].copy() for packet in packets]
    story: list[Said] = [(0, Speaker.APPLET, Displays([Display(0, "screen", 0, 0, WIDTH, HEIGHT)]))]
    story += [(number * 200_000, Speaker.APPLET, Picture(0, number, packet)) for number, packet in enumerate(packets)]
    journal, film = keep(tmp_path, FormatName.RASC, story)
    said = [unpack(each.data) for each in read_journal(journal.read_bytes()).records() if each.source == Speaker.APPLET]
    assert [each.packet for each in said if isinstance(each, Picture)] == packets
    with av.open(str(film)) as container:
        frames = [as_picture(frame) for frame in container.decode(video=0)]
    assert all(any(np.array_equal(frame, picture) for frame in frames) for picture in shown)


def moving(count: int) -> list[bytes]:
    """Return a key and so many packets, each of some bytes, that move all of it to where it is, or a little on."""
    grid = Grid(WIDTH, HEIGHT)
    writer, (luma, chroma) = PacketWriter(grid, COLORS), (each for each, _ in plane_forms(grid))
    still = pack_moves([]) + pack_marks(np.zeros((chroma.rows, chroma.columns), np.bool_))
    none = pack_marks(np.zeros((luma.rows, luma.columns), np.bool_))
    move = pack_moves([Move(0, 1, WIDTH, HEIGHT - 1, 0, 1)])
    return [writer.raw(pack_moves([]) + none + still, key=True), *[writer.raw(move + none + still)] * count]


@pytest.mark.parametrize(("behind", "most"), [(0.0, 6), (20.0, 3)])
def test_f11_moves_of_some_bytes_become_colours_for_the_pictures_that_are_shown(
    monkeypatch: pytest.MonkeyPatch, behind: float, most: int
) -> None:
    """One of 57 bytes at 7680×4320 took seconds, and 120 of them may come in a second: that ended recordings."""
    painted: list[int] = []

    def counted(*planes: Any, area: Box, **colors: Any) -> Rgb:
        painted.append((area[2] - area[0]) * (area[3] - area[1]))
        return to_rgb(*planes, area=area, **colors)

    monkeypatch.setattr(plane_layers, "to_rgb", counted)
    film = Film(FORMATS[FormatName.RASC], Parts().open, rate=5)
    film.behind = behind
    for number, packet in enumerate(moving(119)):
        film.take(number * 1_000_000 // 120, Picture(0, number, packet))
    film.close(1_000_000)
    assert 1 <= sum(painted) / (WIDTH * HEIGHT) <= most


def test_what_several_packets_changed_is_painted_at_the_next_look() -> None:
    packets = planes_of_every_kind(WIDTH, HEIGHT, 5)
    each, last = Decoder(), Decoder()
    for packet in packets:
        shown = each.decode(packet)
        last.take(packet)
    assert np.array_equal(shown, last.frame)
