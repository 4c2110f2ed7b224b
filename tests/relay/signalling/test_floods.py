"""What an applet or a console says too much of costs nobody else anything (F14)."""

import asyncio
import os
from typing import Any, cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.token_bucket import Rate
from codec.wire.api_types import SessionState
from codec.wire.signals import (
    AppletSignal,
    ConsoleSignal,
    Refused,
    RelaySignal,
    Return,
    SessionChanged,
    SessionSignal,
    write,
)
from relay.signalling.budgets import APPLET_RETURNS, APPLET_SIGNALS, CONSOLE_SIGNALS, Budget, TooMuchError
from relay.signalling.stun import ANSWERS_EACH_SECOND, ANSWERS_TO_ONE, StunServer
from relay.web.send_queue import ALL_PASSED_ON, OUTBOX, PASSED_ON, SendQueue
from relay.web.sockets import Socket
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay, enter_with


def at_once(socket: aiohttp.ClientWebSocketResponse, texts: list[str]) -> None:
    """Write many messages as one: masked frames behind one another."""
    frames = bytearray()
    for text in texts:
        data, mask = text.encode(), os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126, *len(data).to_bytes(2, "big")])
        frames += b"\x81" + length + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
    connection = socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.write(bytes(frames))


async def picked_up(relay: RunningRelay, applet: AppletEnd) -> int:
    entered = await relay.enter(applet)
    await relay.pick_up(entered.session)
    return entered.session


async def heard_ended(console: ConsoleEnd, session: int) -> SessionState:
    while True:
        changed: SessionChanged = await console.hear_a(SessionChanged)
        if changed.session.id == session and changed.session.state.is_final:
            return changed.session.state


async def test_an_applet_that_floods_is_ended_and_its_technicians_other_sessions_go_on(relay: RunningRelay) -> None:
    """F14: 200 tiny signals in one write cut the technician's socket."""
    codes = [await relay.make_code(), await relay.make_code()]
    async with (
        relay.console() as console,
        relay.applet(enter_with(codes[0])) as hostile,
        relay.applet(enter_with(codes[1])) as honest,
    ):
        bad, good = await picked_up(relay, hostile), await picked_up(relay, honest)
        at_once(hostile.socket, [write(AppletSignal(""))] * 200)
        assert (await heard_ended(console, bad)).is_final
        while not hostile.socket.closed:
            await hostile.socket.receive(timeout=5)
        assert hostile.socket.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION
        await honest.say(AppletSignal("still here"))
        while (heard := await console.hear_a(SessionSignal)).session != good:
            pass
        assert heard.data == "still here"


async def test_what_waits_of_one_applet_is_bounded_however_large_it_is(relay: RunningRelay) -> None:
    """F14: bytes count too."""
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as hostile:
        bad = await picked_up(relay, hostile)
        at_once(hostile.socket, [write(AppletSignal("x" * 4_000))] * 40)
        assert (await heard_ended(console, bad)).is_final
        assert not console.socket.closed


async def test_an_applet_that_comes_back_without_end_is_refused(relay: RunningRelay) -> None:
    """F14: each return is told to the technician's consoles."""
    code = await relay.make_code()
    async with relay.console() as console:
        async with relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
        for _ in range(int(APPLET_RETURNS.burst) + 20):
            async with relay.applet(Return(entered.ticket)) as again:
                answer = await again.hear()
            if isinstance(answer, Refused):
                break
        assert isinstance(answer, Refused)
        assert answer.retry_seconds
        assert (await relay.call("GET", "/me"))[0] == 200
        assert not console.socket.closed


async def test_a_console_that_floods_is_cut_itself_and_no_applet(relay: RunningRelay) -> None:
    """F14, the other way round."""
    code = await relay.make_code()
    async with relay.applet(enter_with(code)) as applet:
        async with relay.console() as console:
            session = await picked_up(relay, applet)
            at_once(console.socket, [write(ConsoleSignal(session, ""))] * (int(CONSOLE_SIGNALS.burst) + 200))
            while not console.socket.closed:
                await console.socket.receive(timeout=30)
            assert console.socket.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION
        async with relay.console(f"another-{os.getpid()}"):
            await applet.say(AppletSignal("still here"))
            assert isinstance(await applet.hear_a(RelaySignal), RelaySignal)
            assert not applet.socket.closed


class Reader:
    """A socket whose other end reads when it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.reads = asyncio.Event()
        self.closed = False

    async def send_str(self, text: str) -> None:
        await self.reads.wait()
        self.heard.append(text)

    async def close(self, **_how: Any) -> None:
        self.closed = True

    def cut(self) -> None:
        self.closed = True


def a_line(reader: Reader) -> tuple[SendQueue, list[str]]:
    cut: list[str] = []
    return SendQueue(cast(Socket, reader), lambda: cut.append("cut")), cut


async def test_a_console_that_is_slow_outlives_all_its_applets_together() -> None:
    """F14: sixty hostile applets of one technician, and a console that does not read for a while."""
    reader = Reader()
    line, cut = a_line(reader)
    writing = asyncio.ensure_future(line.write())
    for number in range(64):
        for session in range(60):
            line.say(f"step {session}", sender=session)
            line.say(f"state {session} {number}", about=("session", session))
        await asyncio.sleep(0)
    assert not cut
    reader.reads.set()
    line.close()
    await writing
    assert reader.closed
    assert reader.heard.count("step 7") <= PASSED_ON + 1
    assert sum(text.startswith("step") for text in reader.heard) <= ALL_PASSED_ON + 1
    last = {text.split()[1]: text.split()[2] for text in reader.heard if text.startswith("state")}
    assert last == {str(session): "63" for session in range(60)}, "the newest of each has come"


async def test_only_who_does_not_read_at_all_is_cut() -> None:
    reader = Reader()
    line, cut = a_line(reader)
    for number in range(OUTBOX):
        assert line.say(str(number))
    assert not cut
    assert not line.say("one more")
    assert cut == ["cut"]


@given(st.lists(st.tuples(st.sampled_from(["own", "a", "b"]), st.sampled_from([None, "x", "y"]), st.booleans())))
def test_what_is_said_comes_in_order_and_the_newest_of_each_always(
    story: list[tuple[str, str | None, bool]],
) -> None:
    async def run() -> None:
        reader = Reader()
        reader.reads.set()
        line, cut = a_line(reader)
        writing = asyncio.ensure_future(line.write())
        said: list[tuple[str, str | None, str]] = []
        for number, (sender, about, rests) in enumerate(story):
            text = str(number)
            if line.say(text, about=about, sender=None if sender == "own" else sender):
                said.append((text, about, sender))
            else:
                assert sender != "own", "nothing of the relay's own is dropped"
            if rests:
                await asyncio.sleep(0)
        line.close()
        await writing
        assert not cut
        assert reader.heard == sorted(reader.heard, key=int)
        newest = {about: text for text, about, _sender in said if about is not None}
        assert set(newest.values()) <= set(reader.heard)
        assert {text for text, about, _sender in said if about is None} <= set(reader.heard)

    asyncio.run(run())


def test_a_budget_is_for_a_burst_and_then_for_a_steady_rate() -> None:
    budget = Budget(Rate(2, 4), Rate(100, 1_000), 0.0)
    for _ in range(4):
        budget.spend(10, 0.0)
    with pytest.raises(TooMuchError):
        budget.spend(10, 0.0)
    budget.spend(10, 0.5)
    with pytest.raises(TooMuchError):
        budget.spend(10_000, 60.0)
    assert APPLET_SIGNALS.burst < 200


def test_one_address_does_not_use_up_the_stun_server() -> None:
    """F14: nor do its neighbours in one /64."""
    now = [0.0]
    stun = StunServer(lambda: now[0])
    assert sum(stun._may_answer("203.0.113.9") for _ in range(5_000)) == ANSWERS_TO_ONE
    assert sum(stun._may_answer(f"2001:db8::{number:x}") for number in range(1, 5_000)) == ANSWERS_TO_ONE
    assert stun._may_answer("198.51.100.7")
    others = sum(stun._may_answer(f"10.0.{number >> 8}.{number & 255}") for number in range(5_000))
    assert others == ANSWERS_EACH_SECOND - 2 * ANSWERS_TO_ONE - 1
    now[0] = 1.0
    assert stun._may_answer("203.0.113.9")
