"""The recordings on this computer: which there are, what is known of them, and what may be done with them."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.errors import DesksideError
from codec.recording.journal import Began, glance
from codec.recording.proof import ProofWriter
from codec.wire.chain_head import Beginning, Head
from console.library.file_names import grouped, is_converted, told_by
from console.library.file_operations import Relays
from console.library.library import Library, StillNeededError, UnknownRecordingError
from console.library.messages import (
    ConvertRecording,
    DeleteRecording,
    KeptRecording,
    KeptState,
    ListRecordings,
    ProofState,
    RecordingChanged,
    Recordings,
    VerifyRecording,
)
from console.library.service import LibraryService
from console.page.messages import ToPage
from console.page.open_pages import Page, Pages
from console.recording.known_relays import KnownRelays
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.recordings import Recordings as Common
from console.recording.start import Signing
from tests.codec.recording.kept import keep
from tests.codec.recording.victim import BEGAN, KEY

LATER = 3_000_000_000.0
_decoder: msgspec.json.Decoder[ToPage] = msgspec.json.Decoder(ToPage)


def test_files_of_one_recording_are_found_by_their_names() -> None:
    one, other = "00000042-20261121T123320Z-Anna-Jean-2", "00000043-20261121T123320Z-Anna-Jean"
    names = [
        f"{one}.avi", f"{one}-2.avi", f"{one}-10.avi", f"{one}.dsr", f"{one}.dsr.proof", f"{one}.h264.avi",
        f"{one}.h264-2.avi", f"{other}-2.avi", f"{other}.avi", "holiday.avi", "notes.txt", f"{one}-repaired.dsr",
    ]  # fmt: skip
    assert grouped(names) == {
        one: [f"{one}.dsr", f"{one}.avi", f"{one}-2.avi", f"{one}-10.avi", f"{one}.h264.avi", f"{one}.h264-2.avi"],
        other: [f"{other}.avi", f"{other}-2.avi"],
        "holiday": ["holiday.avi"],
        f"{one}-repaired": [f"{one}-repaired.dsr"],
    }
    assert [is_converted(name) for name in (f"{one}.avi", f"{one}.h264.avi", f"{one}.h264-2.avi")] == [
        False,
        True,
        True,
    ]
    assert told_by(one) == (42, datetime(2026, 11, 21, 12, 33, 20, tzinfo=UTC))
    assert told_by("holiday") == (0, None)
    assert told_by("7-99999999T999999Z") == (7, None)


def test_a_journal_is_known_by_its_first_and_last_chunk_whatever_lies_between(tmp_path: Path) -> None:
    content = bytearray(keep(tmp_path, None)[0].read_bytes())
    assert glance(bytes(content)).duration == 3_000_000
    between = content.rindex(b"DSRc") - 600
    content[between : between + 400] = bytes(400)
    told = glance(bytes(content))
    assert (told.began, told.duration, told.ended) == (BEGAN, 3_000_000, True)
    cut = glance(bytes(content[:-10]))
    assert isinstance(cut.began, Began)
    assert not cut.ended
    assert 2_000_000 < cut.duration <= 3_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three recordings: one whole, one interrupted, one that is none."""
    keep(tmp_path)
    keep(tmp_path, None, closed=False, number=1)
    (tmp_path / "00000044-20261121T123520Z-Anna.dsr").write_bytes(b"no recording at all")
    return tmp_path


def test_the_list_says_what_each_recording_is_the_newest_first(folder: Path) -> None:
    garbage, interrupted, whole = Library(lambda: [folder, folder, folder / "none"], lambda: LATER).look()
    assert garbage.facts.state is KeptState.UNREADABLE
    assert (garbage.facts.session, garbage.facts.seconds) == (44, None)
    assert interrupted.facts.state is KeptState.INTERRUPTED
    assert whole.facts.state is KeptState.WHOLE
    assert (whole.facts.technician, whole.facts.customer) == (BEGAN.technician, BEGAN.customer)
    assert (whole.facts.session, whole.facts.seconds) == (42, 3.0)
    assert [(each.kind, each.size > 1000) for each in whole.facts.files] == [("dsr", True), ("rasc", True)]


def files_in(folder: Path, pattern: str = "*") -> set[Path]:
    return set(folder.glob(pattern))


def test_what_was_written_just_now_without_an_end_still_runs_and_is_not_deleted(folder: Path) -> None:
    library = Library(lambda: [folder], time.time)
    running = next(each for each in library.look() if each.facts.session == 43)
    assert running.facts.state is KeptState.RUNNING
    with pytest.raises(StillNeededError):
        library.delete(running.id)
    os.utime(running.folder / running.facts.files[0].name, (1, 1))
    library.delete(running.id)
    assert {each.facts.session for each in library.look()} == {42, 44}
    assert not list(folder.glob("00000043*"))


def test_a_film_whose_journal_is_gone_is_still_a_recording(folder: Path) -> None:
    journal = next(folder.glob("00000042*.dsr"))
    journal.unlink()
    kept = Library(lambda: [folder], lambda: LATER).look()[-1]
    assert (kept.facts.session, kept.facts.state) == (42, KeptState.WHOLE)
    assert kept.facts.seconds == pytest.approx(3.0, abs=0.05)
    (folder / kept.facts.files[0].name).write_bytes(b"RIFF")
    assert Library(lambda: [folder], lambda: LATER).look()[-1].facts.state is KeptState.UNREADABLE


@pytest.mark.parametrize("name", ["", "..", "../secret", "/etc/passwd", "0" * 16, "00000042-20261121T123320Z-Anna"])
def test_a_page_reaches_nothing_but_what_was_found(folder: Path, name: str) -> None:
    (folder.parent / "secret.dsr").write_bytes(b"secret")
    library = Library(lambda: [folder], lambda: LATER)
    kept = library.look()[-1]
    for forbidden in (lambda: library.find(name), lambda: library.delete(name), lambda: kept.path(name)):
        with pytest.raises(UnknownRecordingError):
            forbidden()


def test_who_signs_out_while_the_folders_are_read_leaves_nothing_to_be_found(folder: Path) -> None:
    clock = [lambda: None]

    def now() -> float:
        clock[0]()
        return LATER

    library = Library(lambda: [folder], now)
    kept = library.look()[-1]
    assert library.find(kept.id) == kept
    library = Library(lambda: [folder], now)
    clock[0] = library.forget
    assert library.look() == []
    with pytest.raises(UnknownRecordingError):
        library.find(kept.id)


def test_a_link_to_another_place_is_no_recording(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = keep(tmp_path_factory.mktemp("elsewhere"), None, number=7)[0]
    (folder / elsewhere.name).symlink_to(elsewhere)
    assert {each.facts.session for each in Library(lambda: [folder], lambda: LATER).look()} == {42, 43, 44}


class Desk:
    """A page at the shelf."""

    def __init__(
        self, folder: Path, waits: Callable[[str], bool] = lambda _name: False, relays: Callable[[], Relays] = dict
    ) -> None:
        self.page, pages = Page(), Pages()
        pages.add(self.page)
        self.service = LibraryService(Library(lambda: [folder], lambda: LATER), pages, waits, relays)

    def heard(self) -> list[ToPage]:
        said = []
        while not self.page.outbox.empty():
            item = self.page.outbox.get_nowait()
            assert isinstance(item, str)
            said.append(_decoder.decode(item))
        return said

    async def listed(self) -> list[KeptRecording]:
        await self.service.answer(ListRecordings(1))
        last = self.heard()[-1]
        assert isinstance(last, Recordings)
        return last.recordings


async def test_a_page_learns_whether_a_recording_is_what_was_recorded(folder: Path) -> None:
    desk = Desk(folder)
    _, interrupted, whole = await desk.listed()
    assert whole.proof is ProofState.UNCHECKED

    async def verified(recording: KeptRecording) -> KeptRecording:
        await desk.service.answer(VerifyRecording(2, recording.id))
        checking, told = desk.heard()
        assert isinstance(checking, RecordingChanged)
        assert isinstance(told, RecordingChanged)
        assert checking.recording.proof is ProofState.CHECKING
        return told.recording

    proven = await verified(whole)
    assert (proven.proof, proven.signed, proven.findings) == (ProofState.UNKNOWN, [], [])
    assert (await verified(interrupted)).proof is ProofState.UNPROVEN
    assert [each.proof for each in (await desk.listed())[1:]] == [ProofState.UNPROVEN, ProofState.UNKNOWN]
    journal = folder / whole.files[0].name
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 1
    journal.write_bytes(content)
    changed = await verified((await desk.listed())[2])
    assert changed.proof is ProofState.CHANGED
    assert changed.findings[0].kind == "edited"
    assert changed.findings[0].file == journal.name
    for proof in files_in(folder, "*.proof"):
        proof.unlink()
    assert (await verified(interrupted)).proof is ProofState.NONE


def signing_by(relay: Ed25519PrivateKey, console: Ed25519PrivateKey = KEY) -> Signing:
    """Have console and applet sign, and a relay vouch for both."""
    applet = Ed25519PrivateKey.generate()
    keys = {
        name: key.public_key().public_bytes_raw()
        for name, key in (("console", console), ("applet", applet), ("relay", relay))
    }
    number, vouched = bytes(range(16)), set[ProofWriter]()

    def ask(proof: ProofWriter, head: Head) -> None:
        if proof not in vouched:
            vouched.add(proof)
            beginning = Beginning(
                session=BEGAN.session,
                technician=3,
                recording=number,
                applet_key=keys["applet"],
                console_key=keys["console"],
                at=BEGAN.at,
            )
            proof.countersigned(3, BEGAN.at, relay.sign(beginning.to_sign()))
        proof.stamped(head, BEGAN.at, relay.sign(head.to_stamp(BEGAN.at, number)))

    return Signing(keys, {"console": console.sign, "applet": applet.sign}, ask, number)


async def test_f19_only_what_a_relay_that_this_computer_knows_vouches_for_is_said_to_be_intact(tmp_path: Path) -> None:
    ours, forger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    known = KnownRelays(tmp_path / "data")
    known.see("https://help.example", ours.public_key().public_bytes_raw())
    keep(tmp_path / "kept", signing=signing_by(ours))
    desk = Desk(tmp_path / "kept", relays=known.keys)
    (recording,) = await desk.listed()
    await desk.service.answer(VerifyRecording(2, recording.id))
    (proven,) = await desk.listed()
    assert (proven.proof, proven.findings) == (ProofState.INTACT, [])
    assert (proven.signed, proven.relay) == (["applet", "console", "relay"], "https://help.example")
    for path in files_in(tmp_path / "kept", "*"):
        path.unlink()
    keep(tmp_path / "kept", signing=signing_by(forger, forger))
    (recording,) = await desk.listed()
    await desk.service.answer(VerifyRecording(3, recording.id))
    (forged,) = await desk.listed()
    assert (forged.proof, forged.signed, forged.relay, forged.findings) == (ProofState.UNKNOWN, [], "", [])


@pytest.mark.finding("use-A9")
async def test_who_signed_an_intact_recording_is_named_though_its_last_bytes_were_written_a_moment_later(
    tmp_path: Path,
) -> None:
    ours = Ed25519PrivateKey.generate()
    known = KnownRelays(tmp_path / "data")
    known.see("https://help.example", ours.public_key().public_bytes_raw())
    keep(tmp_path / "kept", signing=signing_by(ours), step=137)
    desk = Desk(tmp_path / "kept", relays=known.keys)
    (recording,) = await desk.listed()
    await desk.service.answer(VerifyRecording(2, recording.id))
    (proven,) = await desk.listed()
    assert (proven.proof, proven.signed) == (ProofState.INTACT, ["applet", "console", "relay"])


async def test_a_film_is_made_beside_the_recording_and_half_a_film_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(folder)
    whole = (await desk.listed())[-1]
    before = files_in(folder)
    making = asyncio.ensure_future(desk.service.answer(ConvertRecording(3, whole.id)))
    await asyncio.sleep(0)
    desk.service.stop(whole.id)
    await making
    assert files_in(folder) == before
    await desk.service.answer(ConvertRecording(4, whole.id))
    made = next(each for each in (await desk.listed())[-1].files if each.converted)
    assert (made.kind, made.name) == ("h264", f"{whole.name}.h264.avi")
    with pytest.raises(DesksideError, match="already"):
        await desk.service.answer(ConvertRecording(5, whole.id))
    assert files_in(folder, made.name)


def test_recordings_are_looked_for_wherever_they_were_written_and_needed_until_they_are_sent(tmp_path: Path) -> None:
    common, share = Common(tmp_path / "own"), tmp_path / "share"
    ledger = common.recording_index.ledger
    for session, (state, folder) in {
        7: (EntryState.WAITING, common.recording_index.spool),
        8: (EntryState.KEPT, share),
    }.items():
        name = f"{session:08}-20260921T141320Z"
        ledger.write(
            LedgerEntry(id=name, name=f"{name}-Anna", session=session, began=0, folder=str(folder), state=state)
        )
    assert common.places() == [common.folder, common.recording_index.spool, common.recording_index.spool, share]
    assert common.recording_index.is_needed("00000007-20260921T141320Z-Anna.dsr")
    assert not common.recording_index.is_needed("00000008-20260921T141320Z-Anna.dsr")
    (common.recording_index.spool / "ledger" / "00000009-20260921T141320Z.json").write_text("damaged")
    assert common.recording_index.is_needed("00000009-20260921T141320Z-Anna.dsr")


async def test_what_waits_to_be_sent_away_is_not_deleted(folder: Path) -> None:
    waiting = [True]
    desk = Desk(folder, lambda name: waiting[0] and name.endswith(".dsr"))
    whole = (await desk.listed())[-1]
    with pytest.raises(StillNeededError):
        await desk.service.answer(DeleteRecording(6, whole.id))
    waiting[0] = False
    await desk.service.answer(DeleteRecording(7, whole.id))
    assert [each.session for each in await desk.listed()] == [44, 43]
    assert not files_in(folder, "00000042*")
    with pytest.raises(UnknownRecordingError):
        await desk.service.answer(DeleteRecording(8, whole.id))
