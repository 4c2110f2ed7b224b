"""Films show what was to be seen, when it was to be seen, in every format; from a live session and from its journal."""

import io

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.recording.avi import Limits
from codec.recording.avi_reader import read_avi
from codec.recording.convert import CannotConvertError, convert_film, convert_journal
from codec.recording.film import Film
from codec.recording.formats import FORMATS, KEY_PICTURES, FormatName
from codec.recording.journal import Began, JournalWriter, read_journal
from codec.recording.recorder import FilmOutput, Indication, JournalOutput, Recorder
from codec.recording.sink import RecordingStoppedError
from codec.wire.messages import Granted, Picture, PointerAt, PointerMove, Watch
from tests.codec.recording.pictures import as_picture, noise
from tests.codec.recording.sessions import said
from tests.codec.recording.sinks import MemoryFile

BEGAN = Began(7, 1_790_000_000_000, "Anna")


class Parts:
    """The files of one film."""

    def __init__(self) -> None:
        self.files: list[MemoryFile] = []

    def open(self, number: int) -> MemoryFile:
        assert number == len(self.files) + 1
        self.files.append(MemoryFile())
        return self.files[-1]

    def played(self, number: int = 1) -> list[tuple[float, Frame]]:
        """Return seconds and picture of all that FFmpeg shows of a part."""
        with av.open(io.BytesIO(bytes(self.files[number - 1].content)), "r") as container:
            return [(frame.time or 0.0, as_picture(frame)) for frame in container.decode(video=0)]


def seen_at(shown: list[tuple[float, Frame]], seconds: float) -> Frame:
    """Return the picture that a player shows at that time."""
    return next(picture for time, picture in reversed(shown) if time <= seconds + 1e-6)


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean SSIM of 8×8 blocks of green (Wang et al., 2004)."""
    height, width = one.shape[0] // 8 * 8, one.shape[1] // 8 * 8
    blocks = [
        each[:height, :width, 1].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 64).astype(float)
        for each in (one, other)
    ]
    mean_x, mean_y = (each.mean(axis=1) for each in blocks)
    var_x, var_y = (each.var(axis=1) for each in blocks)
    both = (blocks[0] * blocks[1]).mean(axis=1) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ssim = (2 * mean_x * mean_y + c1) * (2 * both + c2) / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return float(ssim.mean())


def desktop(seed: int, width: int = 320, height: int = 240) -> Frame:
    """A picture as desktops are: areas, an even gradient, and lines of something like text."""
    picture = np.full((240, 330, 4), 240, np.uint8)
    picture[20:80, 30 : 30 + 20 * (seed % 10 + 1)] = (200, 120 + seed, 40, 0)
    picture[120:200, 40:280, :3] = np.linspace(40, 220, 240, dtype=np.uint8)[None, :, None]
    picture[90:100, 40:280] = np.where(noise(240, 10, seed)[..., :1] > 128, 30, 240)
    return np.ascontiguousarray(picture[:height, :width])


@pytest.mark.req("REC-31")
@pytest.mark.parametrize("name", FormatName)
def test_every_format_shows_the_screen_at_the_right_time(name: FormatName) -> None:
    parts = Parts()
    film, encoder = Film(FORMATS[name], parts.open), Encoder(320, 240)
    moments = [0.0, 0.3, 0.42, 2.0, 2.5, 7.0]
    for number, moment in enumerate(moments):
        packet = encoder.encode(desktop(number))
        assert packet is not None
        film.take(int(moment * 1e6), Picture(0, number, packet))
    film.close(9_000_000)
    shown = parts.played()
    for number, seconds in enumerate(moments):
        picture = seen_at(shown, seconds + (0.02 if name is FormatName.H264 else 0.0))
        if FORMATS[name].lossless:
            assert np.array_equal(picture, desktop(number)[..., :3])
        assert similarity(picture, desktop(number)) >= 0.95
    assert read_avi(bytes(parts.files[0].content)).slots == 451


@pytest.mark.finding("load-1.11b")
@pytest.mark.parametrize("name", FormatName)
def test_every_picture_that_is_named_a_key_decodes_alone(name: FormatName) -> None:
    some = [desktop(number, 96, 64) for number in range(40)]
    parts, pictures = Parts(), [some[number % 40] for number in range(500)]
    film = Film(FORMATS[name], parts.open)
    for number, picture in enumerate(pictures):
        film.show(number * 40_000, picture)
    film.close(len(pictures) * 40_000)
    content = bytes(parts.files[0].content)
    found = read_avi(content)
    keys = [chunk for chunk in found.chunks if chunk.key]
    assert len(keys) >= len(pictures) // KEY_PICTURES
    for key in keys:
        decoder = av.CodecContext.create({"h264": "h264", "mpeg4": "mpeg4"}.get(name, name.value), "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.width, decoder.height, decoder.bits_per_coded_sample = 96, 64, found.stream.bits
        packet = av.Packet(content[key.offset : key.offset + key.size])
        shown = [*decoder.decode(packet), *decoder.decode(None)]
        assert similarity(as_picture(shown[0]), pictures[key.slot // 2]) >= 0.95


@pytest.mark.parametrize("name", FormatName)
def test_odd_sizes_have_a_place_in_every_format(name: FormatName) -> None:
    parts = Parts()
    film = Film(FORMATS[name], parts.open)
    film.show(0, desktop(1, 321, 239))
    film.close(100_000)
    assert similarity(parts.played()[0][1][:239, :321], desktop(1, 321, 239)) >= 0.95


@pytest.mark.req("REC-31")
def test_live_and_from_the_journal_the_film_is_the_same_and_exact() -> None:
    """Including the pointer, and whatever second is looked at."""
    live, later, journal = Parts(), Parts(), MemoryFile()
    rasc = FORMATS[FormatName.RASC]
    recorder = Recorder([JournalOutput(JournalWriter(journal)), FilmOutput(Film(rasc, live.open))], BEGAN, now=1_000)
    screens: list[tuple[float, Frame]] = []
    for (time, source, message), screen in said():
        recorder.take(source, message, 1_000 + time)
        recorder.tick(1_000 + time)
        if isinstance(message, Picture | PointerMove | PointerAt):
            screens.append((time / 1e6, screen))
    recorder.close(1_000 + 3_200_000, "technician")
    done: list[float] = []
    convert_journal(read_journal(bytes(journal.content)), Film(rasc, later.open), done.append)
    assert done[-1] == 1.0
    assert done == sorted(done)
    assert len(read_avi(bytes(live.files[0].content)).chunks) > 12
    for parts in (live, later):
        shown = parts.played()
        for at, screen in screens:
            differs = (seen_at(shown, at + 0.02) != screen[..., :3]).any(axis=2)
            assert differs.sum() <= 16, "nothing but the pointer may differ"
    for (time_a, a), (time_b, b) in zip(live.played(), later.played(), strict=True):
        assert time_a == time_b
        assert np.array_equal(a, b)


def test_both_lossless_formats_show_the_same_pointer_and_nothing_of_where_it_was() -> None:
    films = {name: Parts() for name in (FormatName.RASC, FormatName.ZMBV)}
    for name, parts in films.items():
        film = Film(FORMATS[name], parts.open)
        for (time, _, message), _ in said():
            film.take(time, message)
        film.close(3_100_000)
    rasc, zmbv = (parts.played() for parts in films.values())
    for moment in range(155):
        assert np.array_equal(seen_at(rasc, moment * 0.02), seen_at(zmbv, moment * 0.02))


@pytest.mark.parametrize("name", [FormatName.RASC, FormatName.ZMBV])
def test_what_changed_in_pictures_that_were_left_out_is_shown_with_the_next(name: FormatName) -> None:
    """A film that is behind hears of the changed tiles of each message, and writes them together."""
    parts, screen = Parts(), desktop(0)
    encoder, film = Encoder(320, 240), Film(FORMATS[name], parts.open)
    film.take(0, Picture(0, 0, encoder.encode(screen) or b""))
    film.flush(20_000)
    film.behind = 0.1
    for number in range(1, 9):
        screen[24 * number : 24 * number + 9, 30 * number : 30 * number + 20, :3] ^= 255
        film.take(20_000 * number, Picture(0, number, encoder.encode(screen) or b""))
    film.close(1_000_000)
    shown = parts.played()
    assert len(shown) < 5
    assert np.array_equal(seen_at(shown, 0.9), screen[..., :3])


@pytest.mark.parametrize("name", [FormatName.RASC, FormatName.ZMBV])
def test_a_smaller_monitor_is_shown_in_the_film_of_the_larger(name: FormatName) -> None:
    """Its tiles are not those of the film."""
    parts, large, small = Parts(), desktop(1, 200, 150), desktop(2, 160, 120)
    film, encoder = Film(FORMATS[name], parts.open), Encoder(160, 120)
    film.take(0, Picture(0, 0, Encoder(200, 150).encode(large) or b""))
    film.take(500_000, Picture(1, 0, encoder.encode(small) or b""))
    small[100:, 90:, :3] ^= 255
    film.take(900_000, Picture(1, 1, encoder.encode(small) or b""))
    film.close(1_500_000)
    shown = parts.played()
    assert np.array_equal(seen_at(shown, 0.1), large[..., :3])
    assert np.array_equal(seen_at(shown, 1.2)[:120, :160], small[..., :3])
    assert not seen_at(shown, 1.2)[120:].any()


def test_an_avi_becomes_another() -> None:
    first, second = Parts(), Parts()
    film = Film(FORMATS[FormatName.RASC], first.open)
    for number in range(4):
        film.show(number * 400_000, desktop(number))
    film.close(2_000_000)
    convert_film(io.BytesIO(bytes(first.files[0].content)), Film(FORMATS[FormatName.ZMBV], second.open), lambda _: None)
    shown = second.played()
    for number in range(4):
        assert np.array_equal(seen_at(shown, number * 0.4), desktop(number)[..., :3])
    with pytest.raises(CannotConvertError):
        convert_film(io.BytesIO(b"nothing"), Film(FORMATS[FormatName.ZMBV], second.open), lambda _: None)


def test_a_larger_monitor_begins_another_part_and_a_smaller_one_keeps_its_pixels() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open)
    film.show(0, desktop(1, 200, 150))
    film.show(500_000, desktop(2, 160, 120))
    film.show(900_000, desktop(3, 320, 240))
    film.show(1_500_000, desktop(4, 200, 150))
    film.close(2_000_000)
    assert film.parts == [0, 900_000]
    first, second = parts.played(1), parts.played(2)
    assert np.array_equal(seen_at(first, 0.5)[:120, :160], desktop(2, 160, 120)[..., :3])
    assert not seen_at(first, 0.5)[120:].any()
    assert np.array_equal(seen_at(second, 0.0), desktop(3)[..., :3])
    assert np.array_equal(seen_at(second, 0.6)[:150, :200], desktop(4, 200, 150)[..., :3])


def test_a_full_index_begins_another_part_too() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open, limits=Limits(index_entries=10, indexes=2))
    for number in range(50):
        film.show(number * 20_000, desktop(number))
    film.close(1_000_000)
    assert len(parts.files) == 3
    assert np.array_equal(seen_at(parts.played(3), 0.05)[:], desktop(42)[..., :3])


def test_a_still_screen_goes_on_in_another_part_too() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open, limits=Limits(index_entries=10, indexes=2))
    film.show(0, desktop(3))
    for tick in range(1, 12):
        film.flush(tick * 100_000)
    film.close(1_200_000)
    assert len(parts.files) == 3
    assert np.array_equal(parts.played(3)[0][1], desktop(3)[..., :3])


def test_a_film_that_is_behind_shows_the_latest_at_its_time_and_never_nothing_for_long() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open)
    film.behind = 0.1
    for number in range(50):
        film.show(number * 20_000, desktop(number))
    film.close(1_000_000)
    shown = parts.played()
    assert 4 <= len(shown) <= 6
    for seconds, picture in shown:
        assert np.array_equal(picture, desktop(round(film.parts[0] / 20_000 + seconds * 50))[..., :3])


@pytest.mark.req("REC-04")
def test_a_session_without_pictures_makes_no_film() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open)
    for (time, _, message), _ in said():
        if not isinstance(message, Picture):
            film.take(time, message)
    film.flush(2_000_000)
    film.close(3_000_000)
    assert parts.files == []


def test_of_the_pictures_in_one_slot_the_last_is_shown() -> None:
    parts = Parts()
    film = Film(FORMATS[FormatName.RASC], parts.open)
    for number, microseconds in enumerate((0, 21_000, 27_000, 39_000, 41_000)):
        film.show(microseconds, desktop(number))
    film.close(100_000)
    shown = parts.played()
    assert len(shown) == 3
    assert np.array_equal(seen_at(shown, 0.02), desktop(3)[..., :3])


def test_after_lost_pictures_a_whole_one_is_asked_for() -> None:
    parts = Parts()
    film, encoder = Film(FORMATS[FormatName.RASC], parts.open), Encoder(320, 240)
    first, lost, update = (encoder.encode(desktop(number)) for number in range(3))
    assert first is not None and lost is not None and update is not None  # noqa: PT018
    assert film.needs_refresh
    film.take(0, Picture(0, 0, first))
    assert not film.needs_refresh
    film.take(100_000, Picture(0, 1, lost[:-3]))
    assert film.needs_refresh
    encoder.refresh()
    film.take(300_000, Picture(0, 3, encoder.encode(desktop(5)) or b""))
    assert not film.needs_refresh
    film.close(400_000)
    assert np.array_equal(seen_at(parts.played(), 0.3), desktop(5)[..., :3])


@pytest.mark.parametrize("said_then", [Granted(frozenset()), Watch(None)])
def test_what_may_not_be_seen_any_more_is_not_shown_any_more(said_then: Granted | Watch) -> None:
    parts = Parts()
    film, encoder = Film(FORMATS[FormatName.RASC], parts.open), Encoder(320, 240)
    film.take(0, Picture(0, 0, encoder.encode(desktop(1)) or b""))
    film.take(500_000, said_then)
    encoder.refresh()
    film.take(2_000_000, Picture(0, 1, encoder.encode(desktop(2)) or b""))
    film.close(3_000_000)
    shown = parts.played()
    assert not seen_at(shown, 0.5).any()
    assert not seen_at(shown, 1.9).any()
    assert np.array_equal(seen_at(shown, 2.0), desktop(2)[..., :3])


@pytest.mark.parametrize("name", [FormatName.RASC, FormatName.H264])
@pytest.mark.parametrize("same_slot", [True, False])
def test_a_film_that_ends_because_nothing_may_be_seen_ends_with_what_was_seen(
    name: FormatName, same_slot: bool
) -> None:
    parts = Parts()
    film, encoder = Film(FORMATS[name], parts.open), Encoder(320, 240)
    film.take(0, Picture(0, 0, encoder.encode(desktop(1)) or b""))
    film.take(500_000, Picture(0, 1, encoder.encode(desktop(2)) or b""))
    film.take(501_000 if same_slot else 900_000, Granted(frozenset()))
    film.close(930_000)
    shown = parts.played()
    assert similarity(shown[-1][1], desktop(2)) > 0.98


def test_when_the_disk_is_full_the_recording_says_so_and_what_was_written_plays() -> None:
    told: list[Indication] = []
    file = MemoryFile(open_session=70_000)
    recorder = Recorder([FilmOutput(Film(FORMATS[FormatName.RASC], lambda _: file))], BEGAN, 0, told.append)
    assert told[-1].running
    with pytest.raises(RecordingStoppedError, match="space"):
        for (time, source, message), _ in said(pictures=60):
            recorder.take(source, message, time)
            recorder.tick(time)
    assert not recorder.indication.running
    assert told[-1].stopped_because == "no space is left"
    recorder.close(5_000_000, "technician")
    found = read_avi(bytes(file.content))
    assert found.chunks
    assert found.slots / 50 >= told[-1].seconds - 0.3
    with av.open(io.BytesIO(bytes(file.content)), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) >= len(found.chunks) - 1
