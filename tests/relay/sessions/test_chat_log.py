"""The chat log: handed in by the technician whose part it is, once, and read by who has the session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from codec.wire.api_types import NewTransfer, TargetKind
from codec.wire.chat_log import MOST_LINES, HandIn, KeptLine, LoggedLine, Who
from codec.wire.messages import VERSION
from codec.wire.signals import Attention, Enter
from relay.sessions import chat_log
from relay.sessions.chat_log import READ_BYTES, latest, within
from relay.store.database import open_store
from tests.support.channels import make_desk, sign_in
from tests.support.relays import RunningRelay, enter_with

BOB = "console-of-bob"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_no_clock_of_a_console_puts_a_line_before_its_part_or_after_now() -> None:
    began = NOW - timedelta(hours=1)
    for at, kept in [
        (NOW - timedelta(days=1), began),
        (NOW - timedelta(minutes=1), NOW - timedelta(minutes=1)),
        (NOW + timedelta(days=1), NOW),
    ]:
        assert within(at, began, NOW) == kept


def test_an_answer_carries_the_latest_lines_in_order() -> None:
    newest_first = [
        KeptLine(at=NOW, who=Who.CUSTOMER, log=1, leg=1, technician="Bob", text=str(number) + "é" * 4_000)
        for number in range(200, 0, -1)
    ]
    carried = latest(newest_first)
    assert [line.text[:3] for line in carried[-2:]] == ["199", "200"]
    assert READ_BYTES - 9_000 < sum(len(line.text.encode()) for line in carried) <= READ_BYTES
    assert latest(newest_first[:3]) == newest_first[:3][::-1]


def lines(*texts: str, first: int = 1, who: Who = Who.TECHNICIAN) -> list[LoggedLine]:
    """Return lines as a console has them."""
    return [
        LoggedLine(number=number, at=datetime.now(UTC), who=who, text=each) for number, each in enumerate(texts, first)
    ]


async def hand_in(relay: RunningRelay, session: int, log: int, token: str | None, said: list[LoggedLine]) -> Any:
    """Hand lines in."""
    return await relay.call(
        "POST", f"/sessions/{session}/chat", msgspec.to_builtins(HandIn(log=log, lines=said)), token
    )


async def take(relay: RunningRelay, session: int, token: str) -> None:
    """Pick a session up."""
    status, answer = await relay.call("POST", f"/sessions/{session}/pick-up", {"console": BOB}, token)
    assert status == 200, answer


async def kept(relay: RunningRelay, session: int, token: str | None = None) -> list[tuple[str, str]]:
    """Return what is read of it, with the name of whose part it is from."""
    status, answer = await relay.call("GET", f"/sessions/{session}/chat", token=token)
    assert status == 200, answer
    return [(each["technician"], each["text"] or each["event"]) for each in answer]


@pytest.mark.req("SESS-167", "SESS-214")
async def test_the_next_technician_reads_what_was_written_before(relay: RunningRelay) -> None:
    _group, bob = await make_desk(relay, "Bob")
    of_bob = await sign_in(relay, "Bob")
    code = await relay.make_code(name="Hélène")
    async with relay.console(), relay.console(BOB, of_bob) as bobs, relay.applet(enter_with(code)) as applet:
        await bobs.say(Attention(is_here=True))
        session = (await relay.enter(applet)).session
        await relay.pick_up(session)
        said = lines("Good morning", "Which printer?")
        assert (await hand_in(relay, session, 7, None, said))[0] == 204
        assert (await hand_in(relay, session, 7, None, [*said, *lines("The HP?", first=3)]))[0] == 204
        assert (await hand_in(relay, session, 8, of_bob, lines("not mine")))[0] == 404
        assert (await relay.call("GET", f"/sessions/{session}/chat", token=of_bob))[0] == 404
        to = NewTransfer(kind=TargetKind.TECHNICIAN, target=bob.id)
        status, answer = await relay.call("POST", f"/sessions/{session}/transfer", to)
        assert status == 200, answer
        assert (await relay.call("GET", f"/sessions/{session}/chat", token=of_bob))[0] == 404, "it is not theirs yet"
        await take(relay, session, of_bob)
        name = (await kept(relay, session, of_bob))[0][0]
        assert await kept(relay, session, of_bob) == [
            (name, "Good morning"),
            (name, "Which printer?"),
            (name, "The HP?"),
        ]
        assert (await relay.call("GET", f"/sessions/{session}/chat"))[0] == 404, "the first no longer has it"
        assert (await hand_in(relay, session, 7, None, lines("late", first=4)))[0] == 204, "their line was down"
        answer = (await relay.call("GET", f"/sessions/{session}/chat", token=of_bob))[1]
        assert answer[-1]["text"] == "late"
        began = datetime.now(UTC)
        assert (await hand_in(relay, session, 9, of_bob, lines("Hello, this is Bob")))[0] == 204
        late = LoggedLine(number=5, at=began + timedelta(hours=1), who=Who.CUSTOMER, text="of her part")
        assert (await hand_in(relay, session, 7, None, [late]))[0] == 204
        assert (await kept(relay, session, of_bob))[-1] == ("Bob", "Hello, this is Bob")


@pytest.mark.req("SESS-219", "POST-69", "POST-71")
async def test_a_group_that_keeps_no_chat_keeps_only_what_happened(relay: RunningRelay) -> None:
    group, _bob = await make_desk(relay, "Bob")
    of_bob = await sign_in(relay, "Bob")
    status, answer = await relay.call(
        "PATCH", f"/settings/technician_group/{group.id}", {"values": {"chat_log.keep": False}}
    )
    assert status == 200, answer
    status, code = await relay.call("POST", "/codes", {"method": "pin", "name": "H"}, of_bob)
    assert status == 201, code
    async with relay.applet(Enter(VERSION, pin=code["pin"])) as applet:
        session = (await relay.enter(applet)).session
        await take(relay, session, of_bob)
        now = datetime.now(UTC)
        happened = [
            LoggedLine(number=2, at=now, who=Who.SYSTEM, event="picked_up"),
            LoggedLine(number=3, at=now, who=Who.SYSTEM, text="secret"),
        ]
        assert (await hand_in(relay, session, 1, of_bob, [*lines("secret"), *happened]))[0] == 204
        assert await kept(relay, session, of_bob) == [("Bob", "picked_up")]


async def test_what_is_kept_cannot_be_read_in_the_database(relay: RunningRelay) -> None:
    code = await relay.make_code(name="Hélène")
    async with relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        await relay.pick_up(session)
        assert (await hand_in(relay, session, 1, None, lines("my password is swordfish")))[0] == 204
    store = await open_store(relay.settings.database)
    async with store.reading() as reading:
        rows = (await reading.execute(text("SELECT * FROM chat_line"))).all()
    await store.close()
    assert len(rows) == 1
    assert "swordfish" not in str(rows)


async def test_a_full_log_and_too_much_at_once_are_refused(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_log, "MOST_LINES", 3)
    monkeypatch.setattr(chat_log, "MOST_BYTES", 4_000)
    code = await relay.make_code(name="Hélène")
    async with relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        await relay.pick_up(session)
        assert (await hand_in(relay, session, 1, None, lines("a", "b", "c")))[0] == 204
        assert (await hand_in(relay, session, 1, None, lines("a", "b", "c")))[0] == 204, "all of it is kept"
        status, refused = await hand_in(relay, session, 1, None, lines("d", first=4))
        assert (status, refused["problem"]) == (409, "chat_log_full")
        monkeypatch.setattr(chat_log, "MOST_LINES", 30)
        assert (await hand_in(relay, session, 1, None, lines("x" * 4_000, first=4)))[0] == 409, "too many bytes"
        path = f"/sessions/{session}/chat"
        for bad in (
            {"log": 1, "lines": []},
            {"log": 1 << 48, "lines": msgspec.to_builtins(lines("a"))},
            {"log": 1, "lines": msgspec.to_builtins(lines(*"a" * (MOST_LINES + 1)))},
            {"log": 1, "lines": [{"number": 1, "at": "2026-12-01T00:00:00", "who": "customer"}]},
            {"log": 1, "lines": [{"number": 0, "at": "2026-12-01T00:00:00Z", "who": "customer"}]},
            {"log": 1, "lines": [{"number": 1, "at": "2026-12-01T00:00:00Z", "who": "relay"}]},
            {"log": 1, "lines": [{"number": 1, "at": "2026-12-01T00:00:00", "who": "customer", "text": "x" * 4_001}]},
        ):
            assert (await relay.call("POST", path, bad))[0] == 400, bad
