"""Sessions whose technician is gone: which colleagues see them, who takes one over, and who is told of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest

from codec.wire.api_types import Code, PickUp, Session
from codec.wire.api_types import SessionState as S
from codec.wire.signals import SessionGone, State
from relay.events.kinds import Moved, Participant, Transferred
from tests.relay.events.test_log import kept
from tests.relay.sessions.test_transfers import told, until
from tests.support.channels import assign, make_desk, sign_in, through
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay, enter_with

VERA, CARLA, DIRK = "console-of-vera", "console-of-carla", "console-of-dirk"


@dataclass
class Left:
    """Vera has picked up a customer, and her console is gone."""

    relay: RunningRelay
    number: int
    applet: AppletEnd
    carlas: ConsoleEnd
    dirks: ConsoleEnd
    tokens: dict[str, str]

    async def picks_up(self, name: str, console: str) -> tuple[int, dict[str, object]]:
        """Take it over, as this colleague."""
        path = f"/sessions/{self.number}/pick-up"
        return await self.relay.call("POST", path, PickUp(console=console), self.tokens[name])

    async def listed(self, name: str) -> list[Session]:
        """Return what someone's list has of it."""
        _, body = await self.relay.call("GET", "/sessions", token=self.tokens[name])
        return [each for each in msgspec.convert(body, list[Session]) if each.id == self.number]


@asynccontextmanager
async def left(relay: RunningRelay, *, has_secret: bool = False, channel: int = 0) -> AsyncIterator[Left]:
    """Vera, Carla and Dirk are of one group, Eric is of another."""
    group, *_people = await make_desk(relay, "Vera", "Carla", "Dirk")
    await make_desk(relay, "Eric")
    if channel:
        await assign(relay, channel, group)
    tokens = {name: await sign_in(relay, name) for name in ("Vera", "Carla", "Dirk", "Eric")}
    body = {"method": "pin", "name": "Mrs Jansen", "has_secret": has_secret}
    _, made = await relay.call("POST", "/codes", body, tokens["Vera"])
    first = through(channel) if channel else enter_with(msgspec.convert(made, Code))
    async with (
        relay.console(CARLA, tokens["Carla"]) as carlas,
        relay.console(DIRK, tokens["Dirk"]) as dirks,
        relay.applet(first) as applet,
    ):
        async with relay.console(VERA, tokens["Vera"]):
            number = (await relay.enter(applet)).session
            path = f"/sessions/{number}/pick-up"
            assert (await relay.call("POST", path, PickUp(console=VERA), tokens["Vera"]))[0] == 200
        it = Left(relay, number, applet, carlas, dirks, tokens)
        for colleague in (carlas, dirks):
            await until(colleague, S.DISCONNECTED)
        yield it


@pytest.mark.req("SESS-159", "SESS-166")
async def test_of_two_colleagues_one_takes_it_over_and_the_other_is_told_who(relay: RunningRelay) -> None:
    async with left(relay) as it:
        (seen,) = await it.listed("Dirk")
        assert (seen.state, seen.technician, seen.has_secret) == (S.DISCONNECTED, "Vera", False)
        assert await it.listed("Eric") == [], "who is of another group hears nothing of it"
        answers = await asyncio.gather(it.picks_up("Carla", CARLA), it.picks_up("Dirk", DIRK))
        assert sorted(status for status, _ in answers) == [200, 409]
        winner, loser = ("Carla", "Dirk") if answers[0][0] == 200 else ("Dirk", "Carla")
        (refused,) = [body for status, body in answers if status == 409]
        assert refused["taken_by"] == winner
        while (heard := await told(it.applet, S.ACTIVE)).technician != winner:
            pass
        assert isinstance(heard, State)
        end = it.dirks if winner == "Carla" else it.carlas
        gone = await end.hear_a(SessionGone)
        assert (gone.session, gone.technician) == (it.number, winner)
        assert await it.listed(loser) == []
        async with relay.console(VERA, it.tokens["Vera"]) as veras:
            (mine,) = [each for each in veras.desk.sessions if each.id == it.number]
            assert (mine.state, mine.technician, mine.notes) == (S.TRANSFERRED, winner, "")
    events = [each.what for each in await kept(relay, it.number)]
    legs = {each.leg for each in events if isinstance(each, Participant)}
    assert len(legs) == 2, "a part of their own, and so a key of their own"
    moves = [each for each in events if isinstance(each, Moved) and each.old == S.DISCONNECTED]
    assert (moves[0].new, moves[0].cause) == (S.ACTIVE, "picked_up")
    requested, completed = [each for each in events if isinstance(each, Transferred)]
    assert requested.by is not None
    assert requested.former is not None
    assert (requested.by.name, requested.former.name, requested.to) == (winner, "Vera", "Desk of Vera")
    assert (completed.outcome, completed.ended_by) == ("picked_up", winner)


async def test_it_leaves_the_colleagues_lists_when_its_technician_is_back(relay: RunningRelay) -> None:
    async with left(relay) as it, relay.console(VERA, it.tokens["Vera"]) as veras:
        assert (await it.dirks.hear_a(SessionGone)).session == it.number
        assert [each.state for each in veras.desk.sessions] in ([S.DISCONNECTED], [S.ACTIVE])
        assert (await it.picks_up("Dirk", DIRK))[0] in (404, 409)
        assert await it.listed("Dirk") == []


async def test_what_came_through_a_channel_is_seen_by_all_who_serve_it(relay: RunningRelay) -> None:
    async with left(relay, channel=3) as it:
        status, body = await it.picks_up("Dirk", DIRK)
        assert (status, body["state"], body["technician"]) == (200, "active", "Dirk")
        status, body = await it.picks_up("Carla", CARLA)
        assert (status, body["taken_by"]) == (409, "Dirk")


async def test_who_has_a_secret_cannot_be_taken_over_and_the_colleague_reads_why(relay: RunningRelay) -> None:
    async with left(relay, has_secret=True) as it:
        (seen,) = await it.listed("Dirk")
        assert seen.has_secret
        status, body = await it.picks_up("Dirk", DIRK)
        assert (status, body["problem"]) == (409, "secret_stays")
