"""The technician's hand, with an input and a listener made of code."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from applet.input import remote_control as controls
from applet.input.base import LocalInput, Steps, StoppedError
from applet.input.queue import MAX_MESSAGES, SLICE_CHARACTERS
from applet.input.remote_control import RemoteControl
from codec.wire.messages import (
    Display,
    Key,
    Notice,
    PointerAt,
    PointerButton,
    ReleaseKeys,
    SessionMessage,
    StillHeld,
    Trouble,
    TypeText,
)
from tests.support.waiting import eventually

DISPLAY = Display(0, "one", 0, 0, 100, 100, 1.0, True)


@dataclass
class Desk:
    """Everything around the controls. What is put in is in `did`."""

    did: list[str] = field(default_factory=list)
    said: list[SessionMessage] = field(default_factory=list)
    may: bool = True
    sees: bool = True
    caught_up: bool = True
    waits: bool = False
    """Whether each event waits until the test has the listener catch up."""
    asks: Callable[[], bool] = lambda: True
    is_holding: bool = False
    cannot_type: str = ""
    rests: int = 0
    """How often a change of the keyboard must still wait."""
    hand: LocalInput | None = None

    def __post_init__(self) -> None:
        self.controls = RemoteControl(
            open_input=self.open_input,
            open_listener=self.open_listener,
            soon=lambda happened: happened(),
            displays=lambda: [DISPLAY],
            send=self.said.append,
            may=lambda: self.may,
            sees=lambda: self.sees,
            stop=lambda: None,
            deaf=lambda: None,
        )
        self.controls.listen()

    def open_input(self, may: Callable[[], bool]) -> "Desk":
        self.asks = may
        return self

    def open_listener(self, hand: LocalInput) -> "Desk":
        self.hand = hand
        return self

    @property
    def is_caught_up(self) -> bool:
        return self.caught_up

    def catch_up(self) -> None:
        """The listener has heard the last event."""
        self.caught_up = True
        assert self.hand is not None
        self.hand.caught_up()

    def _begin(self, what: str) -> Steps:
        yield None
        if not self.asks():
            raise StoppedError
        self.did.append(what)
        self.caught_up = not self.waits

    def move(self, x: int, y: int) -> Steps:
        yield from self._begin(f"move {x} {y}")

    def button(self, button: int, down: bool) -> Steps:
        if down:
            yield from self._begin(f"press {button}")
        else:
            self.did.append(f"release {button}")

    def wheel(self, across: int, along: int) -> Steps:
        yield from self._begin(f"wheel {across} {along}")

    def key(self, key: Key) -> Steps:
        if key.down:
            yield from self._begin(key.code)
        else:
            self.did.append(f"release {key.code}")

    def type_text(self, text: str, ahead: str = "") -> Steps:
        for character in text:
            while self.rests:
                self.rests -= 1
                yield 0.001
            yield from self._begin(character)

    def left_out(self) -> str:
        left_out, self.cannot_type = self.cannot_type, ""
        return left_out

    def still_held(self) -> None:
        self.did.append("still held")

    def release_all(self) -> None:
        self.did.append("release all")

    def put_back(self) -> bool:
        self.did.append("put back")
        self.rests -= 1
        return self.rests < 0

    def close(self) -> None:
        pass


async def test_each_event_waits_until_the_listener_has_heard_the_one_before() -> None:
    desk = Desk(waits=True)
    desk.controls.take(TypeText("abc"), may=True)
    assert desk.did == ["a"]
    desk.catch_up()
    assert desk.did == ["a", "b"]
    desk.may = False
    desk.catch_up()
    assert desk.did == ["a", "b", "release all"]
    desk.may = True
    desk.catch_up()
    assert desk.did == ["a", "b", "release all"]  # what waited is discarded


async def test_a_long_text_lets_the_loop_have_its_turn() -> None:
    desk = Desk()
    desk.controls.take(TypeText("x" * 100), may=True)
    assert 0 < len(desk.did) <= SLICE_CHARACTERS
    await eventually(lambda: len(desk.did) == 100)


async def test_the_customers_hand_is_seen_between_two_events_and_releases_pass_all_the_same() -> None:
    desk = Desk(waits=True)
    desk.controls.take(TypeText("ab"), may=True)
    assert desk.hand is not None
    desk.hand.active()
    desk.catch_up()
    assert desk.did == ["a", "release all"]
    assert desk.said == [Notice(Trouble.CUSTOMER_HAS_HANDS_ON, True)]
    for message in (Key(True, "KeyA", "a"), Key(False, "KeyA", "a"), PointerButton(0, 5, 5, 0, False), ReleaseKeys()):
        desk.controls.take(message, may=True)
    assert desk.did[2:] == ["release KeyA", "release 0", "release all"]


async def test_the_technician_is_told_when_the_customers_hand_rests_also_while_they_only_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("applet.input.local_activity.QUIET_SECONDS", 0.05)
    monkeypatch.setattr("applet.input.remote_control.QUIET_SECONDS", 0.05)
    desk = Desk()
    desk.controls.take(TypeText("a"), may=True)
    assert desk.hand is not None
    desk.hand.active()
    desk.controls.take(TypeText("b"), may=True)
    await eventually(lambda: desk.said[-1:] == [Notice(Trouble.CUSTOMER_HAS_HANDS_ON, False)])
    assert desk.said[:-1] == [Notice(Trouble.CUSTOMER_HAS_HANDS_ON, True)]


async def test_what_waits_is_given_up_as_a_whole_and_by_name_when_it_is_too_much() -> None:
    desk = Desk(waits=True)
    for _ in range(MAX_MESSAGES + 5):
        desk.controls.take(Key(True, "KeyA", "a"), may=True)
    assert [each.on for each in desk.said if isinstance(each, Notice) and each.trouble is Trouble.CANNOT_TYPE] == [True]
    desk.controls.let_go()
    desk.catch_up()
    desk.controls.take(Key(True, "KeyB", "b"), may=True)
    assert desk.did[-1] == "KeyB"


async def test_who_may_not_gets_nothing_in_and_a_question_discards_what_waits() -> None:
    desk = Desk(waits=True)
    desk.controls.take(TypeText("abc"), may=False)
    assert desk.did == []
    desk.controls.take(TypeText("abc"), may=True)
    desk.controls.let_go()
    desk.catch_up()
    assert desk.did == ["a", "release all"]


async def test_where_the_customers_pointer_is_only_who_sees_the_screen_is_told() -> None:
    desk = Desk(sees=False)
    assert desk.hand is not None
    desk.hand.moved(50, 50)
    assert desk.said == []
    desk.sees = True
    desk.hand.moved(50, 50)
    assert desk.said == [PointerAt(0, 32_768, 32_768)]


@pytest.mark.finding("field-1")
async def test_a_release_is_carried_out_whatever_else_is_not() -> None:
    desk = Desk(waits=True)
    desk.controls.take(Key(True, "KeyA", "a"), may=True)
    desk.catch_up()
    assert desk.hand is not None
    desk.hand.active()
    desk.may = False
    for message in (Key(False, "KeyA", "a"), PointerButton(0, 5, 5, 0, False), ReleaseKeys()):
        desk.controls.take(message, may=False)
    assert desk.did == ["KeyA", "release KeyA", "release 0", "release all"]


@pytest.mark.finding("field-1", "load-1.6")
async def test_what_is_held_is_released_when_the_technician_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "HOLD_SECONDS", 0.3)
    monkeypatch.setattr(controls, "LOOK_SECONDS", 0.01)
    desk = Desk(is_holding=True)
    desk.controls.take(Key(True, "ShiftLeft", "Shift"), may=True)
    for _ in range(60):
        await asyncio.sleep(0.01)  # twice as long as silence may last
        desk.controls.take(StillHeld(), may=True)
    assert "release all" not in desk.did
    await eventually(lambda: "release all" in desk.did)


@pytest.mark.finding("field-6", "field-7")
async def test_what_cannot_be_typed_is_told_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "TOLD_SECONDS", 0.05)
    desk = Desk(cannot_type="\ufffe")
    desk.controls.take(TypeText("a\ufffe"), may=True)
    await eventually(lambda: len(desk.said) == 2)
    told = [each for each in desk.said if isinstance(each, Notice)]
    assert [(each.trouble, each.on) for each in told] == [(Trouble.CANNOT_TYPE, True), (Trouble.CANNOT_TYPE, False)]
    assert "\ufffe" not in told[0].detail  # it may be part of a password


async def test_what_waits_for_a_program_to_read_goes_on_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "LOOK_SECONDS", 0.001)
    desk = Desk(rests=3)
    desk.controls.take(TypeText("ab"), may=True)
    await eventually(lambda: desk.did == ["a", "b"])
    desk.rests = 2
    desk.controls.put_back()
    desk.controls.take(ReleaseKeys(), may=False)  # the page says so when it hears that control has ended
    desk.did.remove("release all")
    await eventually(lambda: desk.did == ["a", "b", *["put back"] * 3])
