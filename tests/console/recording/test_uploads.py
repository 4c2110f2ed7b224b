"""Recordings on their way to a location: what is sent once, what is never lost, and what a page hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codec.recording.journal import Began
from codec.stores.base import CredentialsNeededError, Progress, StoreError
from codec.stores.locations import Location
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import NOBODY, ConfirmedLocations, Order
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.messages import GiveCredentials, RetryUpload, Upload, UploadState
from console.recording.messages import Uploads as UploadsMessage
from console.recording.recording_index import RecordingIndex
from console.recording.target_folder import Target
from console.recording.uploads import Uploads
from tests.support.waiting import eventually

RULES = RecordingRules(location="https://files.example/kept", user="desk", password="Tulips 7", deferred=True)
SECONDS = 10.0


class Place:
    """A location in memory: what it has, what it refuses, and what was asked of it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.refusals: list[StoreError] = []
        self.passwords: list[str] = []
        self.sent: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()
        self.holds_after = 99

    def open(self, location: Location) -> "Place":
        self.passwords.append(location.password)
        return self

    async def confirmed(self, name: str) -> int:
        return len(self.files.get(name, b""))

    async def send(self, source: Path, name: str, progress: Progress) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        data = source.read_bytes()  # noqa: ASYNC240  (a few bytes on a local disk)
        progress(len(data) // 2)
        self.reached.set()
        if len(self.sent) == self.holds_after:
            self.gate.clear()
        await self.gate.wait()
        self.files[name] = data
        self.sent.append(name)

    async def delete(self, name: str) -> None:
        self.files.pop(name, None)

    async def test(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        pass


class Console:
    """The uploads of a console, and what its page has heard."""

    def __init__(self, folder: Path, place: Place, rules: RecordingRules | None = RULES) -> None:
        self.recording_index = RecordingIndex(folder)
        self.heard = UploadsMessage([])
        self.news = asyncio.Event()
        places = ConfirmedLocations(None)
        for user in (RULES.user, ""):
            places.confirm(Order(NOBODY, RULES.location, user))
        self.uploads = Uploads(self.recording_index, place.open, self._hear, places)
        self.uploads.follow(rules)

    def _hear(self, message: UploadsMessage) -> None:
        self.heard = message
        self.news.set()

    async def until(self, wanted: Callable[[UploadsMessage], bool]) -> UploadsMessage:
        async with asyncio.timeout(SECONDS):
            while not wanted(self.heard):
                self.news.clear()
                await self.news.wait()
        return self.heard

    async def shows(self, *states: UploadState) -> list[Upload]:
        await self.until(lambda heard: [upload.state for upload in heard.items] == list(states))
        return self.heard.items


@asynccontextmanager
async def console(folder: Path, place: Place, rules: RecordingRules | None = RULES) -> AsyncIterator[Console]:
    made = Console(folder, place, rules)
    try:
        yield made
    finally:
        await made.uploads.close()


def begin(
    recording_index: RecordingIndex, session: int = 7, rules: RecordingRules = RULES
) -> tuple[LedgerEntry, list[Path]]:
    """Begin a recording that waits to be sent."""
    name = f"{session:08}-20260921T141320Z"
    target = Target(recording_index.spool, deferred=True)
    entry = recording_index.begins(Began(session, 1_790_000_000_000, "Anna", ""), name, target, rules)
    paths = [recording_index.spool / f"{name}.dsr", recording_index.spool / f"{name}.dsr.proof"]
    for path in paths:
        path.write_bytes(f"{path.name} {'x' * 100}".encode())
    return entry, paths


def record(recording_index: RecordingIndex, session: int = 7, rules: RecordingRules = RULES) -> list[Path]:
    entry, paths = begin(recording_index, session, rules)
    recording_index.closed(entry, paths)
    return paths


def gone(paths: list[Path]) -> bool:
    return not any(path.exists() for path in paths)


def written_anywhere(folder: Path, text: bytes) -> bool:
    return any(text in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def size_of(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def ledger(folder: Path) -> list[EntryState]:
    return [entry.state for entry in RecordingIndex(folder).ledger.read()[0]]


@pytest.mark.req("REC-25", "REC-28", "REC-29")
async def test_a_recording_goes_with_its_proof_and_leaves_when_all_of_it_is_confirmed(tmp_path: Path) -> None:
    place = Place()
    place.gate.clear()
    async with console(tmp_path, place) as anna:
        paths = record(anna.recording_index)
        ((upload,)) = await anna.shows(UploadState.UPLOADING)
        upload = (await anna.until(lambda heard: heard.items[0].sent > 0)).items[0]
        assert upload.sent < upload.size == size_of(paths)
        assert not gone(paths)
        place.gate.set()
        await anna.shows(UploadState.DONE)
    assert sorted(place.files) == [path.name for path in paths]
    assert gone(paths)
    assert ledger(tmp_path) == [EntryState.SENT]
    assert place.passwords == ["Tulips 7"]


@pytest.mark.req("REC-25")
async def test_it_waits_for_somebody_to_sign_in_and_gives_way_to_a_session(tmp_path: Path) -> None:
    place = Place()
    place.gate.clear()
    record(RecordingIndex(tmp_path))
    async with console(tmp_path, place, None) as anna:
        await anna.shows(UploadState.WAITING)
        anna.uploads.follow(RULES)
        await place.reached.wait()
        anna.uploads.tick(0)
        anna.uploads.tick(10_000_000)
        await anna.shows(UploadState.WAITING)
        assert place.files == {}


@pytest.mark.req("REC-26")
async def test_the_next_start_goes_on_without_sending_twice_what_was_confirmed(tmp_path: Path) -> None:
    place = Place()
    place.holds_after = 1
    async with console(tmp_path, place) as anna:
        paths = record(anna.recording_index)
        await anna.until(lambda heard: bool(heard.items) and heard.items[0].sent > paths[0].stat().st_size)
    assert place.sent == [paths[0].name]  # the proof was on its way
    assert ledger(tmp_path) == [EntryState.WAITING]
    place.gate.set()
    place.holds_after = 99
    async with console(tmp_path, place) as anna:
        await anna.shows(UploadState.DONE)
    assert place.sent == [path.name for path in paths]
    assert gone(paths)


@pytest.mark.req("REC-18", "REC-29")
async def test_it_asks_who_is_calling_and_tries_again_when_asked_to(tmp_path: Path) -> None:
    place = Place()
    place.refusals = [CredentialsNeededError("It asks for a password."), StoreError("No permission.", retry=False)]
    async with console(tmp_path, place) as anna:
        paths = record(anna.recording_index)
        ((upload,)) = await anna.shows(UploadState.ASKING)
        assert upload.reason == "It asks for a password."
        anna.uploads.said(GiveCredentials(upload.id, "me", "Roses 8"))
        ((upload,)) = await anna.shows(UploadState.FAILED)
        assert upload.reason == "No permission."
        assert not gone(paths)
        anna.uploads.said(RetryUpload(upload.id))
        await anna.shows(UploadState.DONE)
    assert place.passwords == ["Tulips 7", "Roses 8", "Roses 8"]
    assert not written_anywhere(tmp_path, b"Roses")


async def test_what_is_missing_is_said_and_the_rest_is_sent(tmp_path: Path) -> None:
    place = Place()
    recording_index = RecordingIndex(tmp_path)
    (journal, proof), others = record(recording_index, 7), record(recording_index, 8)
    for path in (proof, *others):
        path.unlink()
    async with console(tmp_path, place) as anna:
        done, failed = await anna.shows(UploadState.DONE, UploadState.FAILED)
    assert proof.name in done.reason
    assert "no longer on this computer" in failed.reason
    assert list(place.files) == [journal.name]


async def test_a_damaged_note_hides_no_recording_and_a_retry_sends_it(tmp_path: Path) -> None:
    place = Place()
    paths = record(RecordingIndex(tmp_path))
    (note,) = (tmp_path / "ledger").iterdir()
    note.write_bytes(note.read_bytes()[:40])
    async with console(tmp_path, place) as anna:
        ((upload,)) = await anna.shows(UploadState.FAILED)
        assert "damaged" in upload.reason
        assert upload.session == 7
        anna.uploads.said(RetryUpload(upload.id))
        await anna.until(lambda _: gone(paths))
    assert sorted(place.files) == [path.name for path in paths]


async def test_what_a_dead_console_left_open_is_closed_told_and_sent_and_a_live_ones_is_not(tmp_path: Path) -> None:
    place, dead, alive = Place(), RecordingIndex(tmp_path), RecordingIndex(tmp_path)
    _, paths = begin(dead)
    entry, others = begin(alive, 8)
    dead.close()
    async with console(tmp_path, place) as anna:
        heard = await anna.until(lambda heard: heard.recovered != [])
        assert heard.recovered == ["00000007-20260921T141320Z"]
        await anna.until(lambda _: gone(paths))
        assert not gone(others)
        alive.closed(entry, others)
    assert sorted(place.files) == [path.name for path in paths]


async def test_a_stumble_does_not_end_the_sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.recording.uploads.LOOK_SECONDS", 0.01)
    place = Place()
    paths = record(RecordingIndex(tmp_path))
    async with console(tmp_path, place) as anna:
        read, stumbles = anna.recording_index.ledger.read, ["once"]
        monkeypatch.setattr(
            anna.recording_index.ledger, "read", lambda known: stumbles.pop() and 1 / 0 if stumbles else read(known)
        )
        await anna.shows(UploadState.DONE)
    assert stumbles == []
    assert gone(paths)


async def test_one_console_sends_for_all_of_this_computer(tmp_path: Path) -> None:
    place = Place()
    record(RecordingIndex(tmp_path))
    async with console(tmp_path, place) as anna, console(tmp_path, place) as other:
        await anna.shows(UploadState.DONE)
        paths = record(other.recording_index, 9)
        assert other.heard.items == []
        await anna.uploads.close()
    assert not gone(paths)  # it waits for the next look of whoever is left
    async with console(tmp_path, place) as anna:
        await anna.until(lambda _: gone(paths))
    assert len(place.sent) == len(set(place.sent)) == 4


async def test_recordings_kept_long_enough_are_deleted_where_this_console_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place()
    async with console(tmp_path, place) as anna:
        record(anna.recording_index, rules=RecordingRules(location=RULES.location, deferred=True, keep_days=1))
        await anna.shows(UploadState.DONE)
    place.files["somebody else's"] = b""
    rules = RecordingRules(location=RULES.location, deferred=True, keep_days=1)
    async with console(tmp_path, place, rules) as anna:
        record(anna.recording_index, 8)
        await anna.shows(UploadState.DONE)
    assert len(place.files) == 5
    monkeypatch.setattr("console.recording.retention.DAY_MS", -1)
    async with console(tmp_path, place, rules) as anna:
        await eventually(lambda: ledger(tmp_path) == [])
    assert list(place.files) == ["somebody else's"]
