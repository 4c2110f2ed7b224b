"""Sessions that are put on hold and handed over, at a real relay: who has them, who hears of them, and what is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codec.wire import permits
from codec.wire.api_types import Code, Method, NewCode, PickUp, Session, TransferOutcome, TransferTargets
from codec.wire.api_types import SessionState as S
from codec.wire.signals import (
    AppletSignal,
    Attention,
    ConsoleSignal,
    Entered,
    Leave,
    Leaving,
    Permitted,
    RelaySignal,
    Return,
    SessionChanged,
    SessionGone,
    SessionSignal,
    State,
)
from codec.wire.technician_status import TechnicianStatus
from relay.events.kinds import Moved, Participant, Transferred
from relay.organization.units import Unit, UnitKind
from relay.sessions.history import times_of
from relay.sessions.model import SessionRow
from relay.sessions.rules import Clock
from relay.sessions.times import measured
from relay.store.database import open_store
from tests.relay.events.test_log import kept
from tests.support.channels import assign, choose, make_desk, sign_in
from tests.support.relays import CONSOLE, AppletEnd, ConsoleEnd, RunningRelay, enter_with, running_relay

BOB, CARLA = "console-of-bob", "console-of-carla"


async def until(console: ConsoleEnd, state: S) -> Session:
    """Return a session when a console hears that it is in this state."""
    while (session := (await console.hear_a(SessionChanged)).session).state is not state:
        pass
    assert isinstance(session, Session)
    return session


async def told(applet: AppletEnd, state: S) -> State:
    """Return what an applet hears when its session is in this state."""
    while (heard := await applet.hear_a(State)).state is not state:
        pass
    assert isinstance(heard, State)
    return heard


@dataclass
class Desk:
    """Anna has picked up a customer; Bob is there."""

    relay: RunningRelay
    annas: ConsoleEnd
    bobs: ConsoleEnd
    applet: AppletEnd
    entered: Entered
    group: Unit
    bob: Unit
    of_bob: str

    @property
    def number(self) -> int:
        """The session's."""
        return self.entered.session

    async def does(self, what: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Do something with the session, as Anna unless another token is given."""
        return await self.relay.call("POST", f"/sessions/{self.number}/{what}", body, token)

    async def hands_over(self, kind: str = "technician", target: int = 0, comment: str = "") -> tuple[int, Any]:
        """Anna hands it over, to Bob unless another target is given."""
        body = {"kind": kind, "target": target or self.bob.id, "comment": comment}
        return await self.does("transfer", body)


async def until_there(relay: RunningRelay, *names: str) -> TransferTargets:
    """Return whom Anna can hand a session over to, once it is these technicians."""
    while True:
        _, body = await relay.call("GET", "/transfer-targets")
        targets = msgspec.convert(body, TransferTargets)
        if [each.name for group in targets.groups for each in group.technicians] == [*names]:
            return targets


@asynccontextmanager
async def desk(relay: RunningRelay, *, is_picked_up: bool = True, channel: int = 0) -> AsyncIterator[Desk]:
    """A desk at which all this can be tried. Bob serves the channel, if one is given."""
    group, bob = await make_desk(relay, "Bob")
    if channel:
        await assign(relay, channel, group)
    of_bob = await sign_in(relay, "Bob")
    async with relay.console() as annas, relay.console(BOB, of_bob) as bobs, AsyncExitStack() as stack:
        applet = await stack.enter_async_context(relay.applet(enter_with(await relay.make_code(name="Mrs Jansen"))))
        entered = await relay.enter(applet)
        if is_picked_up:
            await relay.pick_up(entered.session)
            await until(annas, S.ACTIVE)
        await bobs.say(Attention(is_here=True))
        await until_there(relay, "Bob")
        yield Desk(relay, annas, bobs, applet, entered, group, bob, of_bob)


async def code_of(relay: RunningRelay, token: str) -> Code:
    """Make a PIN as this technician."""
    _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN), token)
    return msgspec.convert(body, Code)


async def row_of(relay: RunningRelay, number: int) -> SessionRow:
    """Return what the database has of a session."""
    store = await open_store(relay.settings.database)
    try:
        async with store.reading() as transaction:
            return await transaction.get_one(SessionRow, number)
    finally:
        await store.close()


@pytest.mark.req("SESS-170", "SESS-172", "SESS-174", "PERM-16")
async def test_a_session_on_hold_stays_with_its_technician_until_they_go_on(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        status, body = await it.does("hold")
        assert (status, body["state"]) == (200, "on_hold")
        assert (await told(it.applet, S.ON_HOLD)).technician == "Anna de Vries"
        assert (await until(it.annas, S.ON_HOLD)).console == CONSOLE
        assert (await it.does("hold"))[0] == 200, "it is so already"
        status, body = await it.does("pick-up", PickUp(console=CONSOLE))
        assert (status, body["state"], body["leg"]) == (200, "active", (await told(it.applet, S.ACTIVE)).leg)
        await it.does("hold")
        async with relay.console("another-of-anna") as other:
            (held,) = other.desk.sessions
            assert held.state is S.ON_HOLD
            assert (await it.does("pick-up", PickUp(console="another-of-anna")))[1]["state"] == "active"
            await until(other, S.ACTIVE)
            assert (await it.does("hold"))[0] == 200
            status, body = await it.does("end")
            assert (status, body["state"]) == (200, "closed_by_technician")
    moves = [each.what for each in await kept(relay, it.number) if isinstance(each.what, Moved)]
    assert [each.new for each in moves[2:]] == ["active", *("on_hold", "active") * 2, "on_hold", "closed_by_technician"]


@pytest.mark.req("SESS-173")
async def test_a_session_on_hold_outlives_the_customers_line(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        await it.does("hold")
        await it.applet.socket.close()
        while (await until(it.annas, S.ON_HOLD)).customer_present:
            pass
        async with relay.applet(Return(it.entered.ticket)) as again:
            assert (await relay.enter(again)).state is S.ON_HOLD
            while not (await until(it.annas, S.ON_HOLD)).customer_present:
                pass
        while (await until(it.annas, S.ON_HOLD)).customer_present:
            pass
        status, body = await it.does("pick-up", PickUp(console=CONSOLE))
        assert (status, body["state"]) == (200, "reconnecting")


async def test_only_what_is_active_can_be_put_on_hold(relay: RunningRelay) -> None:
    async with desk(relay, is_picked_up=False) as it:
        status, body = await it.does("hold")
        assert (status, body["problem"]) == (409, "not_now")
        assert (await it.does("hold", token=it.of_bob))[1]["problem"] == "no_such_session"


async def without(relay: RunningRelay, group: Unit, key: str) -> None:
    """Take a permission from a group."""
    path = f"/technician-groups/{group.id}/permissions"
    _, seen = await relay.call("GET", path)
    wish = {"version": seen["version"], "permissions": {key: {"enabled": False}}}
    status, body = await relay.call("PATCH", path, wish)
    assert status == 200, body


@pytest.mark.req("SESS-161", "SESS-170", "PERM-15", "PERM-16")
@pytest.mark.parametrize("key", ["hold", "transfer"])
async def test_who_lacks_the_permission_is_refused_by_the_relay(relay: RunningRelay, key: str) -> None:
    group, _bob, carla = await make_desk(relay, "Bob", "Carla")
    await without(relay, group, key)
    token = await sign_in(relay, "Bob")
    body = {"kind": "technician", "target": carla.id} if key == "transfer" else None
    status, answer = await relay.call("POST", f"/sessions/1/{key}", body, token)
    assert (status, answer["problem"]) == (403, "not_permitted")
    async with relay.console(BOB, token) as console:
        assert key not in console.desk.functions


@pytest.mark.req("SESS-155", "SESS-156", "SESS-157", "SESS-159", "SESS-160", "SESS-166", "SESS-168", "PERM-15a")
async def test_a_session_goes_over_to_another_technician(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        status, body = await it.hands_over(comment=" The printer\nis new ")
        assert (status, body["state"]) == (200, "transferring")
        assert body["transfer"]["comment"] == "The printer is new"
        handed = await told(it.applet, S.TRANSFERRING)
        assert (handed.to, handed.technician) == ("Bob", "Anna de Vries")
        incoming = await until(it.bobs, S.TRANSFERRING)
        assert incoming.transfer is not None
        assert (incoming.transfer.by, incoming.transfer.comment) == ("Anna de Vries", "The printer is new")
        assert (await it.does("hold"))[1]["problem"] == "handed_over"
        async with relay.console("bobs-other", it.of_bob) as later:
            assert [(each.id, each.state) for each in later.desk.sessions] == [(it.number, S.TRANSFERRING)]
        status, body = await it.does("pick-up", PickUp(console=BOB), it.of_bob)
        assert (status, body["state"], body["technician"]) == (200, "active", "Bob")
        over = await told(it.applet, S.ACTIVE)
        assert (over.technician, over.to) == ("Bob", "")
        assert over.leg != handed.leg
        permit = permits.read((await it.applet.hear_a(Permitted)).permit, it.entered.relay_key, it.number)
        assert permit.technician == it.bob.id
        assert (await until(it.annas, S.TRANSFERRED)).technician == "Bob"
        assert (await it.does("end"))[1]["problem"] == "no_such_session"
        await it.applet.say(AppletSignal("c3RlcA=="))
        assert (await it.bobs.hear_a(SessionSignal)).data == "c3RlcA=="
        await it.annas.say(ConsoleSignal(it.number, "b2xk"))
        await it.bobs.say(ConsoleSignal(it.number, "bmV3"))
        assert (await it.applet.hear_a(RelaySignal)).data == "bmV3", "what the former console says is passed on no more"
        async with relay.console("annas-other") as later:
            (gone,) = later.desk.sessions
            assert (gone.state, gone.technician, gone.customer_present) == (S.TRANSFERRED, "Bob", False)
        await it.applet.say(Leave(Leaving.CLOSED))
        await until(it.bobs, S.CLOSED_BY_CUSTOMER)
    events = await kept(relay, it.number)
    requested, completed = (each.what for each in events if isinstance(each.what, Transferred))
    assert isinstance(requested, Transferred)
    assert isinstance(completed, Transferred)
    assert requested.by is not None
    assert (requested.by.name, requested.kind, requested.target, requested.to, requested.group, requested.comment) == (
        "Anna de Vries",
        "technician",
        it.bob.id,
        "Bob",
        it.group.id,
        "The printer is new",
    )
    assert (completed.transfer, completed.outcome, completed.ended_by) == (requested.transfer, "picked_up", "Bob")
    parts = [
        (each.what.technician.name, each.what.action.value, each.what.state)
        for each in events
        if isinstance(each.what, Participant)
    ]
    assert parts == [
        ("Anna de Vries", "start", ""),
        ("Anna de Vries", "end", "transferred"),
        ("Bob", "start", ""),
        ("Bob", "end", "closed_by_customer"),
    ]
    moves = [(S(each.what.new), each.moment) for each in events if isinstance(each.what, Moved)]
    times = times_of(await row_of(relay, it.number))
    measured_times = measured(moves, moves[-1][1])
    assert times.of == measured_times.of
    assert times.of[Clock.TRANSFER] > timedelta(0)


Deed = Callable[[Desk], Awaitable[object]]


async def _taken_back(it: Desk) -> None:
    assert (await it.does("take-back"))[0] == 200


async def _declined(it: Desk) -> None:
    assert (await it.does("decline", token=it.of_bob))[0] == 200


async def _too_late(it: Desk) -> None:
    store = await open_store(it.relay.settings.database)
    async with store.transaction() as transaction:
        row = await transaction.get_one(SessionRow, it.number)
        row.since = datetime.now(UTC) - timedelta(minutes=31)
    await store.close()


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        (_taken_back, TransferOutcome.TAKEN_BACK),
        (_declined, TransferOutcome.DECLINED),
        (_too_late, TransferOutcome.TIMED_OUT),
    ],
)
async def test_what_no_one_takes_comes_back_and_says_why(
    relay: RunningRelay, deed: Deed, outcome: TransferOutcome
) -> None:
    async with desk(relay) as it:
        await it.hands_over()
        leg = (await told(it.applet, S.TRANSFERRING)).leg
        await deed(it)
        back = await until(it.annas, S.ACTIVE)
        assert back.transfer is not None
        by = "Bob" if outcome is TransferOutcome.DECLINED else ""
        assert (back.transfer.outcome, back.transfer.ended_by) == (outcome, by)
        assert (await told(it.applet, S.ACTIVE)).leg == leg, "it is the same part of the same technician"
        assert (await it.bobs.hear_a(SessionGone)).session == it.number
        status, body = await it.does("pick-up", PickUp(console=BOB), it.of_bob)
        assert (status, body["problem"]) == (409, "taken")


async def test_a_technician_who_is_gone_meanwhile_finds_it_disconnected(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        await it.hands_over()
        await it.annas.socket.close()
        await told(it.applet, S.TRANSFERRING)
        await _declined(it)
        await told(it.applet, S.DISCONNECTED)


@pytest.mark.req("SESS-156")
async def test_a_group_or_a_channel_hears_of_it_and_the_first_gets_it(relay: RunningRelay) -> None:
    async with desk(relay, channel=3) as it:
        for kind, target in (("group", it.group.id), ("channel", 3)):
            assert (await it.hands_over(kind, target))[0] == 200
            assert (await until(it.bobs, S.TRANSFERRING)).id == it.number
            assert (await it.does("decline", token=it.of_bob))[0] == 409, "it was not handed to Bob alone"
        status, body = await it.does("pick-up", PickUp(console=BOB), it.of_bob)
        assert (status, body["technician"]) == (200, "Bob")
    outcomes = [each.what.outcome for each in await kept(relay, it.number) if isinstance(each.what, Transferred)]
    assert outcomes == ["", "transferred_again", "", "picked_up"]


@pytest.mark.parametrize("is_picked_up", [False, True])
async def test_a_customer_who_leaves_meanwhile_ends_it_for_all(relay: RunningRelay, is_picked_up: bool) -> None:
    async with desk(relay, is_picked_up=is_picked_up) as it:
        assert (await it.hands_over())[0] == 200
        await until(it.bobs, S.TRANSFERRING)
        await it.applet.say(Leave(Leaving.CLOSED))
        assert (await it.bobs.hear_a(SessionGone)).session == it.number
        ended = await until(it.annas, S.CLOSED_BY_CUSTOMER if is_picked_up else S.CLOSED_BY_WAITING_CUSTOMER)
        assert ended.transfer is not None
        assert ended.transfer.outcome is TransferOutcome.ENDED
    waited = times_of(await row_of(relay, it.number)).of[Clock.TRANSFER]
    assert (waited > timedelta(0)) == is_picked_up


@pytest.mark.req("SESS-98", "SESS-163", "SESS-164")
async def test_only_who_is_there_can_be_chosen(relay: RunningRelay) -> None:
    async with desk(relay, channel=3) as it:
        targets = await until_there(relay, "Bob")
        (group,) = targets.groups
        assert group.name == "Desk of Bob"
        assert [each.name for each in targets.channels] == ["Channel 3"]
        assert (await it.hands_over("technician", 1))[1]["problem"] == "no_such_target"
        assert (await it.hands_over("channel", 4))[1]["problem"] == "no_such_target"
        for attention in (
            Attention(is_here=True, chosen=TechnicianStatus.BUSY),
            Attention(is_here=True, chosen=TechnicianStatus.AVAILABLE),
            Attention(is_here=False),
        ):
            await it.bobs.say(attention)
            if attention.chosen is TechnicianStatus.AVAILABLE:
                await until_there(relay, "Bob")
                continue
            await until_there(relay)
            for kind, target in (("technician", it.bob.id), ("group", it.group.id)):
                assert (await it.hands_over(kind, target))[1]["problem"] == "not_available"


async def only_to(relay: RunningRelay, group: Unit, *units: Unit) -> None:
    """Have a group's technicians hand sessions over to these groups and channels alone."""
    path = f"/technician-groups/{group.id}/permissions"
    _, seen = await relay.call("GET", path)
    wish = {"version": seen["version"], "permissions": {"transfer": {"enabled": True, "option": "specified"}}}
    status, body = await relay.call("PATCH", path, wish)
    assert status == 200, body
    chosen = {"units": [{"kind": unit.kind, "id": unit.id} for unit in units]}
    status, body = await relay.call("PUT", f"{path}/transfer/targets", chosen)
    assert status == 204, body


@pytest.mark.req("SESS-162", "PERM-15b")
async def test_a_group_may_hand_over_only_to_whom_was_chosen_for_it(relay: RunningRelay) -> None:
    async with desk(relay, channel=3) as it:
        desk_of_carla, _carla = await make_desk(relay, "Carla")
        await assign(relay, 4, desk_of_carla)
        of_carla = await sign_in(relay, "Carla")
        await only_to(relay, desk_of_carla, it.group, Unit(UnitKind.CHANNEL, 4))
        code = await code_of(relay, of_carla)
        async with relay.console(CARLA, of_carla), relay.applet(enter_with(code)) as applet:
            number = (await relay.enter(applet)).session
            assert (await relay.call("POST", f"/sessions/{number}/pick-up", PickUp(console=CARLA), of_carla))[0] == 200
            _, body = await relay.call("GET", "/transfer-targets", token=of_carla)
            targets = msgspec.convert(body, TransferTargets)
            assert [each.name for group in targets.groups for each in group.technicians] == ["Bob"]
            assert [each.id for each in targets.channels] == [4]

            async def asks(kind: str, target: int) -> int:
                to = {"kind": kind, "target": target}
                status, _ = await relay.call("POST", f"/sessions/{number}/transfer", to, of_carla)
                return status

            assert [await asks("channel", 3), await asks("channel", 4)] == [404, 200]
            assert [await asks("group", it.group.id), await asks("technician", it.bob.id)] == [200, 200]
            await only_to(relay, desk_of_carla)
            assert [await asks("group", it.group.id), await asks("technician", it.bob.id)] == [404, 404]


@pytest.mark.req("SESS-95", "SESS-96", "SESS-97")
async def test_a_channel_can_refuse_what_no_one_could_take(relay: RunningRelay) -> None:
    async with desk(relay, channel=3) as it:
        await choose(relay, 3, {"incoming.only_if_available": True})
        assert (await it.hands_over("channel", 3))[0] == 200
        await it.does("take-back")
        await it.bobs.socket.close()
        while (await relay.call("GET", "/transfer-targets"))[1]["channels"]:
            pass
        status, body = await it.hands_over("channel", 3)
        assert (status, body["problem"]) == (409, "not_available")
        status, (session,) = await relay.call("GET", "/sessions")
        assert session["state"] == "active", "it stays where it is"


async def test_a_hand_over_outlives_a_restart_of_the_relay(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, desk(relay) as it:
        await it.hands_over(comment="After lunch")
        number, ticket = it.number, it.entered.ticket
    async with running_relay(tmp_path) as relay:
        of_bob = await sign_in(relay, "Bob")
        async with relay.console(BOB, of_bob) as bobs, relay.applet(Return(ticket)) as applet:
            (session,) = bobs.desk.sessions
            assert (session.id, session.state) == (number, S.TRANSFERRING)
            entered = await relay.enter(applet)
            assert (entered.state, entered.to) == (S.TRANSFERRING, "Bob")
            status, body = await relay.call("POST", f"/sessions/{number}/pick-up", PickUp(console=BOB), of_bob)
            assert (status, body["technician"]) == (200, "Bob")


async def test_who_has_it_no_longer_in_their_queue_hears_so(relay: RunningRelay) -> None:
    """Else it would stay in their list for as long as they are signed in, and could be neither taken nor declined."""
    async with desk(relay) as it:
        carlas, _carla = await make_desk(relay, "Carla")
        await assign(relay, 4, carlas)
        await it.hands_over()
        await until(it.bobs, S.TRANSFERRING)
        assert (await it.hands_over("channel", 4))[0] == 200
        assert (await it.bobs.hear_a(SessionGone)).session == it.number


async def test_a_comment_holds_nothing_that_cannot_be_seen(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        status, body = await it.hands_over(comment="\u202eecila\u2066\u2028said so\u200b")
        assert (status, body["transfer"]["comment"]) == (200, "ecila said so")
        status, body = await it.hands_over(comment="\ufb1d" * 128)
        assert (status, len(body["transfer"]["comment"])) == (200, 128), "its normal form is twice as long"
