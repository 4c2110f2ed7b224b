"""F5 on systems other than X11: pynput is asked for nothing without asking the customer's will first."""

from typing import Any

import pytest

from applet.input.base import StoppedError
from codec.wire.messages import Key
from tests.support.inputs import at_once
from tests.support.xvfb import virtual_display


class Noted:
    """A keyboard and mouse that only note what is done."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name != "did":
            self.did.append(name)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.did.append(name)


class Budget:
    """Lets so many events pass."""

    def __init__(self, left: int) -> None:
        self.left = left

    def may(self) -> bool:
        self.left -= 1
        return self.left >= 0


def test_it_is_asked_before_each_event_and_releases_always(monkeypatch: pytest.MonkeyPatch) -> None:
    with virtual_display() as display:
        monkeypatch.setenv("DISPLAY", display.name)  # pynput looks for one when it is imported
        from applet.input import pynput_input as others  # noqa: PLC0415

        allowed, noted = Budget(4), Noted()
        monkeypatch.setattr("pynput.keyboard.Controller", lambda: noted)
        monkeypatch.setattr("pynput.mouse.Controller", lambda: noted)
        put_in = others.PynputInput(allowed.may)
        at_once(put_in.key(Key(True, "KeyA", "a", "a")))
        at_once(put_in.key(Key(True, "ShiftLeft", "Shift")))
        at_once(put_in.button(0, True))
        with pytest.raises(StoppedError):
            at_once(put_in.type_text("xyz"))
        begun = ["press", "press", "press", "tap"]
        assert noted.did == begun
        b = Key(True, "KeyB", "b", "b")
        for steps in (put_in.move(1, 1), put_in.button(2, True), put_in.wheel(0, 1), put_in.key(b)):
            with pytest.raises(StoppedError):
                at_once(steps)
        assert noted.did == begun
        at_once(put_in.key(Key(False, "KeyA", "a")))
        put_in.release_all()
        assert noted.did == [*begun, *["release"] * 3]
