"""F22: the console says why the relay signed it out, and nothing after signing out by oneself."""

from pathlib import Path

import pytest

from codec.wire.api_types import Method, RecordingRules
from codec.wire.signals import Desk
from console.library.messages import DeleteRecording, ListRecordings
from console.library.messages import Recordings as Listed
from console.page.messages import Check, Connected, PageSignOut, SignedOutPage
from console.recording.confirmed_locations import Account
from console.recording.recordings import Recordings
from console.recording.target_folder import Target
from tests.codec.recording.kept import keep
from tests.codec.recording.victim import BEGAN
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay
from tests.support.sessions import session
from tests.support.staff import BOB, make_technician
from tests.support.technicians import Technician, technician
from tests.support.xvfb import virtual_display


async def take_licence(relay: RunningRelay, back: bool = False) -> None:
    """Take the owner's licence, or give it back."""
    path = "/units/master_administrator/1"
    _status, shown = await relay.call("GET", path)
    edit = {"version": shown["version"], "values": {"standard": back}}
    assert (await relay.call("PATCH", path, edit))[0] == 200


async def test_a_console_that_is_turned_out_says_why(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await take_licence(relay)
        page = await anna.hear(SignedOutPage, lambda heard: heard.reason != "")
        assert page.reason == "no_licence"


async def test_who_signs_out_is_not_told_that_they_were(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await anna.hear(SignedOutPage)  # as every page that opens before anybody is signed in
        await anna.request(PageSignOut)
        assert (await anna.hear(SignedOutPage)).reason == ""
        assert not [heard for heard in anna.heard if isinstance(heard, SignedOutPage) and heard.reason]


async def test_a_page_that_showed_recovery_codes_may_be_reloaded_after_an_earlier_sign_out(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await anna.request(PageSignOut)
        await anna.hear(SignedOutPage, lambda _heard: not anna.engine._relay.signed_in)
        anna.heard.clear()
        await anna.engine._relay.sign_in(EMAIL, PASSWORD)  # as a second step that is set up leaves it
        anna.engine.page_closed(anna.page)
        anna.engine.page_opened(anna.page)
        await anna.hear(Desk)


async def test_a_session_with_a_secret_goes_on_after_the_relay_signed_its_technician_out(tmp_path: Path) -> None:
    """The same person signs in again in the same console, which still knows the secret of the link."""
    with virtual_display() as display:
        async with session(tmp_path, display, method=Method.LINK) as (relay, anna):
            await take_licence(relay)
            await anna.hear(SignedOutPage, lambda heard: heard.reason != "")
            await take_licence(relay, back=True)
            anna.heard.clear()
            await anna.sign_in()
            await anna.open(anna.session)
            connected = await anna.until(lambda each: isinstance(each, Connected) and bool(each.words))
            assert connected.check is Check.SECRET


async def listed(someone: Technician) -> Listed:
    """What recordings a technician is shown."""
    someone.heard[:] = [each for each in someone.heard if not isinstance(each, Listed)]
    await someone.request(ListRecordings)
    return await someone.hear(Listed)


async def test_another_technician_of_the_same_computer_does_not_see_the_recordings_of_the_first(tmp_path: Path) -> None:
    async with running_relay(tmp_path / "relay") as relay:
        await make_technician(relay.settings, ())
        recordings = Recordings(tmp_path / "kept", data=tmp_path)
        recordings.folder.mkdir()
        account = Account(relay.url, EMAIL)
        files = keep(recordings.folder)
        target = Target(recordings.folder, deferred=False)
        name = files[0].stem
        entry = recordings.recording_index.begins(BEGAN, name, target, RecordingRules(), account)
        recordings.recording_index.closed(entry, files)
        keep(recordings.folder, number=1)  # a recording that came from another computer
        async with technician(relay.url, recordings=recordings) as anna:
            own = await listed(anna)
            assert {each.session for each in own.recordings} == {42, 43}
            (hers,) = (each.id for each in own.recordings if each.session == 42)
            await anna.request(PageSignOut)
            assert (await anna.hear(Listed)).recordings == []
            await anna.sign_in(BOB)
            with pytest.raises(AssertionError, match="unknown_recording"):
                await anna.request(lambda number: DeleteRecording(number, hers))
            assert [each.session for each in (await listed(anna)).recordings] == [43]
            assert files[0].exists()
            await anna.request(PageSignOut)
            await anna.sign_in()
            assert {each.session for each in (await listed(anna)).recordings} == {42, 43}
