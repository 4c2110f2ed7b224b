"""Waiting sessions of channels start automatically, at a real relay: with whom, when, and who does not react."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from codec.wire.api_types import PickUp
from codec.wire.api_types import SessionState as S
from codec.wire.signals import Attention, Leave, Leaving, StartSession, State, read_to_console
from codec.wire.technician_status import TechnicianStatus
from relay.accounts.model import SignInRow
from relay.events.kinds import ActorKind, Moved, Participant
from relay.organization.units import Unit
from relay.routing import auto_start, offers
from relay.sessions.rules import Cause
from relay.store.database import open_store
from tests.relay.events.test_log import kept
from tests.support.channels import assign, choose, make_desk, sign_in, take_off, through
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay

HERE = Attention(is_here=True)


@dataclass
class Bob:
    """A technician with a console that does as it is told, or does not react."""

    relay: RunningRelay
    unit: Unit
    token: str
    console: ConsoleEnd
    name: str
    reacts: bool = True
    asked: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> None:
        """Start what the relay asks for."""
        while True:
            heard = read_to_console(await self.console.socket.receive_str())
            if isinstance(heard, StartSession):
                await self._asked(heard)

    async def _asked(self, asked: StartSession) -> None:
        assert asked.console == self.name
        self.asked.append(asked.session)
        if self.reacts:
            await self.starts(asked.session)
        self.news.set()

    async def starts(self, session: int, *, offered: bool = True) -> tuple[int, Any]:
        """Pick a session up."""
        body = PickUp(console=self.name, offered=offered)
        status, answer = await self.relay.call("POST", f"/sessions/{session}/pick-up", body, self.token)
        if status != 200:
            self.refused.append(answer["problem"])
        return status, answer

    async def until_asked(self, *sessions: int) -> None:
        """Wait until the relay has asked for exactly these, in this order."""
        async with asyncio.timeout(10):
            while self.asked != [*sessions]:
                assert len(self.asked) <= len(sessions), self.asked
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def at_work(relay: RunningRelay, unit: Unit, name: str, said: Attention = HERE) -> AsyncIterator[Bob]:
    """A technician at their console."""
    token = await sign_in(relay, name)
    async with relay.console(f"console-of-{name}", token) as console:
        one = Bob(relay, unit, token, console, f"console-of-{name}")
        working = asyncio.ensure_future(one.work())
        await console.say(said)
        try:
            yield one
        finally:
            working.cancel()


async def comes(relay: RunningRelay, stack: AsyncExitStack, channel: int = 1) -> tuple[int, AppletEnd]:
    """A customer comes in; return their session, and their end."""
    applet = await stack.enter_async_context(relay.applet(through(channel)))
    return (await relay.enter(applet)).session, applet


async def until(applet: AppletEnd, state: S) -> State:
    """Return what a customer hears when their session is in this state."""
    while (heard := await applet.hear_a(State)).state is not state:
        pass
    assert isinstance(heard, State)
    return heard


async def group_has(relay: RunningRelay, group: Unit, values: dict[str, object]) -> None:
    """Choose this for a group."""
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", {"values": values})
    assert status == 200, answer


@pytest.mark.req("SESS-77", "SESS-86", "TECH-08")
async def test_a_waiting_session_starts_with_who_has_least_to_do_and_the_record_says_so(relay: RunningRelay) -> None:
    group, bob, carla = await make_desk(relay, "Bob", "Carla")
    await assign(relay, 1, group)
    await choose(relay, 1, {"auto_start.on": True})
    async with at_work(relay, bob, "Bob") as bobs, AsyncExitStack() as stack:
        first, applet = await comes(relay, stack)
        assert (await until(applet, S.ACTIVE)).technician == "Bob"
        async with at_work(relay, carla, "Carla") as carlas:
            second, applet = await comes(relay, stack)
            assert (await until(applet, S.ACTIVE)).technician == "Carla"
            await carlas.console.say(Attention(is_here=True, chosen=TechnicianStatus.AWAY))
            await choose(relay, 1, {"auto_start.on": False})
            by_hand, applet = await comes(relay, stack)
            assert (await carlas.starts(by_hand, offered=False))[0] == 200, "away, and on her own wish"
            assert bobs.asked == [first]
            assert carlas.asked == [second]
    events = await kept(relay, first)
    moves = [(each.actor.kind, each.what.new, each.what.cause) for each in events if isinstance(each.what, Moved)]
    assert moves[2] == (ActorKind.SYSTEM, S.ACTIVE, Cause.AUTO_STARTED)
    (began,) = [each.what for each in events if isinstance(each.what, Participant)]
    assert began.technician.id == bob.id


@pytest.mark.req("SESS-79", "SESS-81")
async def test_what_fits_no_one_waits_and_starts_once_someone_has_room(relay: RunningRelay) -> None:
    group, bob = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"auto_start.on": True, "auto_start.below": 1})
    async with at_work(relay, bob, "Bob") as bobs, AsyncExitStack() as stack:
        first, _ = await comes(relay, stack)
        await bobs.until_asked(first)
        second, applet = await comes(relay, stack)
        third, _ = await comes(relay, stack)
        assert (await relay.call("POST", f"/sessions/{first}/end", token=bobs.token))[0] == 200
        await until(applet, S.ACTIVE)
        assert bobs.asked == [first, second]
        await choose(relay, 1, {"auto_start.below": 2})
        await bobs.until_asked(first, second, third)


@pytest.mark.req("SESS-82", "SESS-83")
async def test_the_groups_limit_holds_and_who_is_busy_or_away_gets_nothing(relay: RunningRelay) -> None:
    group, bob, carla, dora = await make_desk(relay, "Bob", "Carla", "Dora")
    await assign(relay, 1, group)
    await take_off(relay, dora, 1)
    await group_has(relay, group, {"console.most_sessions": 1})
    await choose(relay, 1, {"auto_start.on": True})
    busy = Attention(is_here=True, chosen=TechnicianStatus.BUSY)
    async with (
        at_work(relay, bob, "Bob") as bobs,
        at_work(relay, carla, "Carla", busy) as carlas,
        at_work(relay, dora, "Dora") as doras,
        AsyncExitStack() as stack,
    ):
        first, _ = await comes(relay, stack)
        await bobs.until_asked(first)
        second, applet = await comes(relay, stack)
        await carlas.console.say(Attention(is_here=False))
        await carlas.console.say(HERE)
        assert (await until(applet, S.ACTIVE)).technician == "Carla"
        assert (bobs.asked, carlas.asked, doras.asked) == ([first], [second], [])


@pytest.mark.req("SESS-92", "SESS-93", "SESS-94")
async def test_who_is_exempt_gets_nothing_automatically_and_may_pick_up(relay: RunningRelay) -> None:
    group, bob = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"auto_start.on": True})
    path = f"/settings/technician/{bob.id}"
    status, answer = await relay.call("PATCH", path, {"values": {"technician.never_auto_start": True}})
    assert status == 200, answer
    async with at_work(relay, bob, "Bob") as bobs, AsyncExitStack() as stack:
        first, _ = await comes(relay, stack)
        await bobs.starts(first, offered=True)
        assert bobs.refused == ["not_offered"]
        assert (await bobs.starts(first, offered=False))[0] == 200
        second, _ = await comes(relay, stack)
        await relay.call("PATCH", path, {"values": {"technician.never_auto_start": False}})
        await bobs.until_asked(second)


@pytest.mark.req("SESS-87", "SESS-88", "SESS-89", "SESS-90", "SESS-91")
async def test_who_has_just_signed_in_gets_nothing_for_the_minutes_that_their_group_says(relay: RunningRelay) -> None:
    group, bob = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await group_has(relay, group, {"console.defer_auto_start": 3})
    await choose(relay, 1, {"auto_start.on": True})
    async with at_work(relay, bob, "Bob") as bobs, AsyncExitStack() as stack:
        first, _ = await comes(relay, stack)
        assert (await bobs.starts(first, offered=False))[0] == 200, "by hand at any time"
        second, _ = await comes(relay, stack)
        store = await open_store(relay.settings.database)
        async with store.transaction() as transaction:
            for row in await transaction.scalars(select(SignInRow).where(SignInRow.person_id == bob.id)):
                row.made_at -= timedelta(minutes=3)
        await store.close()
        assert bobs.asked == []
        await bobs.until_asked(second)


async def test_a_console_that_does_not_react_costs_the_customer_seconds_and_another_gets_them(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "OFFER_SECONDS", 0.4)
    monkeypatch.setattr(auto_start, "OFFER_SECONDS", 0.4)
    group, bob, carla = await make_desk(relay, "Bob", "Carla")
    await assign(relay, 1, group)
    await choose(relay, 1, {"auto_start.on": True})
    async with at_work(relay, bob, "Bob") as bobs, AsyncExitStack() as stack:
        bobs.reacts = False
        session, applet = await comes(relay, stack)
        await bobs.until_asked(session)
        async with at_work(relay, carla, "Carla") as carlas:
            assert (await until(applet, S.ACTIVE)).technician == "Carla"
            assert (carlas.asked, bobs.asked) == ([session], [session])
            assert (await bobs.starts(session))[0] == 409
            assert bobs.refused == ["not_offered"], "too late"
            _, applet = await comes(relay, stack)
            assert (await until(applet, S.ACTIVE)).technician == "Carla", "who is dead is passed over"


@pytest.mark.req("SESS-44", "SESS-77")
async def test_a_console_that_vanishes_and_a_customer_who_leaves_hold_up_no_one(relay: RunningRelay) -> None:
    group, bob, carla = await make_desk(relay, "Bob", "Carla")
    await assign(relay, 1, group)
    await choose(relay, 1, {"auto_start.on": True})
    async with AsyncExitStack() as stack:
        async with at_work(relay, bob, "Bob") as bobs:
            bobs.reacts = False
            gone, applet = await comes(relay, stack)
            await bobs.until_asked(gone)
            await applet.say(Leave(Leaving.CLOSED))
            session, applet = await comes(relay, stack)
            await bobs.until_asked(gone, session)
        async with at_work(relay, carla, "Carla"):
            assert (await until(applet, S.ACTIVE)).technician == "Carla"


@pytest.mark.req("SESS-77", "SESS-81", "SESS-83")
@pytest.mark.parametrize("seed", range(3))
async def test_in_any_order_of_events_none_waits_while_someone_fits_and_none_is_overloaded(
    relay: RunningRelay, seed: int
) -> None:
    chance, names = random.Random(seed), ("Bob", "Carla", "Dora")
    group, *units = await make_desk(relay, *names)
    for channel in (1, 2):
        await assign(relay, channel, group)
        await choose(relay, channel, {"auto_start.on": True, "auto_start.below": 2})
    await take_off(relay, units[2], 2)
    open_ones: dict[int, AppletEnd] = {}
    async with AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(at_work(relay, unit, name)) for unit, name in zip(units, names, strict=True)
        ]
        available = dict.fromkeys(names, True)
        for _ in range(14):
            match chance.choice(("comes", "comes", "leaves", "status")):
                case "comes":
                    session, applet = await comes(relay, stack, chance.choice((1, 2)))
                    open_ones[session] = applet
                case "leaves" if open_ones:
                    await open_ones.pop(chance.choice(list(open_ones))).say(Leave(Leaving.CLOSED))
                case "status":
                    name = chance.choice(names)
                    available[name] = not available[name]
                    chosen = TechnicianStatus.AVAILABLE if available[name] else TechnicianStatus.AWAY
                    await people[names.index(name)].console.say(Attention(is_here=True, chosen=chosen))
        await _until_level(relay, people, available)
        for each in people:
            assert len(each.asked) == len(set(each.asked)), "no session is asked of the same technician twice"
            assert set(each.refused) <= {"not_offered", "ended", "no_such_session", "taken"}


async def _until_level(relay: RunningRelay, people: list[Bob], available: dict[str, bool]) -> None:
    """Wait until no session waits that fits someone who is available, and no one has more than the limit."""
    async with asyncio.timeout(10):
        while True:
            waiting, counts = set[tuple[int, int]](), dict[str, int]()
            for each in people:
                _, listed = await relay.call("GET", "/sessions", token=each.token)
                name = each.name.removeprefix("console-of-")
                mine = [one for one in listed if one["technician"] == name]
                counts[name] = sum(one["state"] in ("active", "reconnecting", "disconnected") for one in mine)
                waiting |= {(one["id"], one["channel"]["id"]) for one in listed if one["state"] == "waiting"}
            assert max(counts.values()) <= 2
            fits = [
                session
                for session, channel in waiting
                for name in counts
                if available[name] and counts[name] < 2 and not (name == "Dora" and channel == 2)
            ]
            if not fits:
                return
            await asyncio.sleep(0.05)
