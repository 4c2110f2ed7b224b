"""What a browser captured, in recordings: its planes as they came in the journal, their colours in films."""

from pathlib import Path

import av
import numpy as np

from codec.picture.decoder import Decoder
from codec.recording.formats import FormatName
from codec.recording.journal import Speaker, read_journal
from codec.wire.messages import Display, Displays, Picture, unpack
from tests.codec.recording.kept import keep
from tests.codec.recording.pictures import as_picture
from tests.codec.recording.sessions import Said
from tests.support.packets import planes_of_every_kind

WIDTH, HEIGHT = 96, 64


def test_the_journal_has_the_packets_and_the_film_their_colours(tmp_path: Path) -> None:
    packets = planes_of_every_kind(WIDTH, HEIGHT, 3)
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
