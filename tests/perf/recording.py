"""Recording beside FFmpeg's lossless screen encoders, and what it costs a running session.

`python -m tests.perf recording CLIP… [--json FILE]`. Every contender gets the very same pictures, as a screen delivers
them, in the same run, and one thread; its processor time counts, also for what has to be converted first. All write a
key after as many pictures.
Ours is measured twice: with the pictures alone, and as it records a session, where it is told which tiles the session's
packets touched and gets the decoder's picture.
The best of them is the one that shows the exact pixels with the fewest bytes; whoever takes longer than PATIENCE
seconds for a clip is out of the race.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import inf
from pathlib import Path
from statistics import median
from typing import TypeVar

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from codec.picture.decoder import Decoder
from codec.picture.diff import Flags, Frame
from codec.picture.encoder import Encoder
from codec.picture.rate.picture_budget import PictureBudget
from codec.recording.convert import convert_journal
from codec.recording.film import Film
from codec.recording.formats import FORMATS, KEY_PICTURES, FormatName
from codec.recording.journal import Began, Journal, JournalWriter, Speaker, read_journal
from codec.recording.rasc import RascEncoder
from codec.recording.recorder import FilmOutput, JournalOutput, Output, Recorder
from codec.wire.messages import Picture, PointerMove, PointerShape, pack
from tests.codec.recording.pictures import as_picture
from tests.codec.recording.sinks import MemoryFile
from tests.perf import playing
from tests.perf.clips import pictures
from tests.perf.rivals import Contender
from tests.perf.table import Row

Given = TypeVar("Given")
Made = TypeVar("Made")

RATE = 20
LOSSLESS = (
    Contender("zmbv", "zmbv", "bgr0", {}),
    Contender("flashsv2", "flashsv2", "bgr24", {}),
    Contender("qtrle", "qtrle", "rgb24", {}),
    Contender("x264rgb", "libx264rgb", "bgr0", {"preset": "ultrafast", "tune": "zerolatency", "qp": "0"}),
)
TIME_BAR, BYTES_BAR = 0.5, 1.0
CORE_BAR, CONVERT_BAR, APPEND_BAR = 5.0, 5.0, 50.0
DEFAULT_BAR = 50.0
"""Of a core, for the default format, whatever is on the screen."""
LINE_BYTES_PER_SECOND = 1_250_000.0
OFFICE = "office"
PATIENCE = 8.0


@dataclass
class Result:
    """What one contender did with one clip."""

    name: str
    first_kib: float = 0.0
    after_kib: float = 0.0
    encode_ms: list[float] = field(default_factory=list)

    def note(self, size: int, seconds: float) -> None:
        """One picture was encoded."""
        if self.first_kib == 0:
            self.first_kib = size / 1024
        else:
            self.after_kib += size / 1024
            self.encode_ms.append(1000 * seconds)


def measure(clips: list[Path]) -> list[Row]:
    """Return the rows of these clips."""
    found = [row for clip in clips for row in (*_encoding(clip), *_session(clip))]
    return found + [row for clip in clips if clip.stem == OFFICE for row in playing.rows(clip)]


def _encoding(clip: Path) -> list[Row]:
    ours, told = _ours(clip), _ours(clip, told=True)
    theirs = [(contender, *_theirs(clip, contender)) for contender in LOSSLESS]
    for contender, result, exact in theirs:  # shown at once: a clip takes minutes
        print(
            f"  {clip.stem} {contender.name}: {_figures(result)}{'' if exact else ', not exact, or given up'}",
            flush=True,
        )
    print(f"  {clip.stem} ours: {_figures(ours)}", flush=True)
    print(f"  {clip.stem} ours, as it records a session: {_figures(told)}", flush=True)
    best, name = min(
        ((result, contender.name) for contender, result, exact in theirs if exact), key=lambda each: _bytes(each[0])
    )
    note = f"first picture {ours.first_kib:,.0f} KiB, {name} {best.first_kib:,.0f}"
    return [
        Row(f"RASC, time a picture, {clip.stem}", _mean(ours), "ms", TIME_BAR, _mean(best), name),
        Row(f"RASC, time a picture of a session, {clip.stem}", _mean(told), "ms", TIME_BAR, _mean(best), name),
        Row(f"RASC, bytes, {clip.stem}", _bytes(ours), "KiB", BYTES_BAR, _bytes(best), name, note=note),
    ]


def _session(clip: Path) -> list[Row]:
    """Record the clip as a session, with a pointer that moves; then make a film of the journal."""
    said = list(_said(clip))
    seconds = said[-1][0] / 1e6 + 1 / RATE
    journal_file = MemoryFile()
    journal_only = _cost(said, [JournalOutput(JournalWriter(journal_file))])
    both = _cost(said, [JournalOutput(JournalWriter(MemoryFile())), _film(FormatName.RASC)])
    usual = list(_said(clip, LINE_BYTES_PER_SECOND))
    default = _cost(usual, [JournalOutput(JournalWriter(MemoryFile())), _film(FormatName.H264)])
    journal = read_journal(bytes(journal_file.content))
    converting, processor = _converted(journal)
    bar = CORE_BAR if clip.stem == OFFICE else float("inf")
    least = CONVERT_BAR if clip.stem == OFFICE else 0.0
    each = 1e6 * journal_only / len(said)
    return [
        Row(f"recording .dsr and RASC, {clip.stem}", 100 * both / seconds, "% of a core", bar),
        Row(f"recording .dsr and H.264, {clip.stem}", 100 * default / seconds, "% of a core", DEFAULT_BAR),
        Row(f"adding to the .dsr, {clip.stem}", each, "µs a message", APPEND_BAR),
        Row(
            f".dsr → h264, {clip.stem}",
            seconds / converting,
            "× real time",
            least,
            more_is_better=True,
            note=f"{seconds / processor:.1f} × by the processor's time",
        ),
    ]


def _said(clip: Path, line: float = inf) -> Iterator[tuple[int, Speaker, Picture | PointerShape | PointerMove]]:
    """Yield time and message: the clip's pictures, a pointer that moves half of the time.

    `line` carries so many bytes a second; where that is little enough, films are sent as films.
    """
    encoder: Encoder | None = None
    yield 0, Speaker.APPLET, PointerShape(24, 24, 0, 0, bytes(range(256)) * 9)
    for number, picture in enumerate(pictures(clip)):
        encoder = encoder or Encoder(picture.shape[1], picture.shape[0])
        budget = None if line == inf else PictureBudget(1 + number / RATE, int(line / RATE), line, videos=True)
        packet = encoder.encode(picture, budget if number else None)
        at = number * 1_000_000 // RATE
        if packet is not None:
            yield at, Speaker.APPLET, Picture(0, number, packet)
        if number // RATE % 2:
            for step in range(2):
                place = 10_000 + 97 * number + 41 * step
                yield at + 20_000 * step, Speaker.CONSOLE, PointerMove(0, place, place)


def _cost(said: list[tuple[int, Speaker, Picture | PointerShape | PointerMove]], outputs: list[Output]) -> float:
    """Return the processor's seconds, without what the first picture, a key, takes."""
    packed = [(at, source, message, pack(message)) for at, source, message in said]
    recorder = Recorder(outputs, Began(1, 0, "perf"), 0)
    began = 0.0
    for number, (at, source, message, data) in enumerate(packed):
        recorder.take(source, message, at, data)
        recorder.tick(at)
        if number == 2:
            began = time.process_time()
    spent = time.process_time() - began
    recorder.close(packed[-1][0], "done")
    return spent


def _film(name: FormatName) -> FilmOutput:
    return FilmOutput(Film(FORMATS[name], lambda _: MemoryFile()))


def _converted(journal: Journal) -> tuple[float, float]:
    """Return the seconds that making an H.264 film takes, on the clock and on the processor."""
    began, processor = time.perf_counter(), time.process_time()
    convert_journal(journal, Film(FORMATS[FormatName.H264], lambda _: MemoryFile()), lambda _: None)
    return time.perf_counter() - began, time.process_time() - processor


def _ours(clip: Path, told: bool = False) -> Result:
    result, encoder = Result("ours"), None
    player: VideoCodecContext | None = None
    shown: Frame | None = None
    session, decoder = None, Decoder()
    touched: Flags | None = None
    for number, screen in enumerate(pictures(clip)):
        picture = screen
        height, width = picture.shape[:2]
        if encoder is None or player is None or session is None:
            encoder, player = RascEncoder(width, height), _player("rasc", width, height, "bgr0")
            session = Encoder(width, height)
        if told:
            said = session.encode(picture)
            touched = np.zeros((0, 0), np.bool_)
            if said is not None:
                picture, touched = decoder.decode(said), decoder.touched
        encode = partial(encoder.encode, key=number % KEY_PICTURES == 0, touched=touched)
        packet, seconds = timed(encode, picture)
        result.note(len(packet or b""), seconds)
        if packet is not None:
            shown = as_picture(player.decode(av.Packet(packet))[0])
        if shown is None or (shown != picture[..., :3]).any():
            raise AssertionError("FFmpeg does not show what our encoder saw")
    return result


def _theirs(clip: Path, contender: Contender) -> tuple[Result, bool]:
    """Return what it did, and whether it shows the exact pixels of the whole clip."""
    result, exact, spent = Result(contender.name), True, 0.0
    context: VideoCodecContext | None = None
    counter = itertools.count()

    def encode(given: av.VideoFrame) -> list[bytes]:
        assert context is not None
        frame = given.reformat(format=contender.pixels)
        frame.pts = next(counter)
        return [bytes(packet) for packet in context.encode(frame)]

    for picture in pictures(clip):
        if context is None:
            height, width = picture.shape[:2]
            context = _open(contender, width, height)
            name = {"libx264rgb": "h264"}.get(contender.codec, contender.codec)
            player = _player(name, width, height, contender.pixels)
        packets, seconds = timed(encode, av.VideoFrame.from_ndarray(picture, format="bgra"))
        result.note(sum(len(packet) for packet in packets), seconds)
        spent += seconds
        if spent > PATIENCE:
            return result, False
        for packet in packets:
            try:
                frames = player.decode(av.Packet(packet))
            except av.FFmpegError:
                exact = False  # FFmpeg refuses some packets of its own flashsv2 encoder
                continue
            exact = exact and all(bool((as_picture(each) == picture[..., :3]).all()) for each in frames)
    return result, exact


def _open(contender: Contender, width: int, height: int) -> VideoCodecContext:
    context = av.CodecContext.create(contender.codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, contender.pixels
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.thread_count, context.gop_size = 1, KEY_PICTURES
    context.options = contender.options
    context.open()
    return context


def _player(name: str, width: int, height: int, pixels: str) -> VideoCodecContext:
    context = av.CodecContext.create(name, "r")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.thread_count = width, height, 1
    if name in ("flashsv2", "zmbv", "qtrle"):
        context.pix_fmt = pixels
    if name == "qtrle":
        context.bits_per_coded_sample = 24
    return context


def timed(work: Callable[[Given], Made], given: Given) -> tuple[Made, float]:
    """Return what `work` makes of `given`, and this thread's seconds on the processor."""
    began = time.thread_time()
    made = work(given)
    return made, time.thread_time() - began


def _figures(result: Result) -> str:
    return (
        f"{_bytes(result):,.0f} KiB, first {result.first_kib:,.0f}, "
        f"{_mean(result):.2f} ms a picture, median {median(result.encode_ms):.2f}"
    )


def _bytes(result: Result) -> float:
    return result.first_kib + result.after_kib


def _mean(result: Result) -> float:
    return float(np.mean(result.encode_ms))
