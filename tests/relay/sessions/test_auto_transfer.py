"""Waiting sessions that move from one channel to another, at a real relay: when, who sees them, and what is kept."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import WSMessageTypeError
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update

from codec.wire.api_types import PickUp, Session
from codec.wire.api_types import SessionState as S
from codec.wire.signals import Attention, Entered, Leave, Leaving, Return, SessionChanged, SessionGone, State, Wait
from relay.events.kinds import ActorKind, Transferred
from relay.organization.model import ChannelRow
from relay.sessions.auto_transfer import Rule
from relay.sessions.model import SessionRow
from relay.store.database import Store, open_store
from relay.tasks import sweep
from tests.relay.events.test_log import kept
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay, running_relay


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the relay look at the clock more often than every five seconds."""
    monkeypatch.setattr(sweep, "SWEEP_SECONDS", 0.2)


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.req("SESS-70", "SESS-71")
@given(some.integers(1, 999), some.integers(0, 999 * 60 + 200))
def test_a_session_moves_when_its_minutes_are_over_and_never_before(minutes: int, waited: int) -> None:
    rule = Rule(timedelta(minutes=minutes), 2)
    assert rule.is_due(NOON, NOON + timedelta(seconds=waited)) is (waited >= 60 * minutes)


@dataclass
class Two:
    """Bob serves channel 1, Carla channel 2, Dora channel 3. A customer waits in channel 1."""

    relay: RunningRelay
    bobs: ConsoleEnd
    carlas: ConsoleEnd
    doras: ConsoleEnd
    tokens: dict[str, str]
    applet: AppletEnd
    entered: Entered

    @property
    def number(self) -> int:
        """The session's."""
        return self.entered.session

    async def listed(self, name: str) -> list[tuple[int, str]]:
        """Return the sessions that someone sees, with their states."""
        _, listed = await self.relay.call("GET", "/sessions", token=self.tokens[name])
        return [(each["id"], each["state"]) for each in listed]

    async def waited(self, minutes: float, session: int = 0) -> None:
        """Let it, or another session, be so long in its state."""
        async with storing(self.relay) as store, store.transaction() as transaction:
            since = datetime.now(UTC) - timedelta(minutes=minutes)
            await transaction.execute(
                update(SessionRow).where(SessionRow.id == (session or self.number)).values(since=since)
            )

    async def row(self) -> SessionRow:
        """Return what the database has of it."""
        async with storing(self.relay) as store, store.reading() as transaction:
            return await transaction.get_one(SessionRow, self.number)


@asynccontextmanager
async def storing(relay: RunningRelay) -> AsyncIterator[Store]:
    """The relay's database."""
    store = await open_store(relay.settings.database)
    try:
        yield store
    finally:
        await store.close()


async def come(relay: RunningRelay, stack: AsyncExitStack, name: str, token: str) -> ConsoleEnd:
    """Connect a console: again where the relay was just about to tell it of other channels."""
    while True:
        try:
            return await stack.enter_async_context(relay.console(f"console-of-{name}", token))
        except WSMessageTypeError:
            continue


@asynccontextmanager
async def two(relay: RunningRelay, *, to: int = 2, minutes: int = 5) -> AsyncIterator[Two]:
    """Make them."""
    tokens = {}
    for channel, name in enumerate(("Bob", "Carla", "Dora"), 1):
        group, _person = await make_desk(relay, name)
        await assign(relay, channel, group)
        tokens[name] = await sign_in(relay, name)
    await choose(relay, 1, {"auto_transfer.on": True, "auto_transfer.minutes": minutes, "auto_transfer.to": [to]})
    async with AsyncExitStack() as stack:
        consoles = {name: await come(relay, stack, name, token) for name, token in tokens.items()}
        applet = await stack.enter_async_context(relay.applet(through(1)))
        bobs, carlas, doras = (consoles[name] for name in ("Bob", "Carla", "Dora"))
        yield Two(relay, bobs, carlas, doras, tokens, applet, await relay.enter(applet))


async def until(console: ConsoleEnd, state: S) -> Session:
    """Return a session when a console hears that it is in this state."""
    while (session := (await console.hear_a(SessionChanged)).session).state is not state:
        pass
    assert isinstance(session, Session)
    return session


@pytest.mark.req("SESS-69", "SESS-70", "SESS-72", "SESS-73", "SESS-74", "SESS-166")
async def test_who_has_waited_long_enough_moves_to_the_other_channel_where_one_picks_them_up(
    relay: RunningRelay,
) -> None:
    async with two(relay) as it:
        await until(it.bobs, S.WAITING)
        await it.waited(4.9)
        assert await it.listed("Carla") == []
        await it.waited(5)
        incoming, outgoing = await until(it.carlas, S.TRANSFERRING), await until(it.bobs, S.TRANSFERRING)
        for session in (incoming, outgoing):
            assert session.transfer is not None
            moved = session.transfer
            assert (moved.by, moved.by_person, moved.former, moved.source, moved.target) == ("", 0, 0, 1, 2)
        assert await it.listed("Bob") == await it.listed("Carla") == [(it.number, "transferring")]
        assert await it.listed("Dora") == []
        body = PickUp(console="console-of-Carla")
        assert (await relay.call("POST", f"/sessions/{it.number}/pick-up", body, it.tokens["Carla"]))[0] == 200
        assert (await it.bobs.hear_a(SessionGone)).technician == "Carla"
        assert await it.listed("Bob") == []
        while (state := await it.applet.hear_a(State)).state is not S.ACTIVE:
            assert state.state is S.WAITING, "for the customer nothing has changed: they wait"
            assert state.to == ""
    requested, completed = [each for each in await kept(relay, it.number) if isinstance(each.what, Transferred)]
    assert requested.actor.kind is ActorKind.SYSTEM
    assert isinstance(requested.what, Transferred)
    assert isinstance(completed.what, Transferred)
    assert (requested.what.by, requested.what.source, requested.what.target) == (None, 1, 2)
    assert (completed.what.outcome, completed.what.ended_by) == ("picked_up", "Carla")
    assert (await it.row()).waiting_ms > 0, "until the pick-up they waited"


@pytest.mark.req("SESS-72", "SESS-86")
async def test_who_serves_the_channel_that_it_leaves_may_still_have_it(relay: RunningRelay) -> None:
    async with two(relay) as it:
        await it.waited(5)
        await until(it.carlas, S.TRANSFERRING)
        body = PickUp(console="console-of-Bob")
        assert (await relay.call("POST", f"/sessions/{it.number}/pick-up", body, it.tokens["Bob"]))[0] == 200
        assert (await it.carlas.hear_a(SessionGone)).technician == "Bob"


@pytest.mark.req("SESS-75", "SESS-76")
async def test_in_a_chain_each_channels_own_minutes_count_from_arrival(relay: RunningRelay) -> None:
    async with two(relay) as it:
        await choose(relay, 2, {"auto_transfer.on": True, "auto_transfer.minutes": 2, "auto_transfer.to": [3]})
        await it.waited(6)
        await until(it.carlas, S.TRANSFERRING)
        assert await it.listed("Dora") == [], "it has just arrived in the second channel"
        await it.waited(2)
        session = await until(it.doras, S.TRANSFERRING)
        assert session.transfer is not None
        assert (session.transfer.source, session.transfer.target) == (2, 3)
        assert (await it.bobs.hear_a(SessionGone)).session == it.number
        assert (await it.listed("Bob"), await it.listed("Carla")) == ([], [(it.number, "transferring")])
        await it.applet.say(Leave(Leaving.CLOSED))
        for console in (it.carlas, it.doras):
            assert (await console.hear_a(SessionGone)).person is None
    outcomes = [each.what.outcome for each in await kept(relay, it.number) if isinstance(each.what, Transferred)]
    assert outcomes == ["", "transferred_again", "", "ended"]


@pytest.mark.req("SESS-76")
async def test_the_receiving_channel_starts_it_and_times_it_out_by_its_own_rules(relay: RunningRelay) -> None:
    async with two(relay) as it:
        await choose(relay, 1, {"timeouts.waiting": 6})
        await choose(relay, 2, {"timeouts.waiting": 30})
        await it.waited(5)
        await until(it.carlas, S.TRANSFERRING)
        await it.waited(7)
        await choose(relay, 2, {"auto_start.on": True})
        await it.carlas.say(Attention(is_here=True))
        body = PickUp(console="console-of-Carla", offered=True)
        while (await relay.call("POST", f"/sessions/{it.number}/pick-up", body, it.tokens["Carla"]))[0] != 200:
            pass
        while (await it.applet.hear_a(State)).state is not S.ACTIVE:
            pass


@pytest.mark.req("SESS-57", "SESS-76")
async def test_the_customer_is_told_their_place_in_the_queue_where_they_are(relay: RunningRelay) -> None:
    async with two(relay) as it, relay.applet(through(2)) as before:
        await relay.enter(before)
        await choose(relay, 2, {"waiting.message": "position"})
        await it.waited(5)
        while (wait := await it.applet.hear_a(Wait)).position is None:
            pass
        assert wait.position == 2


async def test_nothing_moves_to_a_channel_that_no_one_serves(relay: RunningRelay) -> None:
    async with two(relay, to=4) as it, relay.applet(through(3)) as other:
        await choose(relay, 3, {"auto_transfer.on": True, "auto_transfer.minutes": 5, "auto_transfer.to": [2]})
        marker = (await relay.enter(other)).session
        await it.waited(9)
        await it.waited(5, marker)
        assert (await until(it.carlas, S.TRANSFERRING)).id == marker, "by the same look at the clock"
        assert await it.listed("Bob") == [(it.number, "waiting")]


async def test_what_is_on_its_way_to_a_channel_that_is_deleted_returns(relay: RunningRelay) -> None:
    async with two(relay) as it:
        await it.waited(5)
        await until(it.bobs, S.TRANSFERRING)
        async with storing(relay) as store, store.transaction() as transaction:
            (await transaction.get_one(ChannelRow, 2)).deleted_at = datetime.now(UTC)
        assert (await until(it.bobs, S.WAITING)).id == it.number
        assert await it.listed("Bob") == [(it.number, "waiting")]


async def test_a_relay_that_is_started_again_moves_what_has_waited_meanwhile(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, two(relay) as it:
        await it.waited(6)
        async with storing(relay) as store, store.transaction() as transaction:
            await transaction.execute(update(SessionRow).values(state=S.WAITING.value))
        ticket = it.entered.ticket
    async with running_relay(tmp_path) as relay, relay.applet(Return(ticket)) as applet:
        assert (await relay.enter(applet)).state is S.WAITING
        token = await sign_in(relay, "Carla")
        async with relay.console("console-of-carla", token) as carlas:
            if not carlas.desk.sessions:
                await until(carlas, S.TRANSFERRING)


async def test_a_customer_who_comes_back_meanwhile_waits_on(relay: RunningRelay) -> None:
    async with two(relay) as it:
        await it.waited(5)
        await until(it.carlas, S.TRANSFERRING)
        await it.applet.socket.close()
        async with relay.applet(Return(it.entered.ticket)) as again:
            entered = await relay.enter(again)
            assert (entered.state, entered.to) == (S.WAITING, "")
