"""Killed, out of space, its place gone: every file opens, no more than a moment is missing, and the reason is told."""

import errno
import io
import itertools
import multiprocessing
import random
import shutil
import time
from pathlib import Path
from typing import Any

import av
import pytest

from codec.recording import formats
from codec.recording.avi_reader import read_avi
from codec.recording.formats import FormatName
from codec.recording.journal import Began, Speaker, read_journal
from codec.recording.rasc import RascEncoder
from codec.recording.recorder import OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.recording.verify import Kind, verify
from codec.wire.messages import Chat, pack
from console.recording import recording_thread
from console.recording.files import RecordingFile
from console.recording.recording_thread import RecordingThread
from console.recording.start import Signing, name_of, start
from tests.codec.recording.sessions import said
from tests.codec.recording.victim import BEGAN, STEP, record

KILLS = 40
SECOND = 1_000_000
UNSIGNED = Signing({}, {})


def killed_recording(folder: Path, after: int) -> int:
    """Record in another process, kill it after so many pictures; return the last time that it had recorded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.codec.recording.victim"])
    ours, theirs = context.Pipe(duplex=False)
    victim = context.Process(target=record, args=(folder, theirs), daemon=True)
    victim.start()
    theirs.close()
    last = 0
    for _ in range(after):
        last = ours.recv()
    victim.kill()
    victim.join()
    try:
        while True:
            last = ours.recv()
    except EOFError:
        return last


@pytest.mark.req("REC-35")
def test_killed_at_random_moments_every_file_opens_with_less_than_a_second_missing(tmp_path: Path) -> None:
    chance = random.Random(5)
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        last = killed_recording(folder, after=chance.randrange(30, 250))
        film, journal = (next(folder.glob(pattern)) for pattern in ("*.avi", "*.dsr"))
        assert film.name == "00000042-20260921T141320Z-Anna_de_Vries-Hélène_Fournier_.._x.avi"
        content = film.read_bytes()
        assert read_avi(content).slots * STEP >= last - SECOND
        with av.open(str(film)) as container:
            stream = container.streams.video[0]
            shown = [frame.time or 0.0 for frame in container.decode(stream)]
            assert shown[-1] * SECOND >= last - SECOND
            assert (stream.duration or 0) * STEP >= last - SECOND
        assert read_journal(journal.read_bytes()).duration >= last - SECOND
        for file in (film, journal):
            report = verify(file.read_bytes(), file.with_name(file.name + ".proof").read_bytes())
            kinds = {finding.kind for finding in report.findings}
            assert kinds <= {Kind.UNFINISHED, Kind.UNSIGNED}
            assert report.duration >= last - SECOND
        shutil.rmtree(folder)


class FullDisk(io.FileIO):
    """A file on a disk with so much room, and whatever error comes then."""

    open_session = 0
    error = errno.ENOSPC

    def write(self, data: "memoryview[int]") -> int:  # type: ignore[override]
        if self.tell() + len(data) > self.open_session:
            written = (
                super().write(data[: max(self.open_session - self.tell(), 0)]) if self.open_session > self.tell() else 0
            )
            if written:
                return written
            raise OSError(self.error, "as the system says it")
        return super().write(data)


def fill(file: RecordingFile, open_session: int, error: int = errno.ENOSPC) -> None:
    """Let a file have so much room in all."""
    disk = FullDisk(file._path, "r+")
    disk.open_session, disk.error = open_session, error
    file._file.close()
    file._file = disk
    file._file.seek(file._end)


@pytest.mark.parametrize(
    ("error", "told"),
    [(errno.ENOSPC, "no space is left"), (errno.EFBIG, "cannot be that large"), (errno.EIO, "location is gone")],
)
def test_a_disk_that_takes_no_more_is_told_and_what_it_took_opens(tmp_path: Path, error: int, told: str) -> None:
    now = [0]
    running = start(tmp_path, BEGAN, FormatName.RASC, UNSIGNED, lambda: now[0])
    with pytest.raises(RecordingStoppedError, match=told):
        for number, ((moment, source, message), _) in enumerate(said(pictures=40)):
            if number == 12:
                for file in running._files:
                    fill(file, file._end + 500, error)
            now[0] = moment
            running.recorder.take(source, message, moment)
            running.recorder.tick(moment)
    running.let_go()
    assert not running.recorder.indication.running
    assert told in running.recorder.indication.stopped_because
    journal, film = (path.read_bytes() for path in running.paths)
    assert read_journal(journal).chunks or now[0] < SECOND
    assert read_avi(film).slots * STEP >= now[0] - SECOND


class Failing(RascEncoder):
    """An encoder with a mistake in it."""

    fails = True

    def encode(self, *given: Any, **named: Any) -> bytes | None:
        if type(self).fails:
            raise ValueError("assignment destination is read-only")
        return super().encode(*given, **named)


@pytest.mark.finding("use-A3", "load-1.1", "load-1.14")
@pytest.mark.parametrize("broken", [OutputKind.JOURNAL, OutputKind.FILM])
def test_an_output_that_fails_leaves_the_other_one_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: OutputKind
) -> None:
    now, lost = [0], list[OutputKind]()
    if broken is OutputKind.FILM:
        monkeypatch.setattr(formats, "RascEncoder", Failing)
    running = start(tmp_path, BEGAN, FormatName.RASC, UNSIGNED, lambda: now[0], lost=lambda kind, _: lost.append(kind))
    if broken is OutputKind.JOURNAL:
        fill(running._files[0], 3_000)
    for (moment, source, message), _ in said(pictures=40):
        now[0] = moment
        running.recorder.take(source, message, moment)
        running.recorder.tick(moment)
    running.recorder.close(now[0], "technician")
    running.let_go()
    assert lost == [broken]
    whole, partial = (1, 0) if broken is OutputKind.JOURNAL else (0, 1)
    reports = [verify(path.read_bytes(), path.with_name(path.name + ".proof").read_bytes()) for path in running.paths]
    assert reports[whole].findings == []
    assert {finding.kind for finding in reports[partial].findings} <= {Kind.UNFINISHED, Kind.UNSIGNED}
    assert reports[partial].findings
    journal, film = (path.read_bytes() for path in running.paths)
    if broken is OutputKind.JOURNAL:
        assert read_avi(film).slots * STEP >= now[0] - 2 * STEP
    else:
        assert read_journal(journal).duration == now[0]


@pytest.mark.finding("use-A3")
def test_a_picture_that_cannot_be_encoded_costs_that_picture_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, lost = [0], list[OutputKind]()
    monkeypatch.setattr(formats, "RascEncoder", Failing)
    monkeypatch.setattr(Failing, "fails", False)
    running = start(tmp_path, BEGAN, FormatName.RASC, UNSIGNED, lambda: now[0], lost=lambda kind, _: lost.append(kind))
    for number, ((moment, source, message), _) in enumerate(said(pictures=40)):
        monkeypatch.setattr(Failing, "fails", number in (11, 30))
        now[0] = moment
        running.recorder.take(source, message, moment)
        running.recorder.tick(moment)
    running.recorder.close(now[0], "technician")
    running.let_go()
    assert lost == []
    film = running.paths[1]
    assert verify(film.read_bytes(), film.with_name(film.name + ".proof").read_bytes()).findings == []
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        shown = [frame.time or 0.0 for frame in container.decode(stream)]
    assert shown[-1] * SECOND >= now[0] - SECOND


class Told:
    """Notes what a recording's thread tells."""

    def __init__(self, failures: list[str]) -> None:
        self.failures = failures
        self.told: list[object] = []

    def recording_began(self) -> None:
        """See RecordingThreadListener."""
        self.told.append("begun")

    def recording_stopped(self, reason: str) -> None:
        """See RecordingThreadListener."""
        self.failures.append(reason)

    def output_lost(self, kind: OutputKind) -> None:
        """See RecordingThreadListener."""

    def recording_written(self) -> None:
        """See RecordingThreadListener."""
        self.told.append("closed")

    def files_closed(self, paths: list[Path]) -> None:
        """See RecordingThreadListener."""
        self.told.append(paths)


@pytest.mark.finding("load-1.14")
def test_what_was_taken_just_before_an_unexpected_failure_is_in_the_files(tmp_path: Path) -> None:
    failures: list[str] = []
    running = start(tmp_path, BEGAN, None, UNSIGNED, lambda: 0)
    told = Told(failures)
    thread = RecordingThread(lambda _begins, _lost: running, told, iter(range(0, 10_000, 10)).__next__)
    message = Chat(1, "the last words", 0)
    thread.take(Speaker.CONSOLE, message, pack(message))

    def fail() -> None:
        raise ValueError("a mistake of ours")

    thread.sign(fail)
    thread.join(20)
    assert len(failures) == 1
    assert any(b"the last words" in each.data for each in read_journal(running.paths[0].read_bytes()).records())


@pytest.mark.req("REC-35")
def test_names_hold_session_start_and_people_and_sort_by_session_and_time() -> None:
    names = [
        name_of(Began(session, 1_790_000_000_000 + 1_000 * second, technician, customer))
        for session, second, technician, customer in (
            (2, 0, "Anna", ""),
            (2, 5, "../../etc/passwd", "C:\\Windows\\*?.exe"),
            (11, 0, "安娜", "a" * 300),
        )
    ]
    assert names == sorted(names)
    assert names[0] == "00000002-20260921T141320Z-Anna"
    assert names[1] == "00000002-20260921T141325Z-etc_passwd-C_Windows_.exe"
    assert names[2].startswith("00000011-20260921T141320Z-安娜-aaa")
    assert all(len(name.encode()) < 240 for name in names)


def test_a_file_that_was_deleted_is_noticed(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "a.dsr")
    file.append(b"something")
    (tmp_path / "a.dsr").unlink()
    with pytest.raises(RecordingStoppedError, match="was deleted"):
        file.commit([])
    file.close()


def test_no_recording_replaces_another_and_no_place_is_a_clear_answer(tmp_path: Path) -> None:
    (tmp_path / "a.dsr").write_bytes(b"older")
    for path, told in ((tmp_path / "a.dsr", "never replace"), (tmp_path / "no" / "b.dsr", "does not exist")):
        with pytest.raises(RecordingStoppedError, match=told):
            RecordingFile(path)
    assert (tmp_path / "a.dsr").read_bytes() == b"older"


def test_the_thread_records_what_it_is_given_and_ends_when_told(tmp_path: Path) -> None:
    failures: list[str] = []
    running = start(tmp_path, BEGAN, FormatName.RASC, UNSIGNED, lambda: 0)
    told = Told(failures)
    thread = RecordingThread(lambda _begins, _lost: running, told, itertools.count().__next__)
    for (_, source, message), _ in said():
        thread.take(source, message, pack(message))
    thread.close("technician")
    thread.finish()
    thread.join(20)
    assert failures == []
    assert told.told == ["begun", "closed", running.paths]
    journal, film = (path.read_bytes() for path in running.paths)
    kept = [each for each in read_journal(journal).records() if each.source != Speaker.RECORDER]
    assert len([each for each in kept if b"chat" in each.data]) == 12
    assert read_avi(film).chunks


def test_the_thread_tells_why_it_failed_and_takes_no_more(tmp_path: Path) -> None:
    failures: list[str] = []
    running = start(tmp_path, BEGAN, None, UNSIGNED, lambda: 0)
    running._files[0]._file.close()
    running._files[0]._file = io.FileIO("/dev/full", "w")
    told = Told(failures)
    thread = RecordingThread(lambda _begins, _lost: running, told, iter(range(0, 10**12, 300_000)).__next__)
    message = Chat(1, "hello", 0)
    for _ in range(5):
        thread.take(Speaker.CONSOLE, message, pack(message))
    thread.join(20)
    assert len(failures) == 1
    assert "no space is left" in failures[0]
    thread.take(Speaker.CONSOLE, message, pack(message))


@pytest.mark.parametrize("computes", [True, False])
def test_f11_a_recording_that_computes_for_long_and_falls_behind_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, computes: bool
) -> None:
    """Three kilobytes may take seconds to look into. One that waits for a disk is not stopped: it catches up."""
    monkeypatch.setattr(recording_thread, "BUSY_SECONDS", 0.05 if computes else 1e9)
    failures: list[str] = []
    running = start(tmp_path, BEGAN, None, UNSIGNED, lambda: 0)
    now, work = itertools.count(step=10 * SECOND), running.recorder.take

    def slow(*given: Any) -> None:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        work(*given)

    monkeypatch.setattr(running.recorder, "take", slow)
    told = Told(failures)
    thread = RecordingThread(lambda _begins, _lost: running, told, now.__next__)
    for number in range(20):
        message = Chat(number, "hello", 0)
        thread.take(Speaker.CONSOLE, message, pack(message))
    thread.close("technician")
    thread.finish()
    thread.join(20)
    assert failures == ([recording_thread.TOO_SLOW] if computes else [])
    records = [each for each in read_journal(running.paths[0].read_bytes()).records() if b"chat" in each.data]
    assert (len(records) < 20) is computes
