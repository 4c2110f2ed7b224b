"""Going anywhere in a played recording: from the click to the packet that shows it. The page's own time is not in it.

A clip is repeated to ten minutes, with a whole picture as often as the recorder asks for one. First everything is
decoded, as it is while a viewer looks; then he goes to random moments, and then again in a player that was just opened.
"""

import itertools
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from codec.picture.encoder import Encoder
from codec.recording.journal import Began, JournalWriter, Speaker
from codec.recording.recorder import JournalOutput, Recorder
from codec.wire.messages import Picture, pack, unpack
from console.player.messages import Act, PlayerDo
from console.player.player import Hearer, Player
from console.player.player_thread import source_of
from console.player.source import RecordingSource as Played
from console.recording.controller import REFRESH_SECONDS
from console.recording.files import RecordingFile
from tests.perf.clips import RATE, pictures
from tests.perf.table import Row

SECONDS = 600
SEEKS = 60
UNKNOWN_SEEKS = 5
BAR_MS = 200.0
MICROSECONDS = 1_000_000


def rows(clip: Path) -> list[Row]:
    """Measure with one clip."""
    with TemporaryDirectory() as folder, ExitStack() as files:
        path = Path(folder) / "ten-minutes.dsr"
        _record(clip, path)
        source, chance = source_of(path, None)(files), random.Random(1)
        viewer = _Viewer(source)
        known = [viewer.goes_to(chance.uniform(0, SECONDS)) for _ in range(SEEKS)]
        unknown = [_Viewer(source, decoded=False).goes_to(chance.uniform(0, SECONDS)) for _ in range(UNKNOWN_SEEKS)]
    note = (
        f"p95 {quantiles(known, n=20)[-1]:.0f} ms, at most {max(known):.0f}; all decoded after {viewer.decoded:.1f} s"
    )
    return [
        Row(f"played: going anywhere, {clip.stem}, 10 minutes", median(known), "ms", BAR_MS, note=note),
        Row(
            "played: the same before it is decoded",
            median(unknown),
            "ms",
            None,
            note=f"at most {max(unknown):,.0f} ms",
        ),
    ]


class _Viewer:
    """Paints at once what it is sent."""

    def __init__(self, source: Played, *, decoded: bool = True) -> None:
        self._player = Player(source, Hearer(self._hear, lambda _: None))
        self._painted = False
        began = time.monotonic()
        while decoded and self._player.work(_now()) == 0.0:
            pass
        self.decoded = time.monotonic() - began

    def goes_to(self, second: float) -> float:
        """Return the milliseconds until the page has what shows this moment."""
        began = time.perf_counter()
        self._player.do(PlayerDo(Act.SEEK, second), _now())
        self._painted = False
        while not self._painted and self._player.work(_now()) == 0.0:
            pass
        return 1000 * (time.perf_counter() - began)

    def _hear(self, data: bytes) -> None:
        message = unpack(data)
        if isinstance(message, Picture):
            self._painted = True
            self._player.do(PlayerDo(Act.SHOWN, message.number), _now())


def _record(clip: Path, path: Path) -> None:
    file = RecordingFile(path, durable=False)
    recorder = Recorder([JournalOutput(JournalWriter(file))], Began(1, 0, "perf"), 0)
    at = 0
    for at, picture in _packets(clip):
        recorder.take(Speaker.APPLET, picture, at, pack(picture))
        recorder.tick(at)
    recorder.close(at, "done")
    file.close()


def _packets(clip: Path) -> Iterator[tuple[int, Picture]]:
    frames = list(pictures(clip))
    encoder = Encoder(frames[0].shape[1], frames[0].shape[0])
    refresh = int(REFRESH_SECONDS) * RATE
    for number, frame in enumerate(itertools.islice(itertools.cycle(frames), SECONDS * RATE)):
        if number and number % refresh == 0:
            encoder.refresh()
        packet = encoder.encode(frame)
        if packet is not None:
            yield number * MICROSECONDS // RATE, Picture(0, number, packet)


def _now() -> int:
    return time.monotonic_ns() // 1000
