"""Sessions end after as long as their channel, or their technician's group, chose."""

from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import msgspec
import pytest

from codec.wire.api_types import Code, SessionState
from codec.wire.signals import SessionUsed, State
from relay.bus.local import LocalBus
from relay.organization.units import Unit
from relay.sessions.timeouts import ACTIVE, CONNECTING, MINUTE, WAITING, patience_by
from relay.sessions.use import SessionUse
from relay.settings.inheritance import Held, Origin
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import AppletEnd, RunningRelay, enter_with

BY_OPERATOR = {
    SessionState.CONNECTING: 10 * MINUTE,
    SessionState.WAITING: 30 * MINUTE,
    SessionState.TRANSFERRING: 30 * MINUTE,
    SessionState.DISCONNECTED: 7 * MINUTE,
}


def held(connecting: int, waiting: int, active: int, source: Origin = Origin.HERE) -> dict[str, Held]:
    """Return what holds."""
    return {key: Held(value, source) for key, value in ((CONNECTING, connecting), (WAITING, waiting), (ACTIVE, active))}


@pytest.mark.req("SESS-119", "SESS-120", "SESS-121", "SESS-123", "SESS-124", "SESS-132")
def test_what_was_chosen_holds_and_0_is_never() -> None:
    assert patience_by(held(3, 0, 20), BY_OPERATOR) == {
        SessionState.CONNECTING: 3 * MINUTE,
        SessionState.ACTIVE: 20 * MINUTE,
        SessionState.DISCONNECTED: 7 * MINUTE,
    }
    assert SessionState.ACTIVE not in patience_by(held(3, 5, 0), BY_OPERATOR)
    assert SessionState.ON_HOLD not in patience_by(held(1, 1, 1), BY_OPERATOR)


def test_what_no_one_chose_is_as_the_operator_has_it() -> None:
    by_default = patience_by(held(1, 2, 60, Origin.DEFAULT), BY_OPERATOR)
    assert by_default == BY_OPERATOR | {SessionState.ACTIVE: 60 * MINUTE}


def test_every_relay_of_a_bus_knows_when_a_session_was_used() -> None:
    bus, times = LocalBus(), [100.0]
    here, there = (SessionUse(bus, lambda: times[0]) for _ in range(2))
    times[0] = 160.0
    assert there.unused_seconds(7) == 60.0, "it counts from its own start"
    here.used(7)
    times[0] = 170.0
    assert (here.unused_seconds(7), there.unused_seconds(7), there.unused_seconds(8)) == (10.0, 10.0, 70.0)
    there.missed()
    assert there.unused_seconds(7) == 0.0, "a use may have been missed"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let minutes pass in less than a second."""
    monkeypatch.setattr("relay.tasks.sweep.SWEEP_SECONDS", 0.05)
    monkeypatch.setattr("relay.sessions.timeouts.MINUTE", timedelta(seconds=0.8))


async def set_of_group(relay: RunningRelay, group: Unit, **values: int) -> None:
    """Have a group choose its time-outs."""
    chosen = {f"timeouts.{key}": value for key, value in values.items()}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", {"values": chosen})
    assert status == 200, answer


async def until(applet: AppletEnd, state: SessionState) -> None:
    """Wait until an applet hears that its session is so."""
    while (heard := await applet.hear_a(State)).state is not state:
        assert not heard.state.is_final


@pytest.mark.req("SESS-120", "CHAN-06")
@pytest.mark.usefixtures("soon")
async def test_a_channels_time_counts_for_its_sessions_and_not_for_private_ones(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"timeouts.waiting": 1})
    await set_of_group(relay, group, waiting=0)
    token = await sign_in(relay, "Bob")
    _, body = await relay.call("POST", "/codes", {"method": "pin", "name": ""}, token)
    code = msgspec.convert(body, Code)
    async with relay.applet(enter_with(code)) as private, relay.applet(through(1)) as applet:
        await relay.enter(private)
        await relay.enter(applet)
        await until(applet, SessionState.TIMED_OUT)
        _, listed = await relay.call("GET", "/sessions", token=token)
        assert [each["state"] for each in listed if each["channel"] is None] == ["waiting"]


@pytest.mark.req("SESS-117")
async def test_a_pin_and_a_link_are_valid_for_as_long_as_the_group_says(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await set_of_group(relay, group, code=3)
    token = await sign_in(relay, "Bob")
    for method in ("pin", "link"):
        _, code = await relay.call("POST", "/codes", {"method": method, "name": ""}, token)
        made, expires = (datetime.fromisoformat(code[key]) for key in ("made_at", "expires_at"))
        assert expires - made == 3 * MINUTE


@pytest.mark.req("SESS-123", "SESS-133")
@pytest.mark.usefixtures("soon")
async def test_an_active_session_ends_once_its_console_tells_of_no_more_use(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"timeouts.active": 2})
    token = await sign_in(relay, "Bob")
    async with AsyncExitStack() as stack:
        bob = await stack.enter_async_context(relay.console("console-of-bob", token))
        used, unused = [await stack.enter_async_context(relay.applet(through(1))) for _ in range(2)]
        numbers = [(await relay.enter(each)).session for each in (used, unused)]
        for number in numbers:
            body = {"console": "console-of-bob"}
            assert (await relay.call("POST", f"/sessions/{number}/pick-up", body, token))[0] == 200
        ended = False
        while not ended:  # as a console does while something is done
            await bob.say(SessionUsed(numbers[0]))
            _, listed = await relay.call("GET", "/sessions", token=token)
            states = {each["id"]: each["state"] for each in listed}
            ended = states[numbers[1]] == "timed_out"
        assert states[numbers[0]] == "active"
        await until(unused, SessionState.TIMED_OUT)
        await until(used, SessionState.TIMED_OUT)
