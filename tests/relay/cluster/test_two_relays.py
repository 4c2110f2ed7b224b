"""Two relays are one desk: a customer at one of them, a technician at the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import WSCloseCode, WSMsgType

from codec.session.links.tunnel import open_tunnel
from codec.wire.api_types import PickUp, SessionState
from codec.wire.permits import Permit
from codec.wire.permits import read as read_permit
from codec.wire.signals import (
    AppletSignal,
    Attention,
    BeginRecording,
    ConsoleSignal,
    Leave,
    Leaving,
    Permitted,
    RecordingBegun,
    RelaySignal,
    Return,
    SessionChanged,
    SessionGone,
    SessionSignal,
    SessionTunnel,
    SigningKey,
    StartSession,
    State,
    Tunnel,
    TunnelPlease,
)
from relay.bus.redis_bus import RedisBus
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.databases import Cluster
from tests.support.redis_servers import RedisServer, running_redis
from tests.support.relays import CONSOLE, AppletEnd, ConsoleEnd, RunningRelay, enter_with
from tests.support.several import Two, two_relays
from tests.support.waiting import becomes_true

BOB, CARLA = "console-of-bob", "console-of-carla"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """One Redis for all tests of this file."""
    with running_redis() as server:
        yield server


@pytest_asyncio.fixture
async def two(tmp_path: Path, cluster: Cluster, redis: RedisServer) -> AsyncIterator[Two]:
    """Two relays on a new database."""
    url = await asyncio.to_thread(cluster.new_database)
    async with two_relays(tmp_path, url, redis) as two:
        yield two


async def heard(console: ConsoleEnd, state: SessionState, *, present: bool | None = None) -> SessionChanged:
    """Return what a console hears of a session in this state, with its customer there or not."""
    while True:
        changed: SessionChanged = await console.hear_a(SessionChanged)
        if changed.session.state is state and present in (None, changed.session.customer_present):
            return changed


async def told(applet: AppletEnd, state: SessionState, *, present: bool = True) -> State:
    """Return what an applet hears of its session in this state, with its technician there or not."""
    while (found := await applet.hear_a(State)).state is not state or found.technician_present is not present:
        pass
    assert isinstance(found, State)
    return found


async def pick_up(relay: RunningRelay, session: int, console: str, token: str) -> tuple[int, dict[str, object]]:
    """Ask for a session."""
    return await relay.call("POST", f"/sessions/{session}/pick-up", PickUp(console=console), token)


@pytest.mark.req("SESS-42", "SESS-43", "SESS-44")
async def test_both_show_one_queue_and_a_pick_up_on_one_is_seen_on_the_other(two: Two) -> None:
    group, _bob, _carla = await make_desk(two.here, "Bob", "Carla")
    await assign(two.here, 2, group)
    of_bob, of_carla = await sign_in(two.here, "Bob"), await sign_in(two.there, "Carla")
    async with (
        two.here.console(BOB, of_bob) as bobs,
        two.there.console(CARLA, of_carla) as carlas,
        two.there.applet(through(2)) as applet,
    ):
        session = (await two.there.enter(applet)).session
        for console in (bobs, carlas):
            assert (await heard(console, SessionState.WAITING)).session.id == session
        answers = await asyncio.gather(
            pick_up(two.here, session, BOB, of_bob), pick_up(two.there, session, CARLA, of_carla)
        )
        assert sorted(status for status, _ in answers) == [200, 409]
        winner = "Bob" if answers[0][0] == 200 else "Carla"
        won, lost = (bobs, carlas) if winner == "Bob" else (carlas, bobs)
        assert (await told(applet, SessionState.ACTIVE)).technician == winner
        assert (await heard(won, SessionState.ACTIVE, present=True)).session.technician == winner
        gone = await lost.hear_a(SessionGone)
        assert (gone.session, gone.technician) == (session, winner)
        (refused,) = [body for status, body in answers if status == 409]
        assert (refused["problem"], refused["taken_by"]) == ("taken", winner)
        await applet.say(Leave(Leaving.CLOSED))
        await heard(won, SessionState.CLOSED_BY_CUSTOMER)


@pytest.mark.req("PERM-41")
async def test_the_next_technicians_permit_reaches_a_customer_at_the_other_relay(two: Two) -> None:
    """From a channel, and after a hand-over."""
    group, bob, carla = await make_desk(two.here, "Bob", "Carla")
    await assign(two.here, 2, group)
    of_bob, of_carla = await sign_in(two.here, "Bob"), await sign_in(two.here, "Carla")
    async with (
        two.here.console(BOB, of_bob),
        two.here.console(CARLA, of_carla) as carlas,
        two.there.applet(through(2)) as applet,
    ):
        await carlas.say(Attention(is_here=True))
        entered = await two.there.enter(applet)
        session = entered.session

        async def next_permit() -> Permit:
            async with asyncio.timeout(5):
                return read_permit((await applet.hear_a(Permitted)).permit, entered.relay_key, session)

        assert (await pick_up(two.here, session, BOB, of_bob))[0] == 200
        of_first = await next_permit()
        assert (of_first.technician, "desktop_view" in of_first.functions) == (bob.id, True)
        to = {"kind": "technician", "target": carla.id}
        status, answer = await two.here.call("POST", f"/sessions/{session}/transfer", to, of_bob)
        assert status == 200, answer
        assert (await pick_up(two.here, session, CARLA, of_carla))[0] == 200
        assert (await next_permit()).technician == carla.id


async def joined(two: Two, console: ConsoleEnd, applet: AppletEnd) -> int:
    """Have the technician at the first relay pick up the session of the customer at the second."""
    session = (await two.there.enter(applet)).session
    await two.here.pick_up(session)
    await told(applet, SessionState.ACTIVE)
    await heard(console, SessionState.ACTIVE, present=True)
    return session


async def test_handshake_steps_pass_both_ways_and_to_no_other_console(two: Two) -> None:
    code = await two.here.make_code()
    async with (
        two.here.console() as console,
        two.here.console("another-of-anna") as other,
        two.there.applet(enter_with(code)) as applet,
    ):
        session = await joined(two, console, applet)
        await other.say(ConsoleSignal(session, "not its own"))
        await console.say(ConsoleSignal(session, "to the customer"))
        assert (await applet.hear_a(RelaySignal)).data == "to the customer"
        await applet.say(AppletSignal("to the technician"))
        assert await console.hear_a(SessionSignal) == SessionSignal(session, "to the technician")
        _, body = await two.there.call("POST", f"/sessions/{session}/end")
        assert body["state"] == SessionState.CLOSED_BY_TECHNICIAN
        await heard(other, SessionState.CLOSED_BY_TECHNICIAN)
        await told(applet, SessionState.CLOSED_BY_TECHNICIAN)


@pytest.mark.parametrize("wrong", [(False, False), (True, False), (False, True), (True, True)])
async def test_the_tunnel_joins_both_ends_whichever_relay_each_comes_to(two: Two, wrong: tuple[bool, bool]) -> None:
    """A proxy leads each end of a tunnel to any of the relays; the bytes pass both ways, however many there are."""
    code = await two.here.make_code()
    async with two.here.console() as console, two.there.applet(enter_with(code)) as applet:
        session = await joined(two, console, applet)
        await console.say(TunnelPlease(session))
        for_applet = (await applet.hear_a(Tunnel)).ticket
        for_console = (await console.hear_a(SessionTunnel)).ticket
        first, second = (two.there if elsewhere else two.here for elsewhere in wrong)
        one, another = await asyncio.gather(
            open_tunnel(two.here.http, first.url, for_applet), open_tunnel(two.here.http, second.url, for_console)
        )
        pieces = [bytes([number]) * 60_000 for number in range(100)]

        async def send_all() -> None:
            for piece in pieces:
                await one.send(piece)

        sending = asyncio.ensure_future(send_all())
        assert [await another.receive() for _ in pieces] == pieces
        await sending
        await another.send(b"back")
        assert await one.receive() == b"back"
        await two.there.call("POST", f"/sessions/{session}/end")
        for end in (one, another):
            with pytest.raises(Exception, match="closed the tunnel"):
                await end.receive()
            await end.close()


async def test_a_ticket_of_a_relay_that_is_not_there_opens_nothing(two: Two) -> None:
    with pytest.raises(Exception, match="refused the tunnel"):
        await open_tunnel(two.here.http, two.here.url, "999.of-no-one")
    with pytest.raises(Exception, match="refused the tunnel"):
        await open_tunnel(two.here.http, two.here.url, "1.of-no-one")


async def test_a_recording_begins_with_the_key_of_an_applet_at_the_other_relay(two: Two) -> None:
    code = await two.here.make_code()
    async with two.here.console() as console, two.there.applet(enter_with(code)) as applet:
        session = await joined(two, console, applet)
        key = bytes(range(32))
        await applet.say(SigningKey(key))
        begun = None
        for number in range(50):  # its key is in the store when that is written
            await console.say(BeginRecording(session, bytes([number]) * 16, bytes(32)))
            await console.say(ConsoleSignal(session, "asked"))
            await applet.hear_a(RelaySignal)
            await applet.say(AppletSignal("asked"))
            while not isinstance(said := await console.hear(), SessionSignal | RecordingBegun):
                pass
            if isinstance(said, RecordingBegun):
                begun = said
                break
        assert begun is not None
        assert begun.applet_key == key


async def test_an_applet_that_comes_to_the_other_relay_is_gone_from_the_first(two: Two) -> None:
    code = await two.here.make_code()
    async with two.here.console() as console, two.here.applet(enter_with(code)) as applet:
        entered = await two.here.enter(applet)
        await two.here.pick_up(entered.session)
        await told(applet, SessionState.ACTIVE)
        async with two.there.applet(Return(entered.ticket)) as again:
            await two.there.enter(again)
            while (await applet.socket.receive(timeout=5)).type is WSMsgType.TEXT:
                pass
            assert applet.socket.closed
            await console.say(ConsoleSignal(entered.session, "where it is"))
            assert (await again.hear_a(RelaySignal)).data == "where it is"
        # It is gone from both now, and the technician is told so by the relay that it was at last.
        await heard(console, SessionState.RECONNECTING)


async def test_a_console_that_comes_to_the_other_relay_is_gone_from_the_first(two: Two) -> None:
    code = await two.here.make_code()
    async with two.here.console() as console, two.there.applet(enter_with(code)) as applet:
        session = await joined(two, console, applet)
        async with two.there.console(CONSOLE, two.here.token) as again:
            while (await console.socket.receive(timeout=5)).type is WSMsgType.TEXT:
                pass
            await again.say(ConsoleSignal(session, "from where it is"))
            assert (await applet.hear_a(RelaySignal)).data == "from where it is"
        await told(applet, SessionState.DISCONNECTED, present=False)


async def test_a_permission_that_is_taken_away_at_one_is_not_used_at_the_other(two: Two) -> None:
    (group, *_people) = await make_desk(two.here, "Bob")
    token = await sign_in(two.there, "Bob")
    async with two.there.console(BOB, token):
        status, _ = await two.there.call("POST", "/codes", {"method": "pin"}, token)
        assert status == 201
        _, permissions = await two.here.call("GET", f"/technician-groups/{group.id}/permissions")
        version = permissions["version"]
        body = {"version": version, "permissions": {"private_sessions": {"enabled": False}}}
        status, answer = await two.here.call("PATCH", f"/technician-groups/{group.id}/permissions", body)
        assert status == 200, answer

        async def is_refused() -> bool:
            return (await two.there.call("POST", "/codes", {"method": "pin"}, token))[0] == 403

        await becomes_true(is_refused, 5)


async def test_what_happened_while_redis_was_away_is_read_when_it_is_back(two: Two) -> None:
    """Nothing is lost, and no session is given to two."""
    code = await two.here.make_code()
    async with two.here.console() as console, two.there.applet(enter_with(code)) as applet:
        session = await joined(two, console, applet)
        two.redis.stop()
        try:
            _, ended = await two.there.call("POST", f"/sessions/{session}/end")
            assert ended["state"] == SessionState.CLOSED_BY_TECHNICIAN
            await told(applet, SessionState.CLOSED_BY_TECHNICIAN)
        finally:
            two.redis.start()
        while (await console.socket.receive(timeout=20)).type is WSMsgType.TEXT:
            pass
        assert console.socket.close_code == WSCloseCode.TRY_AGAIN_LATER
        async with two.here.console() as again:
            (listed,) = again.desk.sessions
            assert listed.state is SessionState.CLOSED_BY_TECHNICIAN


async def test_a_permission_that_is_taken_away_while_redis_is_away_is_used_for_seconds_at_most(two: Two) -> None:
    (group, *_people) = await make_desk(two.here, "Bob")
    token = await sign_in(two.there, "Bob")
    assert (await two.there.call("POST", "/codes", {"method": "pin"}, token))[0] == 201
    two.redis.stop()
    try:
        _, permissions = await two.here.call("GET", f"/technician-groups/{group.id}/permissions")
        body = {"version": permissions["version"], "permissions": {"private_sessions": {"enabled": False}}}
        status, answer = await two.here.call("PATCH", f"/technician-groups/{group.id}/permissions", body)
        assert status == 200, answer

        async def is_refused() -> bool:
            return (await two.there.call("POST", "/codes", {"method": "pin"}, token))[0] == 403

        await becomes_true(is_refused, 10)
    finally:
        two.redis.start()


@pytest.mark.req("PERM-41")
async def test_a_permission_that_is_taken_away_while_redis_is_only_silent_leaves_the_permit(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is connected and says nothing, which the relays find only later."""
    group, *_people = await make_desk(two.here, "Bob")
    await assign(two.here, 2, group)
    token = await sign_in(two.here, "Bob")
    async with two.here.console(BOB, token), two.there.applet(through(2)) as applet:
        entered = await two.there.enter(applet)
        assert (await pick_up(two.there, entered.session, BOB, token))[0] == 200

        async def next_functions() -> tuple[str, ...]:
            async with asyncio.timeout(8):
                permit = (await applet.hear_a(Permitted)).permit
            return read_permit(permit, entered.relay_key, entered.session).functions

        assert "private_sessions" in await next_functions()
        monkeypatch.setattr(RedisBus, "_hear", lambda _bus, _heard: None)
        _, permissions = await two.here.call("GET", f"/technician-groups/{group.id}/permissions")
        body = {"version": permissions["version"], "permissions": {"private_sessions": {"enabled": False}}}
        status, answer = await two.here.call("PATCH", f"/technician-groups/{group.id}/permissions", body)
        assert status == 200, answer
        assert "private_sessions" not in await next_functions()


@pytest.mark.parametrize("at", ["here", "there"])
async def test_a_session_that_a_channel_starts_is_picked_up_at_either_relay(two: Two, at: str) -> None:
    """The relay of the customer asks the console, which says through any of them that it starts the session."""
    group, *_people = await make_desk(two.here, "Bob")
    await assign(two.here, 2, group)
    await choose(two.here, 2, {"auto_start.on": True})
    token = await sign_in(two.here, "Bob")
    async with two.here.console(BOB, token) as console:
        await console.say(Attention(is_here=True))
        async with two.there.applet(through(2)) as applet:
            session = (await two.there.enter(applet)).session
            assert (await console.hear_a(StartSession)).session == session
            relay = two.here if at == "here" else two.there
            body = PickUp(console=BOB, offered=True)
            status, answer = await relay.call("POST", f"/sessions/{session}/pick-up", body, token)
            assert status == 200, answer
            assert (await told(applet, SessionState.ACTIVE)).technician == "Bob"
