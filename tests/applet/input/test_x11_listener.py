"""The customer's hand and the stop key, heard on a real X server."""

import threading
import time
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib import display as xdisplay

from applet.input.base import LocalInput, StoppedError
from applet.input.injected import InjectedEvents
from applet.input.positions import KEYCODES
from applet.input.x11_input import X11Input
from applet.input.x11_listener import X11Listener
from codec.wire.messages import Key, Modifier
from tests.support.inputs import at_once, held_keys
from tests.support.xvfb import VirtualDisplay, virtual_display

SECONDS = 10.0
PAUSE = KEYCODES["Pause"]


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    """A display on which no window takes any key."""
    with virtual_display() as made:
        yield made


class Heard:
    """What a listener told."""

    def __init__(self) -> None:
        self.stop, self.active, self.caught_up = threading.Event(), threading.Event(), threading.Event()
        self.injected = InjectedEvents(time.monotonic)
        self.hand = LocalInput(
            active=self.active.set,
            stop=self.stop.set,
            moved=lambda _x, _y: None,
            caught_up=self.caught_up.set,
            lost=lambda: None,
        )


@pytest.fixture
def heard(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """A listener that listens."""
    monkeypatch.setenv("DISPLAY", display.name)
    made = Heard()
    listener = X11Listener(made.hand, made.injected)
    probe = X11Input(made.injected, lambda: True)
    while not made.caught_up.wait(0.05):  # before it listens, it hears no mark
        at_once(probe.move(1, 1))
    probe.close()
    made.caught_up.clear()
    yield made
    listener.close()


def test_the_stop_key_is_heard_at_once_where_no_window_takes_it(display: VirtualDisplay, heard: Heard) -> None:
    """F5: the server keeps what it records until it has something to say to anybody."""
    finger = xdisplay.Display(display.name)
    finger.xtest_fake_input(X.KeyPress, PAUSE)
    finger.flush()
    assert heard.stop.wait(SECONDS)
    heard.stop.clear()
    finger.xtest_fake_input(X.KeyRelease, PAUSE)
    finger.sync()
    finger.close()
    assert not heard.stop.is_set()


CONTROL_ALT_SHIFT = Modifier.CONTROL | Modifier.ALT | Modifier.SHIFT
STOPS = ("ControlLeft", "AltLeft", "ShiftLeft", "KeyS")


@pytest.mark.finding("use-F3")
@pytest.mark.parametrize("order", [STOPS, STOPS[::-1], ("KeyS", "AltLeft", "ShiftLeft", "ControlLeft")])
def test_a_combination_stops_too_as_most_notebooks_have_no_pause(
    display: VirtualDisplay, heard: Heard, order: tuple[str, ...]
) -> None:
    finger = xdisplay.Display(display.name)
    for name in order[:-1]:
        finger.xtest_fake_input(X.KeyPress, KEYCODES[name])
    finger.sync()
    assert heard.active.wait(SECONDS)
    assert not heard.stop.is_set()
    finger.xtest_fake_input(X.KeyPress, KEYCODES[order[-1]])
    finger.sync()
    assert heard.stop.wait(SECONDS)
    for name in order:
        finger.xtest_fake_input(X.KeyRelease, KEYCODES[name])
    finger.sync()
    finger.close()


@pytest.mark.finding("use-F3")
def test_the_technicians_own_combination_stops_nothing(display: VirtualDisplay, heard: Heard) -> None:
    put_in = X11Input(heard.injected, lambda: True)
    for name, key in zip(STOPS, ("Control", "Alt", "Shift", "S"), strict=True):
        heard.caught_up.clear()
        at_once(put_in.key(Key(True, name, key, key if key == "S" else "", CONTROL_ALT_SHIFT if key == "S" else 0)))
        assert heard.caught_up.wait(SECONDS)
    assert held_keys(display) >= len(STOPS)
    put_in.release_all()
    put_in.close()
    assert not heard.stop.is_set()


def test_a_stop_key_that_was_down_already_stops_when_it_comes_up(
    display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display.name)
    finger = xdisplay.Display(display.name)
    finger.xtest_fake_input(X.KeyPress, PAUSE)
    finger.sync()
    made = Heard()
    listener = X11Listener(made.hand, made.injected)
    put_in = X11Input(made.injected, lambda: True)
    while not made.caught_up.wait(0.05):
        at_once(put_in.move(1, 1))
    finger.xtest_fake_input(X.KeyRelease, PAUSE)
    finger.flush()
    assert made.stop.wait(SECONDS)
    put_in.close()
    listener.close()
    finger.close()


@pytest.mark.parametrize("button", [0, 2])
def test_a_button_that_we_release_is_heard_at_once_while_nothing_else_happens(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, button: int
) -> None:
    """Heard with the next event, seconds later, it would be the customer's hand, and the technician's key dropped."""
    recognises, released = heard.injected.recognises, threading.Event()

    def spy(kind: int, detail: int, x: int, y: int, is_motion: bool) -> bool:
        is_ours = recognises(kind, detail, x, y, is_motion)
        if is_ours and kind == X.ButtonRelease:
            released.set()
        return is_ours

    monkeypatch.setattr(heard.injected, "recognises", spy)
    put_in = X11Input(heard.injected, lambda: True)
    heard.caught_up.clear()
    at_once(put_in.button(button, down=True))
    assert heard.caught_up.wait(SECONDS)
    at_once(put_in.button(button, down=False))
    assert released.wait(SECONDS)
    put_in.close()
    assert not heard.active.is_set()


def test_each_event_is_caught_up_with_also_a_move_that_changes_nothing(heard: Heard) -> None:
    put_in = X11Input(heard.injected, lambda: True)
    for _ in range(3):
        heard.caught_up.clear()
        at_once(put_in.move(5, 5))
        assert heard.caught_up.wait(SECONDS)
        assert put_in.is_caught_up
    put_in.close()
    assert not heard.active.is_set()


def test_nothing_begins_once_it_may_not_but_everything_is_released(display: VirtualDisplay, heard: Heard) -> None:
    """F5: it is asked directly before each event, in the middle of a key that needs Shift too."""
    asked: list[int] = []
    put_in = X11Input(heard.injected, lambda: asked.append(1) or len(asked) < 2)  # type: ignore[func-returns-value]
    with pytest.raises(StoppedError):
        at_once(put_in.key(Key(True, "KeyA", "A", "A")))
    assert held_keys(display) == 1  # Shift
    put_in.release_all()
    assert held_keys(display) == 0
    put_in.close()


def test_what_was_changed_at_the_keyboard_is_put_back(display: VirtualDisplay, heard: Heard) -> None:
    put_in = X11Input(heard.injected, lambda: True)
    before = symbols(display)
    at_once(put_in.type_text("\u6f22\u0436"))
    assert symbols(display) != before
    put_in.release_all()
    put_in.put_back()
    assert symbols(display) == before
    put_in.close()


def symbols(display: VirtualDisplay) -> list[list[int]]:
    """Return what each key writes."""
    connection = xdisplay.Display(display.name)
    try:
        return [[symbol for symbol in each if symbol] for each in connection.get_keyboard_mapping(8, 248)]
    finally:
        connection.close()
