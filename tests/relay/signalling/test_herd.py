"""Many at once, and what happens in between: a relay that has just started, a rule that changes, a busy database."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType

from codec.wire.api_types import Method, SessionState
from codec.wire.permits import read as read_permit
from codec.wire.signals import (
    APPLET_PATH,
    CONSOLE_PATH,
    ConsoleSignIn,
    Desk,
    Enter,
    Leave,
    Leaving,
    Permitted,
    Refusal,
    Refused,
    Return,
    RulesChanged,
    SessionChanged,
    SignedOut,
    TimeLimits,
    write,
)
from relay.limits.fair_queue import BusyError
from relay.permissions.service import Permissions
from relay.sessions.presence import PresenceWriter
from relay.sessions.service import Sessions
from relay.settings.save_context import read_tree
from relay.signalling.applet_socket import AppletSocket
from relay.signalling.console_socket import ConsoleSocket
from relay.store.database import Store
from tests.relay.api.offices import Office, running_office
from tests.support.questions import counted
from tests.support.relays import CONSOLE, ConsoleEnd, RunningRelay, enter_with, running_relay
from tests.support.waiting import eventually


class Held:
    """Stops a method after its work, until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        self.calls = 0
        before: Callable[..., Awaitable[Any]] = getattr(owner, name)

        async def held(*given: Any, **named: Any) -> Any:
            self.calls += 1
            found = await before(*given, **named)
            self.reached.set()
            await self.go_on.wait()
            return found

        monkeypatch.setattr(owner, name, held)


@asynccontextmanager
async def coming(relay: RunningRelay, name: str = CONSOLE) -> AsyncIterator[ConsoleEnd]:
    """Connect as a console without waiting for its desk."""
    async with relay.http.ws_connect(relay.url + CONSOLE_PATH, autoping=False) as socket:
        end = ConsoleEnd(socket)
        await end.say(ConsoleSignIn(relay.token, name, 1))
        yield end


# ── a console that comes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("load-1.2")
async def test_a_customer_who_comes_while_a_desk_is_read_is_shown_after_it(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await relay.make_code()
    desk = Held(monkeypatch, ConsoleSocket, "_desk")
    async with coming(relay) as console:
        await desk.reached.wait()
        async with relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
            desk.go_on.set()
            first = await console.hear()
            assert isinstance(first, Desk)
            assert first.sessions == [], "it was read before"
            while (heard := await console.hear_a(SessionChanged)).session.state is not SessionState.WAITING:
                pass
            assert heard.session.id == entered.session


@pytest.mark.finding("load-1.2")
async def test_no_customer_is_lost_while_consoles_come_and_go(tmp_path: Path) -> None:
    """A quick version of the race in which 73 of 600 were lost."""
    async with running_relay(tmp_path, max_strangers_per_address=200) as relay, AsyncExitStack() as open_ends:
        stop = asyncio.Event()

        async def come_and_go(name: str) -> None:
            while not stop.is_set():
                async with relay.console(name):
                    pass

        async def customer() -> tuple[int, set[int]]:
            code = await relay.make_code(Method.LINK)
            watching = asyncio.ensure_future(watch(code.id))
            applet = await open_ends.enter_async_context(relay.applet(enter_with(code)))
            session = (await relay.enter(applet)).session
            return session, await watching

        async def watch(code: int) -> set[int]:
            async with relay.console(f"watching-{code}") as console:
                known = {session.id for session in console.desk.sessions if session.code == code}
                async with asyncio.timeout(10):
                    while not known:
                        heard = await console.hear_a(SessionChanged)
                        if heard.session.code == code:
                            known.add(heard.session.id)
                return known

        restless = [asyncio.ensure_future(come_and_go(f"restless-{number}")) for number in range(3)]
        for _ in range(2):
            for session, known in await asyncio.gather(*(customer() for _ in range(8))):
                assert session in known
        stop.set()
        await asyncio.gather(*restless)


@pytest.mark.finding("load-1.4")
async def test_a_console_is_heard_while_its_desk_is_read(relay: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Held(monkeypatch, ConsoleSocket, "_desk")
    async with coming(relay) as console:
        await desk.reached.wait()
        await console.socket.ping(b"still there?")
        frame = await console.socket.receive(timeout=5)
        assert (frame.type, frame.data) == (WSMsgType.PONG, b"still there?")
        desk.go_on.set()
        assert isinstance(await console.hear(), Desk)


@pytest.mark.finding("load-1.4")
async def test_nothing_is_read_for_consoles_that_have_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    first, go_on = asyncio.Event(), asyncio.Event()
    before = ConsoleSocket._read_desks

    async def held(self: ConsoleSocket, people: Any) -> Any:
        read.append(len(people))
        first.set()
        await go_on.wait()
        return await before(self, people)

    monkeypatch.setattr(ConsoleSocket, "_read_desks", held)
    async with running_relay(tmp_path) as relay, coming(relay) as at_work:
        await first.wait()
        for number in range(6):
            async with coming(relay, f"impatient-{number}"):
                pass
        async with coming(relay, "last-to-come") as last:
            go_on.set()
            assert isinstance(await at_work.hear(), Desk)
            assert isinstance(await last.hear(), Desk)
    assert len(read) == 2


@pytest.mark.finding("load-1.4")
async def test_many_desks_are_read_in_as_many_questions_as_one(tmp_path: Path) -> None:
    async with running_relay(tmp_path, max_strangers_per_address=200) as relay, AsyncExitStack() as ends:
        async with relay.console("first-console"):
            pass
        with counted() as statements:
            async with relay.console("second-console"):
                pass
        alone = len(statements)
        with counted() as statements:
            names = [f"console-{number}" for number in range(24)]
            await asyncio.gather(*(ends.enter_async_context(relay.console(name)) for name in names))
        assert len(statements) <= 4 * alone  # (who comes while some are read, and who comes and went are kept)


@pytest.mark.finding("load-1.4")
async def test_a_herd_reads_the_organisation_once(relay: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, before = [], read_tree

    async def counted(transaction: Any) -> Any:
        reads.append(transaction)
        await asyncio.sleep(0.05)  # long enough for all to come
        return await before(transaction)

    monkeypatch.setattr("relay.settings.applied.read_tree", counted)
    async with AsyncExitStack() as ends:
        await asyncio.gather(*(ends.enter_async_context(relay.console(f"console-{number}")) for number in range(12)))
    assert len(reads) <= 1


@pytest.mark.finding("load-1.4")
async def test_who_is_signed_out_while_their_desk_is_read_hears_that_and_nothing_else(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Held(monkeypatch, ConsoleSocket, "_desk")
    async with coming(relay) as console:
        await desk.reached.wait()
        await relay.make_code()
        assert (await relay.call("POST", "/sign-out"))[0] == 204
        desk.go_on.set()
        assert isinstance(await console.hear(), SignedOut)
        assert (await console.socket.receive(timeout=5)).type is WSMsgType.CLOSE


@pytest.mark.finding("load-1.14")
async def test_a_console_that_comes_while_the_database_is_busy_is_told_to_come_again(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_given: object) -> None:
        raise BusyError

    monkeypatch.setattr(ConsoleSocket, "_desk", busy)
    async with coming(relay) as console:
        assert (await console.socket.receive(timeout=5)).type is WSMsgType.CLOSE
        assert console.socket.close_code == WSCloseCode.TRY_AGAIN_LATER
    monkeypatch.undo()
    async with relay.console():
        pass


# ── an applet that comes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("load-1.2")
async def test_an_applet_whose_session_ends_while_it_comes_in_hears_of_the_end(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await relay.make_code()
    said = Held(monkeypatch, Permissions, "held_by")
    said.go_on.set()
    async with relay.applet(enter_with(code)) as applet:
        entered = await relay.enter(applet)
        said.go_on.clear()
        said.reached.clear()
        async with relay.applet(Return(entered.ticket)) as again:
            await said.reached.wait()
            await relay.call("POST", f"/sessions/{entered.session}/end")
            said.go_on.set()
            assert (await again.hear()).state is SessionState.CLOSED_BY_TECHNICIAN
            assert (await again.socket.receive(timeout=5)).type is WSMsgType.CLOSE


@pytest.mark.finding("load-1.14", "field-24")
async def test_a_customer_who_comes_while_the_database_is_held_is_told_when_to_try_again_and_then_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.store.database.BUSY_MILLISECONDS", 50)
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code()
        with closing(sqlite3.connect(relay.settings.data / "relay.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with relay.applet(enter_with(code)) as applet:
                refused = await applet.hear()
                assert isinstance(refused, Refused)
                assert refused.reason is Refusal.BUSY
                assert refused.retry_seconds
        async with relay.applet(enter_with(code)) as applet:
            await relay.enter(applet)


@pytest.mark.finding("load-1.14")
async def test_a_customer_who_leaves_while_the_database_is_busy_has_left(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, tries = Sessions.leave, []

    async def busy_at_first(*given: Any) -> Any:
        tries.append(given)
        if len(tries) < 3:
            raise BusyError(retry_seconds=0)
        return await leave(*given)

    monkeypatch.setattr(Sessions, "leave", busy_at_first)
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        await relay.enter(applet)
        await applet.say(Leave(Leaving.CLOSED))
        while not (await console.hear_a(SessionChanged)).session.state.is_final:
            pass
    assert len(tries) == 3


@pytest.mark.finding("load-1.12", "load-1.14")
async def test_a_socket_that_closes_before_it_is_refused_is_no_line_in_the_log(
    relay: RunningRelay, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Held(monkeypatch, AppletSocket, "_admit")
    before = len(asyncio.all_tasks())
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(relay.url + APPLET_PATH)
        await socket.send_str(write(Enter(version=1, pin="000000")))
        await admit.reached.wait()
        socket._response.connection.transport.abort()  # type: ignore[union-attr]
        await eventually(lambda: socket._response.connection is None or socket._response.connection.transport is None)
    admit.go_on.set()
    await eventually(lambda: len(asyncio.all_tasks()) <= before)
    assert [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []


# ── who came and went ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("load-1.14")
async def test_applets_that_go_together_are_kept_in_one_transaction_also_after_the_database_was_busy(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    change = Sessions.presences_changed

    async def busy_at_first(self: Sessions, sessions: list[int], consoles: list[Any], now: Any) -> None:
        kept.append(len(sessions))
        if len(kept) == 1:
            raise BusyError(retry_seconds=0)
        await change(self, sessions, consoles, now)

    codes = [await relay.make_code(Method.LINK) for _ in range(10)]
    async with relay.console() as console:
        async with AsyncExitStack() as ends:
            for code in codes:
                await relay.enter(await ends.enter_async_context(relay.applet(enter_with(code))))
            here = set[int]()
            while len(here) < len(codes):
                session = (await console.hear_a(SessionChanged)).session
                if session.customer_present:
                    here.add(session.id)
            monkeypatch.setattr(Sessions, "presences_changed", busy_at_first)
        gone = set[int]()
        while len(gone) < len(codes):
            session = (await console.hear_a(SessionChanged)).session
            if not session.customer_present:
                gone.add(session.id)
    assert sum(kept[1:]) >= len(codes)
    assert len(kept) < len(codes)


async def test_what_could_not_be_kept_stays_noted(relay: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay goes down and the database does not answer: it goes down all the same."""
    tried: list[int] = []

    class Sick:
        async def presences_changed(self, sessions: list[int], _consoles: object, _now: object) -> None:
            tried.extend(sessions)
            raise OSError("no disk")

    presence = PresenceWriter(Sick())  # type: ignore[arg-type]
    presence.applet(7)
    await presence.finish()
    await presence.finish()
    assert tried == [7, 7]


# ── rights that are taken away ─────────────────────────────────────────────────────────────────────────────────────


async def take_away(office: Office, group: str, key: str, *, enabled: bool = False) -> None:
    """Change a permission of a group."""
    path = f"/technician-groups/{office.units[group]['id']}/permissions"
    version = (await office.call("GET", path))[1]["version"]
    wish = {"version": version, "permissions": {key: {"enabled": enabled}}}
    status, answer = await office.call("PATCH", path, wish)
    assert status == 200, answer


@pytest.mark.finding("load-1.10")
async def test_a_right_that_is_taken_away_reaches_applets_first_and_only_whom_it_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_office(tmp_path) as office, AsyncExitStack() as ends:
        ends_of: dict[str, Any] = {}
        for who in ("technician", "colleague"):
            _status, made = await office.call("POST", "/codes", {"method": "pin", "name": ""}, who)
            means = ["view", "control"] if who == "technician" else ["view", "chat"]
            applet = await ends.enter_async_context(office.relay.applet(Enter(1, pin=made["pin"], means=means)))
            ends_of[who] = applet, await office.relay.enter(applet)
            ends_of[f"{who}'s console"] = await ends.enter_async_context(
                office.relay.console(f"console-of-{who}", office.tokens[who])
            )
        order: list[str] = []
        for kind in (Permitted, RulesChanged):
            watched = f"relay.signalling.permits.{kind.__name__}"
            monkeypatch.setattr(watched, _noting(order, kind))
        await take_away(office, "europe", "remote_control")
        applet, entered = ends_of["technician"]
        permitted = await applet.hear_a(Permitted)
        functions = read_permit(permitted.permit, entered.relay_key, entered.session).functions
        assert "desktop_view" in functions
        assert not {"remote_control", "clipboard_sync"} & set(functions)
        rules = await ends_of["technician's console"].hear_a(RulesChanged)
        assert "remote_control" not in rules.functions
        assert order == ["Permitted", "RulesChanged"]


@pytest.mark.finding("load-1.10")
async def test_however_many_are_connected_what_they_may_do_is_read_in_as_many_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_office(tmp_path) as office, AsyncExitStack() as ends:
        counted: list[int] = []
        reading = Store.reading

        def count(self: Store, *, apart: bool = False) -> Any:
            counted.append(1)
            return reading(self, apart=apart)

        async def readings(key: str) -> int:
            counted.clear()
            with monkeypatch.context() as watched:
                watched.setattr(Store, "reading", count)
                await take_away(office, "europe", key)
                await first.hear_a(RulesChanged)
            return len(counted)

        first = await ends.enter_async_context(office.relay.console("first-console", office.tokens["technician"]))
        await first.hear_a(TimeLimits)
        few = await readings("chat_toggle")
        for number in range(12):
            token = office.tokens["technician" if number % 2 else "colleague"]
            console = await ends.enter_async_context(office.relay.console(f"console-{number}", token))
            await console.hear_a(TimeLimits)  # it has been told everything
        assert await readings("clipboard_sync") <= few


def _noting(order: list[str], kind: type) -> Any:
    def make(*given: Any) -> Any:
        order.append(kind.__name__)
        return kind(*given)

    return make
