"""The recordings of one session, without a session: files, signatures that are believed, and those that are not."""

import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.recording.journal import Speaker
from codec.recording.recorder import OutputKind
from codec.recording.verify import verify
from codec.wire.chain_head import Beginning, Head
from codec.wire.messages import Chat, SignedHead, SignHead, TypeText
from codec.wire.signals import BeginRecording, RecordingBegun, Stamp, Stamped
from console.recording.recordings import Recordings
from console.recording.session_recordings import SessionRecordings

APPLET, RELAY, FORGER = (Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in (1, 2, 3))
AT = 1_790_000_000_000


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


class Desk:
    """A session in which everybody answers at once, the forger first."""

    def __init__(self, folder: Path) -> None:
        self.closed: list[tuple[Path, ...]] = []
        self.failed: list[tuple[str, bool]] = []
        self.shown: list[Path] = []
        self.asked: list[BeginRecording | Stamp] = []
        self.answers = [(RELAY, public(APPLET))]
        """Who signs beginnings, and with which key of the applet; what is wrong comes before."""
        common = Recordings(folder, "dsr", self.closed.append, stamp_key=public(RELAY), technician="Anna")
        self.recording = SessionRecordings(7, common, self)

    def ask_applet(self, head: SignHead) -> None:
        """See RecordingListener."""
        signed = Head(head.number, head.digest)
        for key in (FORGER, APPLET, APPLET):
            self.recording.signed(SignedHead(head.number, head.digest, key.sign(signed.to_sign())))

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """See RecordingListener."""
        asked = signal
        self.asked.append(asked)
        if isinstance(asked, BeginRecording):
            self._begin(asked)
            return
        head, number = Head(asked.number, asked.digest), asked.recording
        for key, at, recording in (
            (FORGER, AT, number),
            (RELAY, AT + 1, number),
            (RELAY, AT, bytes(16)),
            (RELAY, AT, number),
        ):
            signature = key.sign(head.to_stamp(at, recording))
            self.recording.stamped(Stamped(7, number, head.number, head.digest, AT, signature))

    def _begin(self, asked: BeginRecording) -> None:
        for key, applet in ((FORGER, public(APPLET)), (RELAY, public(FORGER)), *self.answers):
            beginning = Beginning(
                session=7, technician=3, recording=asked.recording, applet_key=applet, console_key=asked.key, at=AT
            )
            signature = key.sign(beginning.to_sign())
            self.recording.vouched(RecordingBegun(7, asked.recording, 3, applet, AT, signature))

    def recording_began(self, at: int) -> None:
        """See RecordingListener."""

    def recording_failed(self, reason: str, *, runs: bool) -> None:
        """See RecordingListener."""
        self.failed.append((reason, runs))

    def output_lost(self, kind: OutputKind) -> None:
        """See RecordingListener."""

    def files_closed(self, path: Path, *, failed: bool) -> None:
        """See RecordingListener."""
        assert not failed
        self.shown.append(path)


async def test_only_signatures_of_the_right_keys_are_believed_each_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "kept")
    desk.recording.begin("Hélène/../Fournier", public(APPLET), [])
    desk.recording.take(Speaker.CONSOLE, Chat(1, "hello", AT))
    desk.recording.take(Speaker.CONSOLE, TypeText("a password"))
    desk.recording.end("technician")
    await desk.recording.settled()
    assert desk.failed == []
    ((journal, proof),) = desk.closed
    assert desk.shown == [journal]
    assert journal.name.endswith("-Anna-Hélène_.._Fournier.dsr")
    trusted = {"applet": [public(APPLET)], "relay": [public(RELAY)]}
    report = verify(journal.read_bytes(), proof.read_bytes(), trusted)
    assert report.findings == []
    assert set(report.signed) == {"console", "applet", "relay"}
    assert verify(journal.read_bytes(), proof.read_bytes(), relays=[public(RELAY)]).is_intact
    assert [at for _, at in report.stamps] == [AT]
    assert b"hello" in journal.read_bytes()
    assert b"a password" not in journal.read_bytes() + proof.read_bytes()


async def test_f19_without_a_beginning_that_the_relay_signed_nobody_vouches_for_the_keys(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "kept")
    desk.answers = []  # only what is wrong
    desk.recording.begin("Hélène", public(APPLET), [])
    desk.recording.take(Speaker.CONSOLE, Chat(1, "hello", AT))
    desk.recording.end("technician")
    await desk.recording.settled()
    ((journal, proof),) = desk.closed
    report = verify(journal.read_bytes(), proof.read_bytes(), relays=[public(RELAY)])
    assert report.is_unbroken
    assert not report.is_intact
    assert report.technician is None
    assert sum(isinstance(each, BeginRecording) for each in desk.asked) > 1  # the relay may only have been away


@pytest.mark.req("REC-35")
async def test_two_recordings_in_one_second_have_names_that_sort(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for _ in range(3):
        desk.recording.begin("Hélène", public(APPLET), [])
        desk.recording.end("technician")
        await desk.recording.settled()
    names = [journal.name for journal, _ in desk.closed]
    assert len(set(names)) == 3
    assert names == sorted(names)


async def test_a_name_of_many_letters_of_any_script_fits_into_a_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.recording.begin("東" * 200, public(APPLET), [])
    desk.recording.end("technician")
    await desk.recording.settled()
    assert desk.failed == []
    ((journal, proof),) = desk.closed
    assert journal.name.endswith("-Anna-" + "東" * 26 + ".dsr")
    assert len(proof.name.encode()) < 140


async def test_a_recording_that_cannot_begin_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk = Desk(tmp_path / "file")
    desk.recording.begin("Hélène", public(APPLET), [])
    await desk.recording.settled()
    ((reason, runs),) = desk.failed
    assert runs
    assert "There is" in reason or "not a folder" in reason or "already" in reason
    assert not desk.recording.runs
    assert desk.closed == []


@pytest.mark.finding("field-23")
async def test_a_clock_that_is_set_while_it_records_changes_neither_length_nor_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, offsets, true_time = Desk(tmp_path / "kept"), [0.0], time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + offsets[0])
    for offset in (-7_200.0, 93_600.0, -34_560_000.0):
        offsets[0] = 0.0
        desk.recording.begin("Hélène", public(APPLET), [])
        desk.recording.take(Speaker.CONSOLE, Chat(1, "before", AT))
        offsets[0] = offset
        desk.recording.take(Speaker.CONSOLE, Chat(2, "after", AT))
        desk.recording.end("technician")
        await desk.recording.settled()
    assert len({journal for journal, _ in desk.closed}) == 3
    for journal, proof in desk.closed:
        report = verify(journal.read_bytes(), proof.read_bytes(), relays=[public(RELAY)])
        assert report.is_intact
        assert report.duration < 10_000_000
