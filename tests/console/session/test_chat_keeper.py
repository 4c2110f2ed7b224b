"""Chat lines on their way to the relay: each once, in order, whatever happens to the line; and those of before."""

from collections import deque
from datetime import UTC, datetime

import pytest

from codec.host.background import BackgroundTasks
from codec.wire.api_types import Problem
from codec.wire.chat_log import MOST_LINES, HandIn, KeptLine, LoggedLine, Who
from console.page.messages import ChatLine, Event
from console.relay import RelayRefusedError, RelayUnreachableError
from console.session.chat_keeper import AT_ONCE_BYTES, RETRY_SECONDS, ChatKeeper, earlier_lines, some_of
from console.session.history import MAX_LINES, ChatLog

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


class Relay:
    """Keeps what it is handed, as the real one does: a line that it has is passed over."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int, int], str] = {}
        self.calls = 0
        self.fails: list[Exception] = []
        self.loses_answer = False

    async def hand_in_chat(self, session: int, lines: HandIn) -> None:
        self.calls += 1
        if self.fails:
            raise self.fails.pop(0)
        for line in lines.lines:
            self.kept.setdefault((session, lines.log, line.number), line.text or line.event)
        if self.loses_answer:
            self.loses_answer = False
            raise RelayUnreachableError("the answer was lost")

    async def read_chat(self, _session: int) -> list[KeptLine]:
        own, other = (KeptLine(at=NOW, who=Who.CUSTOMER, log=log, leg=1, technician="Bob", text="hi") for log in (5, 4))
        return [other, own]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def keeper(relay: Relay, clock: Clock) -> ChatKeeper:
    """Return one whose logs have the number 5."""
    made = ChatKeeper(relay, BackgroundTasks(), clock, lambda _bits: 5)
    made.begin(1)
    return made


async def test_lines_are_handed_in_once_and_in_order_although_an_answer_is_lost() -> None:
    relay, clock, log = Relay(), Clock(), ChatLog(1)
    chats = keeper(relay, clock)
    chats.wrote(1, log.note(Event.PICKED_UP, NOW), True)
    chats.wrote(1, log.write(Who.CUSTOMER, "Hello", NOW), True)
    relay.loses_answer = True
    await chats.hand_in()
    chats.wrote(1, log.write(Who.TECHNICIAN, "Good morning", NOW), True)
    await chats.hand_in()
    assert list(relay.kept.items()) == [((1, 5, 1), "picked_up"), ((1, 5, 2), "Hello"), ((1, 5, 3), "Good morning")]
    assert relay.calls == 2
    await chats.hand_in()
    assert relay.calls == 2, "nothing waits"


async def test_what_does_not_reach_the_relay_waits_and_is_tried_again() -> None:
    relay, clock, log = Relay(), Clock(), ChatLog(1)
    chats = keeper(relay, clock)
    chats.wrote(1, log.write(Who.CUSTOMER, "Hello", NOW), True)
    relay.fails = [RelayUnreachableError("no line")]
    await chats.hand_in()
    chats.tick()
    assert (relay.calls, relay.kept) == (1, {}), "not at once"
    clock.now = RETRY_SECONDS
    chats.tick()
    await chats._tasks.finish()
    assert list(relay.kept.values()) == ["Hello"]


async def test_what_the_relay_refuses_stops_no_other_session() -> None:
    relay, clock = Relay(), Clock()
    chats = keeper(relay, clock)
    chats.begin(2)
    chats.wrote(1, ChatLog(1).write(Who.CUSTOMER, "refused", NOW), True)
    chats.wrote(2, ChatLog(2).write(Who.CUSTOMER, "kept", NOW), True)
    relay.fails = [RelayRefusedError(Problem(problem="chat_log_full", message="Full."))]
    await chats.hand_in()
    assert relay.kept == {(2, 5, 1): "kept"}


async def test_a_relay_that_is_busy_is_asked_again_and_a_refusal_costs_no_more_than_its_lines() -> None:
    relay, clock, log = Relay(), Clock(), ChatLog(1)
    chats = keeper(relay, clock)
    for number in range(MOST_LINES + 1):
        chats.wrote(1, log.write(Who.CUSTOMER, f"line {number}", NOW), True)
    relay.fails = [RelayRefusedError(Problem(problem="busy", message="Busy."))]
    await chats.hand_in()
    assert relay.kept == {}
    relay.fails = [RelayRefusedError(Problem(problem="bad_body", message="Malformed."))]
    await chats.hand_in()
    assert list(relay.kept.values()) == [f"line {MOST_LINES}"], "what was not in the refused call is kept"


async def test_a_customer_cannot_write_what_the_relay_refuses() -> None:
    relay = Relay()
    chats = keeper(relay, Clock())
    chats.wrote(1, ChatLog(1).write(Who.CUSTOMER, "a\0b", NOW), True)
    await chats.hand_in()
    assert list(relay.kept.values()) == ["ab"]


async def test_where_no_chat_is_kept_only_that_something_happened_leaves_the_console() -> None:
    relay, log = Relay(), ChatLog(1)
    chats = keeper(relay, Clock())
    chats.wrote(1, log.write(Who.CUSTOMER, "secret", NOW), False)
    chats.wrote(1, log.note(Event.HELD, NOW), False)
    await chats.hand_in()
    assert list(relay.kept.values()) == ["held"]


async def test_nothing_of_one_technician_is_handed_in_by_the_next() -> None:
    relay = Relay()
    chats = keeper(relay, Clock())
    chats.wrote(1, ChatLog(1).write(Who.CUSTOMER, "hers", NOW), True)
    chats.forget()
    await chats.hand_in()
    assert relay.calls == 0


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["a"] * 3, 3),
        (["a"] * (MOST_LINES + 1), MOST_LINES),
        (["x" * AT_ONCE_BYTES, "y"], 1),
        (["é" * AT_ONCE_BYTES], 1),
    ],
    ids=["few", "many", "long", "too long for all"],
)
def test_a_call_carries_so_much_and_at_least_one_line(texts: list[str], first: int) -> None:
    waiting = deque(
        LoggedLine(number=number, at=NOW, who=Who.CUSTOMER, text=text) for number, text in enumerate(texts, 1)
    )
    assert [line.number for line in some_of(waiting)] == list(range(1, first + 1))


async def test_what_this_console_has_handed_in_itself_is_not_from_before() -> None:
    chats = keeper(Relay(), Clock())
    assert [line.number for line in await chats.earlier(1, 1)] == [0]


@pytest.mark.req("SESS-167")
def test_earlier_lines_come_first_and_name_the_colleague() -> None:
    def line(who: Who, leg: int, text: str = "", event: str = "") -> KeptLine:
        return KeptLine(at=NOW, who=who, log=1, leg=leg, technician="Bob", text=text, event=event)

    kept = [
        line(Who.SYSTEM, 1, event="picked_up"),
        line(Who.SYSTEM, 1, event="asked_view"),
        line(Who.TECHNICIAN, 1, "Good morning"),
        line(Who.CUSTOMER, 1, "Hello"),
        line(Who.SYSTEM, 2, event="picked_up"),
        line(Who.TECHNICIAN, 2, "before my console was restarted"),
    ]
    shown = earlier_lines(9, 2, kept)
    assert shown == [
        ChatLine(9, -3, NOW, Who.SYSTEM, event=Event.PICKED_UP, by="Bob"),
        ChatLine(9, -2, NOW, Who.TECHNICIAN, "Good morning", by="Bob"),
        ChatLine(9, -1, NOW, Who.CUSTOMER, "Hello"),
        ChatLine(9, 0, NOW, Who.TECHNICIAN, "before my console was restarted"),
    ]
    log = ChatLog(9)
    mine = log.note(Event.PICKED_UP, NOW)
    log.begin_with(shown)
    assert log.lines == [*shown, mine]
    assert len(earlier_lines(9, 2, [line(Who.CUSTOMER, 1, "x")] * (MAX_LINES + 5))) == MAX_LINES
