"""A recording plays exactly what was recorded, wherever one goes in it, and as far as it is whole."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import Speaker
from codec.wire.access import Access
from codec.wire.messages import Chat, Granted, Picture, PointerAt, PointerShape, SessionMessage, Watch, unpack
from console.player.frame_cache import FrameCache, Stretch
from console.player.journal_source import JournalSource
from console.player.messages import Act, MarkKind, PlayerDo, PlayerFailed, PlayerNow, PlayerOpened
from console.player.player import Hearer, Player
from console.player.player_thread import PlayerThread, described, source_of
from console.player.video_source import VideoSource
from tests.codec.recording.kept import keep
from tests.codec.recording.pictures import as_picture, noise
from tests.codec.recording.sessions import Said, said
from tests.perf.likeness import ssim
from tests.support.packets import every_kind, planes_of_every_kind

SECOND = 1_000_000


class Viewer:
    """A page that paints at once what it is sent, in a time of its own."""

    def __init__(self, source: JournalSource | VideoSource, frame_cache: FrameCache | None = None) -> None:
        self.said: list[SessionMessage] = []
        self.states: list[PlayerNow] = []
        self.frame: Frame | None = None
        self.paints = True
        self.now = 0
        self._decoder = Decoder()
        self.player = Player(source, Hearer(self._hear, self.states.append), frame_cache)

    def _hear(self, data: bytes) -> None:
        message = unpack(data)
        self.said.append(message)
        if isinstance(message, Picture):
            self.frame = self._decoder.decode(message.packet).copy()
            if self.paints:
                self.player.do(PlayerDo(Act.SHOWN, message.number), self.now)

    def do(self, act: Act, value: float = 0.0) -> None:
        self.player.do(PlayerDo(act, value), self.now)
        self.settle()

    def settle(self) -> None:
        """Work until there is nothing to do just now."""
        while self.player.work(self.now) == 0.0:
            pass

    def pass_by(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)
        self.settle()

    def sees(self, second: float) -> Frame:
        self.do(Act.SEEK, second)
        assert self.frame is not None
        return self.frame[..., :3]


@pytest.fixture
def story() -> list[tuple[Said, Frame]]:
    return list(said(width=90, height=70, seconds=12.0, pictures=24))


def shown_at(story: list[tuple[Said, Frame]], second: float) -> Frame:
    pictures = [(time, frame) for (time, _, message), frame in story if isinstance(message, Picture)]
    return next(frame for time, frame in reversed(pictures) if time <= second * SECOND)[..., :3]


def with_keys(story: list[tuple[Said, Frame]], every: int = 5) -> list[Said]:
    """The same story, with a whole picture now and then, as the recorder asks for."""
    encoder, told = Encoder(90, 70), list[Said]()
    for (time, source, message), frame in story:
        if not isinstance(message, Picture):
            told.append((time, source, message))
            continue
        if message.number % every == 0:
            encoder.refresh()
        packet = encoder.encode(frame)
        assert packet is not None
        told.append((time, source, Picture(0, message.number, packet)))
    return told


@pytest.mark.parametrize("kind", ["dsr", "rasc", "zmbv"])
@pytest.mark.parametrize("most", [0, 1 << 30], ids=["forgets", "keeps"])
def test_every_second_shows_the_recorded_pixels_in_whatever_order_one_looks(
    tmp_path: Path, story: list[tuple[Said, Frame]], kind: str, most: int
) -> None:
    told = [each for each in with_keys(story) if not isinstance(each[2], PointerShape)]
    paths = keep(tmp_path, FormatName.RASC if kind == "dsr" else FormatName(kind), told, seconds=12.0)
    path = paths[0] if kind == "dsr" else paths[1]
    source = JournalSource(path.read_bytes()) if kind == "dsr" else VideoSource(path.read_bytes())
    assert len(source.outline.stretches) >= (4 if kind == "dsr" else 1)
    viewer = Viewer(source, FrameCache(most))
    for second in (7.3, 0.0, 11.9, 3.0, 2.5, 2.52, 11.0, 0.6, 5.51, 7.3):
        assert np.array_equal(viewer.sees(second), shown_at(story, second)), second


@pytest.mark.parametrize("name", [FormatName.H264, FormatName.MPEG4, FormatName.MJPEG])
def test_films_with_loss_show_what_ffmpeg_shows(tmp_path: Path, name: FormatName) -> None:
    grey = [(each, np.full((64, 96, 4), 40 + 4 * number, np.uint8)) for number, (each, _) in enumerate(said())]
    encoder, told = Encoder(96, 64), list[Said]()
    for (time, source, message), frame in grey:
        packet = encoder.encode(frame) if isinstance(message, Picture) else None
        if packet is not None:
            told.append((time, source, Picture(0, 0, packet)))
    path = keep(tmp_path, name, told)[1]
    assert not FORMATS[name].lossless
    viewer = Viewer(VideoSource(path.read_bytes()))
    with av.open(str(path)) as container:
        frames = {float(each.time or 0): as_picture(each) for each in container.decode(video=0)}
    for second in (2.05, 0.55, 1.3):
        wanted = frames[max(time for time in frames if time <= second)]
        assert ssim(np.ascontiguousarray(viewer.sees(second)), np.ascontiguousarray(wanted)) > 0.99, second


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 33), st.integers(1, 30)), min_size=1, max_size=30), st.data()
)
def test_a_reel_gives_back_every_picture(changes: list[tuple[int, int, int]], data: st.DataObject) -> None:
    stretch, frame, kept = Stretch(41, 34), noise(41, 34), []
    for number, (x, y, size) in enumerate(changes):
        frame = frame.copy()
        frame[y : y + size, x : x + size, :3] = number * 7 % 256
        stretch.add(number * 10, frame)
        kept.append(frame[..., :3])
    for _ in range(6):
        number = data.draw(st.integers(0, len(kept) - 1))
        shown = stretch.at(number * 10 + data.draw(st.integers(0, 9)))
        assert shown is not None
        assert np.array_equal(shown[..., :3], kept[number])
    assert stretch.at(-1) is None


@pytest.mark.parametrize("made", [every_kind, planes_of_every_kind])
@pytest.mark.parametrize("seed", range(4))
def test_no_tile_changes_that_a_packet_did_not_touch(made: Callable[[int, int, int], list[bytes]], seed: int) -> None:
    decoder, before = Decoder(), None
    for packet in made(200, 150, seed):
        frame = decoder.decode(packet).copy()
        touched = np.kron(decoder.touched, np.ones((16, 16), np.bool_))[: frame.shape[0], : frame.shape[1]]
        if before is not None and before.shape == frame.shape:
            assert not (before != frame).any(axis=2)[~touched].any()
        before = frame


def test_the_pointer_is_drawn_where_it_was_and_not_where_nobody_knows(
    story: list[tuple[Said, Frame]], tmp_path: Path
) -> None:
    viewer = Viewer(JournalSource(keep(tmp_path, None, [each for each, _ in story], seconds=12.0)[0].read_bytes()))
    viewer.do(Act.SEEK, 0.3)
    assert [each.width for each in viewer.said if isinstance(each, PointerShape)] == [0]
    viewer.do(Act.SEEK, 0.6)
    shape, place = viewer.said[-2:]
    assert isinstance(shape, PointerShape)
    assert shape.width == 4
    assert place == PointerAt(0, 65_536 // 24, 65_536 // 24)
    viewer.do(Act.SEEK, 0.3)
    assert viewer.said[-1:] == [PointerShape(0, 0, 0, 0, b"")]


def test_chat_and_events_are_marks_and_a_film_borrows_them_from_its_journal(tmp_path: Path) -> None:
    story: list[Said] = [
        (0, Speaker.APPLET, Granted(frozenset({Access.VIEW, Access.RECORD}))),
        (500_000, Speaker.APPLET, Chat(1, "Hello", 0)),
        *with_keys(list(said(90, 70, 2.0))),
        (2_100_000, Speaker.CONSOLE, Chat(2, "Good-bye", 0)),
    ]
    story.sort(key=lambda each: each[0])
    later = [
        (time + (1_000_000 if isinstance(message, Picture) else 0), source, message) for time, source, message in story
    ]
    later.sort(key=lambda each: each[0])
    journal, film = keep(tmp_path, FormatName.RASC, later, seconds=4.0)
    marks = [each for each in JournalSource(journal.read_bytes()).outline.marks if "line" not in each.text]
    assert [(each.at, each.kind, each.text) for each in marks] == [
        (0.0, MarkKind.BEGAN, ""),
        (0.0, MarkKind.ALLOWED, "view record"),
        (0.5, MarkKind.CUSTOMER_WROTE, "Hello"),
        (2.1, MarkKind.TECHNICIAN_WROTE, "Good-bye"),
        (4.0, MarkKind.ENDED, "technician"),
    ]
    with ExitStack() as files:
        borrowed = source_of(film, journal)(files).outline
        assert [(each.at, each.text) for each in borrowed.marks if each.text == "Good-bye"] == [(1.1, "Good-bye")]
        assert borrowed.began is not None
        assert source_of(film, tmp_path / "none.dsr")(files).outline.marks == []


def test_what_may_not_be_seen_any_more_is_black(tmp_path: Path, story: list[tuple[Said, Frame]]) -> None:
    told = [each for each in with_keys(story, 100) if each[0] < 6 * SECOND]
    told += [(6 * SECOND, Speaker.CONSOLE, Watch(None)), (7 * SECOND, Speaker.CONSOLE, Chat(9, "still here", 0))]
    viewer = Viewer(JournalSource(keep(tmp_path, None, told, seconds=8.0)[0].read_bytes()))
    assert not viewer.sees(7.0).any()
    assert np.array_equal(viewer.sees(5.9), shown_at(story, 5.9))


def test_a_recording_that_ends_because_nothing_may_be_seen_ends_with_what_was_seen(
    tmp_path: Path, story: list[tuple[Said, Frame]]
) -> None:
    told = [each for each in with_keys(story, 100) if each[0] < 6 * SECOND]
    told += [(6 * SECOND, Speaker.APPLET, Granted(frozenset()))]
    viewer = Viewer(JournalSource(keep(tmp_path, None, told, seconds=6.03)[0].read_bytes()))
    assert np.array_equal(viewer.sees(6.03), shown_at(story, 5.99))


def test_it_plays_in_time_at_any_speed_and_a_slow_page_is_sent_only_the_present(
    tmp_path: Path, story: list[tuple[Said, Frame]]
) -> None:
    viewer = Viewer(JournalSource(keep(tmp_path, None, with_keys(story), seconds=12.0)[0].read_bytes()))
    viewer.settle()
    viewer.do(Act.SPEED, 2.0)
    viewer.do(Act.PLAY)
    viewer.pass_by(1.5)
    assert viewer.states[-1] == PlayerNow(3.0, True, 2.0, False, False)
    assert viewer.frame is not None
    assert np.array_equal(viewer.frame[..., :3], shown_at(story, 3.0))
    viewer.paints = False
    sent = sum(isinstance(each, Picture) for each in viewer.said)
    for _ in range(40):
        viewer.pass_by(0.1)
    assert sum(isinstance(each, Picture) for each in viewer.said) == sent + 1
    viewer.paints = True
    viewer.do(Act.SHOWN, [each.number for each in viewer.said if isinstance(each, Picture)][-1])
    viewer.pass_by(0)
    assert viewer.frame is not None
    assert np.array_equal(viewer.frame[..., :3], shown_at(story, 11.0))
    viewer.pass_by(2)
    assert viewer.states[-1] == PlayerNow(12.0, False, 2.0, False, False)


def test_steps_and_jumps_stop_at_pictures(tmp_path: Path, story: list[tuple[Said, Frame]]) -> None:
    viewer = Viewer(JournalSource(keep(tmp_path, None, with_keys(story), seconds=12.0)[0].read_bytes()))
    viewer.do(Act.SEEK, 2.2)
    viewer.do(Act.STEP, 1)
    assert viewer.states[-1].at == 2.5
    viewer.do(Act.STEP, -1)
    assert viewer.states[-1].at == 2.0
    viewer.do(Act.CHANGE, -1)
    assert viewer.states[-1].at == 0.0
    viewer.do(Act.SKIP, 1)
    assert viewer.states[-1].skips
    viewer.do(Act.SEEK, float("inf"))
    assert viewer.states[-1].at == 0.0


def test_a_page_that_lost_the_picture_gets_a_whole_one(tmp_path: Path) -> None:
    viewer = Viewer(JournalSource(keep(tmp_path, None)[0].read_bytes()))
    frame = viewer.sees(2.0)
    viewer._decoder, viewer.frame = Decoder(), None
    viewer.do(Act.REFRESH)
    assert viewer.frame is not None
    assert np.array_equal(viewer.frame[..., :3], frame)


@pytest.mark.parametrize("kind", ["dsr", "rasc"])
def test_a_damaged_recording_plays_what_is_whole_and_says_what_is_missing(
    tmp_path: Path, story: list[tuple[Said, Frame]], kind: str
) -> None:
    told = [each for each in with_keys(story) if not isinstance(each[2], PointerShape)]
    paths = keep(tmp_path, FormatName.RASC, told, seconds=12.0)
    content = bytearray((paths[0] if kind == "dsr" else paths[1]).read_bytes())
    tag = b"DSRc" if kind == "dsr" else b"00dc"
    places = [at for at in range(len(content)) if content.startswith(tag, at)]
    hit = places[len(places) // 3]
    content[hit : hit + 30] = bytes(30)
    viewer = Viewer(JournalSource(bytes(content)) if kind == "dsr" else VideoSource(bytes(content)))
    outline = viewer.player._source.outline
    assert len(outline.missing) == 1
    ((begins, ends),) = outline.missing
    assert 0 < begins < ends <= 12 * SECOND + 20_000  # a film's last slot ends a little later
    assert np.array_equal(viewer.sees(0.6), shown_at(story, 0.6))
    held = shown_at(story, begins / SECOND)
    assert np.array_equal(viewer.sees((begins + ends) / 2 / SECOND), held)
    if ends < 12 * SECOND:
        assert np.array_equal(viewer.sees(ends / SECOND), shown_at(story, ends / SECOND))


@pytest.mark.parametrize("kind", ["dsr", "rasc", "h264"])
def test_a_truncated_recording_plays_up_to_its_last_whole_picture(tmp_path: Path, kind: str) -> None:
    paths = keep(tmp_path, FormatName.H264 if kind == "h264" else FormatName.RASC)
    content = (paths[0] if kind == "dsr" else paths[1]).read_bytes()
    for cut in (len(content) - 700, len(content) - 37):
        source = JournalSource(content[:cut]) if kind == "dsr" else VideoSource(content[:cut])
        assert source.outline.is_cut
        viewer = Viewer(source)
        viewer.do(Act.SEEK, 99)
        assert viewer.frame is not None


class Page:
    """Waits for what the player's thread says."""

    def __init__(self) -> None:
        self.told: list[PlayerOpened | PlayerFailed] = []
        self.pictures: list[bytes] = []
        self.news = threading.Condition()

    def hear(self, message: PlayerOpened | PlayerFailed) -> None:
        with self.news:
            self.told.append(message)
            self.news.notify_all()

    def show(self, data: bytes) -> None:
        with self.news:
            self.pictures.append(data)
            self.news.notify_all()

    def waits_for(self, something: str) -> None:
        with self.news:
            assert self.news.wait_for(lambda: bool(getattr(self, something)), 10)


@pytest.fixture
def page() -> Page:
    return Page()


def test_on_its_thread_a_file_is_opened_shown_and_let_go(tmp_path: Path, page: Page) -> None:
    journal = keep(tmp_path)[0]
    thread = PlayerThread(
        source_of(journal, None), described("id", journal.name), Hearer(page.show, lambda _: None), page.hear
    )
    page.waits_for("pictures")
    opened = page.told[0]
    assert isinstance(opened, PlayerOpened)
    assert (opened.seconds, len(opened.activity), opened.is_cut) == (3.0, 240, False)
    thread.close()
    thread._thread.join(5)
    assert not thread._thread.is_alive()


@pytest.mark.parametrize("content", [b"", b"no recording", b"DSR\x01\r\n\x1a\n", b"RIFF0000AVI garbage"])
def test_what_cannot_be_played_says_so(tmp_path: Path, page: Page, content: bytes) -> None:
    path = tmp_path / "garbage.dsr"
    path.write_bytes(content)
    PlayerThread(source_of(path, None), described("id", path.name), Hearer(page.show, lambda _: None), page.hear)
    page.waits_for("told")
    assert isinstance(page.told[0], PlayerFailed)
    assert len(page.told[0].message) > 20
