"""B8: a session's time is how long it lasted: from its first pick-up to its end, over every loss and restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from codec.wire.api_types import Ended, Session, SessionState
from codec.wire.signals import Leave, Leaving, SessionChanged
from tests.relay.signalling.test_meeting import picked_up, session_in_state
from tests.support.relays import RunningRelay, enter_with, running_relay


async def listed(relay: RunningRelay) -> Session:
    """Return the one session as a console hears of it when it comes."""
    async with relay.console() as console:
        desk = console.desk
        assert desk.now is not None
        assert abs((desk.now - datetime.now(UTC)).total_seconds()) < 60
        (session,) = desk.sessions
        return session


@pytest.mark.finding("use-B8")
async def test_it_begins_once_and_is_frozen_at_the_end(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        async with relay.console() as console, relay.applet(enter_with(await relay.make_code())) as applet:
            number = await picked_up(relay, applet)
            began = (await session_in_state(console, SessionState.ACTIVE)).session.began
        assert began is not None
        away = await listed(relay)
        assert not away.state.is_final
        assert away.began == began
    async with running_relay(tmp_path) as relay:
        after = await listed(relay)
        assert after.began == began
        assert after.since > began
        assert (await relay.call("POST", f"/sessions/{number}/end"))[0] == 200
        ended = await listed(relay)
        assert (ended.state, ended.began) == (SessionState.CLOSED_BY_TECHNICIAN, began)
        assert await listed(relay) == ended


@pytest.mark.finding("use-B8")
async def test_what_never_took_place_has_no_time(relay: RunningRelay) -> None:
    async with relay.applet(enter_with(await relay.make_code())) as applet:
        await relay.enter(applet)
        await applet.say(Leave(Leaving.CLOSED))
    async with relay.console() as console:
        (session,) = console.desk.sessions
        if session.state is not SessionState.CLOSED_BY_WAITING_CUSTOMER:
            session = (await session_in_state(console, SessionState.CLOSED_BY_WAITING_CUSTOMER)).session
        assert session.began is None


@pytest.mark.finding("use-B8")
async def test_wrong_extra_digits_are_named_in_the_list(relay: RunningRelay) -> None:
    async with relay.console() as console, relay.applet(enter_with(await relay.make_code())) as applet:
        await picked_up(relay, applet)
        await applet.say(Leave(Leaving.SECRETS_DIFFER))
        ended = await session_in_state(console, SessionState.CLOSED_BY_CUSTOMER)
        assert isinstance(ended, SessionChanged)
        assert (ended.session.ending, ended.session.began) == (Ended.WRONG_SECRET, None)
    assert (await listed(relay)).ending is Ended.WRONG_SECRET
