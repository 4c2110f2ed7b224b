"""Recording in a session of real processes: who is asked, who is told, what is kept, and who vouches for it."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import av
import numpy as np
import pytest
from msgspec import structs

from codec.recording.formats import FormatName
from codec.recording.journal import Began, read_journal, unpack_event
from codec.recording.verify import Report, verify
from codec.wire.access import Access
from codec.wire.api_types import RecordingRules
from codec.wire.chain_head import Head
from codec.wire.messages import (
    Answered,
    Ask,
    BadMessageError,
    Granted,
    Recording,
    Release,
    SessionMessage,
    SignedHead,
    SignHead,
    pack,
)
from console.page import messages as said
from console.page.messages import Event
from console.recording.messages import GiveCredentials, NotNow, RetryUpload, Uploads, UploadState, UsePlace
from console.recording.recordings import Recordings
from relay.permissions.catalogue import Grant
from relay.recording.policy import rules_of
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually, written
from tests.support.xvfb import virtual_display


def force(monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """Have the relay read that the group demands recordings, also of an administrator, who has none."""
    values = {"recording.forced": True, **{f"recording.{key}": value for key, value in more.items()}}

    async def chosen(people: Iterable[int]) -> dict[int, Mapping[str, object]]:
        return dict.fromkeys(people, values)

    monkeypatch.setattr("relay.services.recording_values", lambda *_: chosen)


async def noted(anna: Technician, event: Event) -> said.ChatLine:
    """Wait for a line in the log."""
    return await anna.hear(said.ChatLine, lambda line: line.event is event)


async def recorded(anna: Technician, since: bool) -> said.RecordingNow:
    """Wait until the page hears that the recording runs, or no longer."""
    return await anna.hear(said.RecordingNow, lambda now: (now.since is not None) is since)


def checked(path: Path) -> Report:
    return verify(path.read_bytes(), path.with_name(path.name + ".proof").read_bytes(), {})


@pytest.mark.req("REC-03", "REC-23", "REC-35", "REC-36", "REC-37")
async def test_a_technician_records_by_hand_and_both_sides_and_the_relay_vouch_for_it(tmp_path: Path) -> None:
    closed: list[tuple[Path, ...]] = []
    recordings = Recordings(tmp_path / "kept" / "here", FormatName.RASC, on_closed=closed.append)
    heard = tmp_path / "heard"
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record", heard):
            await picked_up(anna)
            await recorded(anna, False)
            await anna.watch()
            anna.send(Ask(900, Access.RECORD))
            now = await recorded(anna, True)
            await written(heard, "is recording this session")
            anna.say(said.Say(anna.session, "It is recorded from now on."))
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            picture = screenshot(display)
            await _has_pictures(recordings.folder)
            anna.send(Release(Access.RECORD))
            await recorded(anna, False)
            await written(heard, "The recording has ended")
            kept = await noted(anna, Event.RECORDING_KEPT)
            anna.send(Ask(901, Access.RECORD))
            await recorded(anna, True)
            await anna.request(lambda number: said.PageEnd(number, anna.session))
            assert len(closed) == 2
    journal, _proof, film, _film_proof = closed[0]
    assert kept.detail == str(film)
    assert now.since is not None
    assert film.name == f"{anna.session:08}-{now.since:%Y%m%dT%H%M%SZ}-Anna_de_Vries-{_computer(journal)}.avi"
    for path in (journal, film):
        report = checked(path)
        assert report.findings == []
        assert set(report.signed) == {"console", "applet", "relay"}
        assert report.self_declared == ["console", "applet", "relay"]
        proof = path.with_name(path.name + ".proof").read_bytes()
        assert verify(path.read_bytes(), proof, relays=[recordings.stamp_key]).is_intact  # F19
    assert b"It is recorded from now on." in journal.read_bytes()
    assert same(_last_picture(film), picture)
    assert checked(closed[1][0]).findings == []


def _computer(journal: Path) -> str:
    began = next(read_journal(journal.read_bytes()).records())
    event = unpack_event(began.data)
    assert isinstance(event, Began)
    return event.customer


async def _has_pictures(folder: Path) -> None:
    """Wait until the film has pictures."""
    await eventually(lambda: sum(film.stat().st_size for film in folder.glob("*.avi")) > 20_000)


def _last_picture(film: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    with av.open(str(film)) as container:
        *_, last = container.decode(video=0)
        return last.to_ndarray(format="bgra")  # type: ignore[return-value]


@pytest.mark.req("REC-01", "REC-02", "REC-04")
async def test_where_the_group_demands_it_recording_begins_by_itself_and_cannot_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch)
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
            await picked_up(anna)
            await recorded(anna, False)
            assert not recordings.folder.exists()  # talking is not recorded
            await anna.watch()
            await recorded(anna, True)
            anna.send(Release(Access.RECORD))
            anna.send(Ask(950, Access.CONTROL))
            await anna.hear(Granted, lambda granted: Access.CONTROL in granted.access)
            assert anna.granted >= {Access.RECORD, Access.VIEW}
            assert not [each for each in anna.heard if isinstance(each, said.RecordingNow) and each.since is None]


@pytest.mark.req("REC-06", "REC-08", "PERM-12a", "EDGE-21", "EDGE-22")
async def test_a_customer_who_refuses_a_demanded_recording_is_seen_by_nobody_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch)
    heard = tmp_path / "heard"
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "control", heard):
            await picked_up(anna)
            await recorded(anna, False)
            anna.send(Ask(900, Access.CONTROL))
            answered = await anna.hear(Answered, lambda each: each.number == 900)
            assert not answered.allowed
            await noted(anna, Event.RECORDING_NEEDED)
            assert anna.granted == frozenset()
            anna.say(said.Say(anna.session, "We go on in words."))
            await written(heard, "We go on in words.")
            assert not list(recordings.folder.glob("*"))


@pytest.mark.req("REC-08", "REC-09")
async def test_where_it_may_go_on_without_a_refused_recording_refuses_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, control_without=True)
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "control"):
            await picked_up(anna)
            await recorded(anna, False)
            await anna.watch()
            assert anna.granted == {Access.VIEW}
            assert not list(recordings.folder.glob("*"))


def waive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the relay say that the organisation demands no consent for recordings."""

    def waived(values: Mapping[str, object], grant: Grant | None) -> RecordingRules:
        return structs.replace(rules_of(values, grant), consent=False)

    monkeypatch.setattr("relay.signalling.permits.rules_of", waived)


async def test_f4_a_customer_whom_the_relay_would_not_have_asked_is_asked_and_their_no_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch)
    waive(monkeypatch)
    heard = tmp_path / "heard"
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "control", heard):
            await picked_up(anna)
            await recorded(anna, False)
            anna.send(Ask(900, Access.CONTROL))
            answered = await anna.hear(Answered, lambda each: each.number == 900)
            assert not answered.allowed
            await noted(anna, Event.RECORDING_NEEDED)
            anna.send_raw(pack(Ask(910, Access.RECORD)))  # as a console would that was changed
            answered = await anna.hear(Answered, lambda each: each.number == 910)
            assert not answered.allowed
            assert anna.granted == frozenset()
            assert not list(recordings.folder.glob("*"))


async def test_f4_one_question_for_seeing_and_recording_begins_a_demanded_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch)
    waive(monkeypatch)
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
            await picked_up(anna)
            await recorded(anna, False)
            anna.send(Ask(900, Access.VIEW))
            await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW, Access.RECORD})
            answered = await anna.hear(Answered, lambda each: each.number == 900)
            assert answered.allowed
            await recorded(anna, True)


@pytest.mark.req("REC-11", "REC-12", "REC-13", "REC-24", "REC-34")
async def test_when_a_demanded_recording_fails_control_ends_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    force(monkeypatch, place="network", folder=str(share))
    heard = tmp_path / "heard"
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record", heard):
            await picked_up(anna)
            await recorded(anna, False)
            await anna.use_place()
            await anna.watch()
            anna.heard = [each for each in anna.heard if not isinstance(each, Granted)]
            await recorded(anna, True)
            (journal,) = share.glob("*.dsr")
            assert not list(recordings.folder.glob("*.dsr"))
            recordings.rules = structs.replace(recordings.rules, location="/nowhere")  # for the next one only
            await _has_pictures(share)
            journal.unlink()
            partly = await noted(anna, Event.RECORDING_PARTLY)
            assert partly.detail == "journal"
            for film in share.glob("*.avi"):  # the folder is cleared under the recording
                film.unlink()
            failed = await noted(anna, Event.RECORDING_FAILED)
            assert "was deleted while it was written" in failed.detail
            await anna.hear(Granted, lambda granted: Access.VIEW not in granted.access)
            await recorded(anna, False)
            await written(heard, "The recording has ended")
            anna.say(said.Say(anna.session, "Still here."))
            await written(heard, "Still here.")


async def test_f4_a_relay_that_orders_a_recording_to_itself_gets_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Console and applet are honest, the customer agrees; the technician tries everything but a yes to the place."""
    knocks: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(await reader.read(1))
        writer.close()

    thief = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = "http://127.0.0.1:{}/in".format(*thief.sockets[0].getsockname()[1:2])
    force(monkeypatch, place="http", url=url, user="thief", keep_days=1)
    waive(monkeypatch)
    monkeypatch.setattr("console.recording.uploads.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("console.recording.uploads.SWEEP_SECONDS", 0.05)
    recordings = Recordings(tmp_path / "kept")
    async with thief, running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
            await picked_up(anna)
            await anna.watch()
            await recorded(anna, True)
            await noted(anna, Event.RECORDING_UNCONFIRMED)
            anna.say(said.Say(anna.session, "The password is on the yellow note."))
            await anna.request(lambda number: said.PageEnd(number, anna.session))
        uploads = await anna.hear(Uploads, lambda each: len(each.items) == 1)
        (item,), (place,) = uploads.items, uploads.places
        assert (item.state, item.place) == (UploadState.UNCONFIRMED, place.id)
        assert (place.server, place.user, place.current) == (url.split("/")[2], "thief", True)
        for message in (
            RetryUpload(item.id),
            GiveCredentials(item.id, "me", "Roses 8"),
            NotNow(place.id),
        ):
            anna.say(message)
        later = await anna.hear(Uploads, lambda each: [place.postponed for place in each.places] == [True])
        assert later.items[0].state is UploadState.UNCONFIRMED
        with pytest.raises(AssertionError, match="has changed in the meantime"):
            await anna.request(lambda number: UsePlace(number, "0" * 32))
        assert list(recordings.recording_index.spool.glob("*.dsr"))  # it is kept here
        assert knocks == []
        await anna.request(lambda number: UsePlace(number, place.id))
        await eventually(lambda: knocks != [])  # what would have gone, goes with the technician's own yes only


@pytest.mark.req("REC-10", "REC-20")
async def test_where_nothing_can_be_kept_the_technician_hears_so_at_once_and_nothing_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, folder=r"C:\recordings")
    recordings = Recordings(tmp_path / "kept")
    async with running_relay(tmp_path) as relay, technician(relay.url, recordings=recordings) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
            await picked_up(anna)
            await recorded(anna, False)
            first = await noted(anna, Event.RECORDING_FAILED)
            assert r"C:\recordings. This path works only on Windows." in first.detail
            anna.send(Ask(900, Access.VIEW))
            answered = await anna.hear(Answered, lambda each: each.number == 900)
            assert not answered.allowed
            assert (await noted(anna, Event.RECORDING_FAILED)).detail == first.detail


async def test_an_applet_signs_nothing_before_its_customer_has_allowed_to_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        code = await spoken_code(anna)
        with virtual_display() as display, headless_applet(display, relay.url, code, "record"):
            await picked_up(anna)
            for forbidden in (Recording(1), SignHead(1, bytes(32))):
                with pytest.raises(BadMessageError):
                    anna.send(forbidden)  # a page cannot say it
            heard: list[SessionMessage] = []
            open_session = anna.engine._sessions._open_sessions[anna.session]
            monkeypatch.setattr(open_session.recording, "heard", lambda message, _data: heard.append(message))
            for number in (1, 2):
                head = Head(number, bytes([number] * 32))
                anna.send_raw(pack(SignHead(head.number, head.digest)))
                await anna.may(Access.RECORD)
            anna.send_raw(pack(SignHead(3, bytes(32))))
            await eventually(lambda: any(isinstance(each, SignedHead) and each.number == 3 for each in heard))
            assert [each.number for each in heard if isinstance(each, SignedHead)] == [2, 3]
