"""What is held on the customer's computer: it is no hand of the customer's, does not repeat, and never stays held."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from Xlib import X
from Xlib import display as xdisplay

from applet.input import guard
from applet.input import remote_control as controls
from applet.input.base import LocalInput
from applet.input.injected import InjectedEvents
from applet.input.positions import KEYCODES
from applet.input.remote_control import RemoteControl
from applet.input.x11_input import X11Input
from applet.input.x11_leftovers import tidy
from applet.input.x11_listener import X11Listener
from codec.wire.messages import Display, Key, PointerButton
from tests.support.inputs import at_once
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, virtual_display

A, B, PAUSE = KEYCODES["KeyA"], KEYCODES["KeyB"], KEYCODES["Pause"]
SECONDS = 10.0


@dataclass(frozen=True)
class Hands:
    """What holds on a display: keys, mouse buttons, which keys repeat, what they bear."""

    keys: int
    buttons: int
    repeats: tuple[int, ...]
    symbols: tuple[tuple[int, ...], ...]


def hands(display: VirtualDisplay) -> Hands:
    """Return what holds now."""
    connection = xdisplay.Display(display.name)
    try:
        return Hands(
            sum(byte.bit_count() for byte in connection.query_keymap()),
            connection.screen().root.query_pointer().mask >> 8 & 0x1F,
            tuple(connection.get_keyboard_control().auto_repeats),
            tuple(tuple(symbol for symbol in key if symbol) for key in connection.get_keyboard_mapping(8, 248)),
        )
    finally:
        connection.close()


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    """A display on which keys repeat soon."""
    with virtual_display() as made:
        made.run("xset", "r", "rate", "200", "50")
        yield made


@pytest.fixture
def finger(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[xdisplay.Display]:
    """The customer's own finger, and a window on which the keys are seen."""
    monkeypatch.setenv("DISPLAY", display.name)
    made = xdisplay.Display(display.name)
    events = X.KeyPressMask | X.KeyReleaseMask | X.ExposureMask
    window = made.screen().root.create_window(0, 0, 9, 9, 0, X.CopyFromParent, override_redirect=1, event_mask=events)
    window.map()
    made.next_event()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    made.sync()
    yield made
    made.close()


class Heard:
    """A listener, and what it told."""

    def __init__(self) -> None:
        self.active, self.caught_up = threading.Event(), threading.Event()
        self.injected = InjectedEvents(time.monotonic)
        nothing: Callable[..., None] = lambda *_: None  # noqa: E731
        hand = LocalInput(self.active.set, nothing, nothing, self.caught_up.set, nothing)
        self.listener = X11Listener(hand, self.injected)
        self.input = X11Input(self.injected, lambda: True)
        while not self.caught_up.wait(0.05):
            at_once(self.input.move(1, 1))
        self.active.clear()

    def wait(self) -> None:
        """Return when all that we put in has been heard."""
        until = time.monotonic() + SECONDS
        while not self.injected.is_caught_up and time.monotonic() < until:
            self.caught_up.clear()
            self.caught_up.wait(0.05)


@pytest.fixture
def heard(finger: xdisplay.Display) -> Iterator[Heard]:
    """A listener that listens."""
    made = Heard()
    yield made
    made.input.close()
    made.listener.close()


@pytest.mark.finding("field-1")
def test_a_key_that_the_technician_holds_does_not_repeat_and_the_customers_does(
    display: VirtualDisplay, finger: xdisplay.Display, heard: Heard
) -> None:
    before = hands(display)
    at_once(heard.input.key(Key(True, "KeyA", "a", "a")))
    finger.xtest_fake_input(X.KeyPress, B)
    finger.flush()
    presses: list[int] = []
    while presses.count(B) < 6:
        event = finger.next_event()
        presses += [event.detail] if event.type == X.KeyPress else []
    assert presses.count(A) == 1
    finger.xtest_fake_input(X.KeyRelease, B)
    finger.sync()
    at_once(heard.input.key(Key(False, "KeyA", "a")))
    heard.input.release_all()
    assert hands(display) == before


@pytest.mark.finding("field-1")
def test_repeats_of_what_we_hold_are_not_the_customers_hand(
    display: VirtualDisplay, finger: xdisplay.Display, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heard.input, "_mute", lambda _keycode, _asked: None)
    at_once(heard.input.key(Key(True, "KeyA", "a", "a")))
    presses = 0
    while presses < 6:
        presses += finger.next_event().type == X.KeyPress
    heard.wait()
    assert not heard.active.is_set()
    at_once(heard.input.key(Key(False, "KeyA", "a")))
    heard.wait()
    assert not heard.active.is_set()
    assert hands(display).keys == 0
    finger.xtest_fake_input(X.KeyPress, A)
    finger.xtest_fake_input(X.KeyRelease, A)
    finger.sync()
    assert heard.active.wait(SECONDS)  # now it is


@pytest.mark.finding("field-1")
def test_a_move_that_ends_at_the_edge_is_not_the_customers_hand(finger: xdisplay.Display, heard: Heard) -> None:
    for place in ((5_000, 5_000), (20, 20), (-40, 9_000)):
        at_once(heard.input.move(*place))
        heard.wait()
    assert not heard.active.is_set()
    finger.xtest_fake_input(X.MotionNotify, x=300, y=300)
    finger.sync()
    at_once(heard.input.move(30, 30))
    assert heard.active.wait(SECONDS)


@pytest.mark.finding("field-1", "load-1.6")
async def test_what_a_silent_technician_holds_is_released(
    display: VirtualDisplay, finger: xdisplay.Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "HOLD_SECONDS", 0.3)
    nothing: Callable[..., None] = lambda *_: None  # noqa: E731
    made = RemoteControl(
        open_input=lambda may: X11Input(InjectedEvents(time.monotonic), may),
        open_listener=lambda hand: X11Listener(hand, InjectedEvents(time.monotonic)),
        soon=nothing,
        displays=lambda: [Display(0, "", 0, 0, 640, 480)],
        send=nothing,
        may=lambda: True,
        sees=lambda: False,
        stop=nothing,
        deaf=nothing,
    )
    before = hands(display)
    for message in (Key(True, "ShiftLeft", "Shift"), Key(True, "KeyA", "A", "A"), PointerButton(0, 9, 9, 0, True)):
        made.take(message, may=True)
    await eventually(lambda: (hands(display).keys, hands(display).buttons) == (2, 1))
    await eventually(lambda: hands(display) == before)
    made.close()


@pytest.mark.finding("load-1.6")
async def test_what_an_applet_holds_that_has_frozen_is_released(
    display: VirtualDisplay, finger: xdisplay.Display
) -> None:
    watch = guard.Guard()
    finger.xtest_fake_input(X.KeyPress, A)
    finger.xtest_fake_input(X.ButtonPress, 3)
    finger.sync()
    watch.holds(True)
    assert hands(display).keys == 1
    await eventually(lambda: hands(display).keys == hands(display).buttons == 0)
    watch.close()


@pytest.mark.finding("load-1.6")
def test_a_program_that_starts_releases_what_a_former_one_left_but_no_stop_key(
    display: VirtualDisplay, finger: xdisplay.Display
) -> None:
    former = xdisplay.Display(display.name)
    for kind, detail in ((X.KeyPress, A), (X.ButtonPress, 1), (X.KeyPress, PAUSE)):
        former.xtest_fake_input(kind, detail)
    former.sync()
    former.close()
    assert (hands(display).keys, hands(display).buttons) == (2, 1)
    tidy()
    assert (hands(display).keys, hands(display).buttons) == (1, 0)
    finger.xtest_fake_input(X.KeyRelease, PAUSE)
    finger.sync()


@pytest.mark.finding("load-1.6")
async def test_what_a_killed_applet_held_is_released_and_the_keyboard_put_back(
    display: VirtualDisplay, finger: xdisplay.Display
) -> None:
    before = hands(display)
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.holder", env=display.env, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"holds\n"
    now = hands(display)
    assert (now.keys, now.buttons) == (2, 1)
    assert now.symbols != before.symbols
    assert now.repeats != before.repeats
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    await eventually(lambda: hands(display) == before)
