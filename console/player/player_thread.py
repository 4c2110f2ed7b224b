"""Runs a player on a thread of its own, so that nothing it decodes ever holds up a session."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from codec.errors import DesksideError
from codec.recording.avi_reader import Content
from codec.recording.journal import MICROSECONDS
from console.player.journal_source import JournalSource
from console.player.messages import Part, PlayerDo, PlayerFailed, PlayerOpened
from console.player.player import Hearer, Player
from console.player.source import RecordingSource, marks_from
from console.player.video_source import VideoSource
from console.recording.files import opened

ACTIVITY_PARTS = 240
MOST_WAITING = 1_000
"""So many deeds may wait; a page that does more is closed."""
_log = logging.getLogger(__name__)


class CannotPlayError(DesksideError):
    """This recording has no image that can be shown, so there is nothing to play."""


class PlayerThread:
    """Plays a file until `close`. `told` and what `hearer` has are called on the thread."""

    def __init__(
        self,
        open_source: Callable[[ExitStack], RecordingSource],
        opened_as: Callable[[RecordingSource, Player], PlayerOpened],
        hearer: Hearer,
        told: Callable[[PlayerOpened | PlayerFailed], None],
    ) -> None:
        self._open = open_source
        self._opened_as = opened_as
        self._hearer = hearer
        self._told = told
        self._deeds: queue.Queue[PlayerDo | None] = queue.Queue(MOST_WAITING)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def do(self, deed: PlayerDo) -> None:
        """The viewer does something."""
        try:
            self._deeds.put_nowait(deed)
        except queue.Full:
            self.close()

    def close(self) -> None:
        """Play no more. Does not wait."""
        self._closed.set()
        try:
            self._deeds.put_nowait(None)
        except queue.Full:
            return  # the thread has enough to wake up for

    def _run(self) -> None:
        try:
            with ExitStack() as files:
                source = self._open(files)
                if not source.outline.stretches:
                    raise CannotPlayError(CannotPlayError.__doc__)
                player = Player(source, self._hearer)
                self._told(self._opened_as(source, player))
                self._play(player)
        except DesksideError as error:
            self._told(PlayerFailed(str(error)))
        except Exception:
            _log.exception("a recording cannot be played")
            self._told(PlayerFailed("Something in this recording cannot be shown. Try to repair it, see the manual."))

    def _play(self, player: Player) -> None:
        patience: float | None = 0.0
        while not self._closed.is_set():
            deeds = self._waiting(patience)
            for deed in deeds:
                player.do(deed, _microseconds())
            patience = player.work(_microseconds())

    def _waiting(self, patience: float | None) -> list[PlayerDo]:
        """Return what the viewer has done, waiting for it as long as there is nothing else to do."""
        deeds: list[PlayerDo] = []
        try:
            first = self._deeds.get(timeout=patience) if patience != 0 else self._deeds.get_nowait()
            while first is not None:
                deeds.append(first)
                first = self._deeds.get_nowait()
        except queue.Empty:
            pass
        return deeds


def source_of(path: Path, journal: Path | None) -> Callable[[ExitStack], RecordingSource]:
    """Return what opens a file; a film takes chat and events from the journal beside it, where there is one."""

    def open_source(files: ExitStack) -> RecordingSource:
        content = files.enter_context(opened(path))
        if _is_journal(content):
            return JournalSource(content)
        film = VideoSource(content)
        if journal is not None:
            _borrow(film, journal, path)
        return film

    return open_source


def described(recording: str, file: str) -> Callable[[RecordingSource, Player], PlayerOpened]:
    """Return what tells a page about a recording that is open."""

    def tell(source: RecordingSource, player: Player) -> PlayerOpened:
        outline, timeline = source.outline, player.timeline
        return PlayerOpened(
            recording=recording,
            file=file,
            seconds=outline.duration / MICROSECONDS,
            marks=outline.marks,
            activity=timeline.activity(outline.weights, ACTIVITY_PARTS),
            quiet=[_part(*each) for each in timeline.quiet],
            missing=[_part(*each) for each in outline.missing],
            is_cut=outline.is_cut,
            began=outline.began,
        )

    return tell


def _borrow(film: VideoSource, path: Path, named: Path) -> None:
    """Take marks and the beginning of the recording from its journal; one that cannot be read lends nothing."""
    try:
        with opened(path) as content:
            journal = JournalSource(content)
            begins = journal.part_begins(_part_number(path, named))
    except DesksideError:
        return
    film.outline.began = journal.outline.began
    film.outline.marks = marks_from(journal.outline.marks, begins, film.outline.duration / MICROSECONDS)


def _part_number(journal: Path, film: Path) -> int:
    rest = film.stem.removeprefix(journal.stem).rpartition("-")[2]
    return int(rest) if rest.isdecimal() else 1


def _part(begins: int, ends: int) -> Part:
    return Part(begins / MICROSECONDS, ends / MICROSECONDS)


def _is_journal(content: Content) -> bool:
    return content[:4] != b"RIFF"


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
