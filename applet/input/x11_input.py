"""Puts input into X11 by XTest: what arrives is what a real keyboard and mouse would send, for every program."""

import logging
import struct
from collections.abc import Callable, Collection, Generator
from functools import partial
from typing import Protocol, TypeVar

from Xlib import X, display, error
from Xlib.protocol import request

from applet.input.base import InputError, Steps, StoppedError
from applet.input.injected import InjectedEvents
from applet.input.keys import Action, Keyboard, Press, is_typable
from applet.input.keysyms import Keysyms
from applet.input.layout import Layout
from applet.input.x11_keyboard import LiveKeyboard
from applet.input.x11_listener import NO_OPERATION
from applet.input.x11_requests import send
from codec.wire.messages import Key

WHEEL_BUTTONS = {(0, -1): 4, (0, 1): 5, (-1, 0): 6, (1, 0): 7}
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
MAX_NOTCHES = 20
POLL_SECONDS = 0.01
_MARK = struct.Struct("=II")
"""What the unused bytes of a NoOperation say: which of our events it follows (see InjectedEvents)."""
_ENDS = {X.KeyPress: X.KeyRelease, X.ButtonPress: X.ButtonRelease}
_GONE = (error.ConnectionClosedError, OSError)
_Made = TypeVar("_Made")
_log = logging.getLogger(__name__)


class Watch(Protocol):
    """Who lets go of everything when this program is no longer there (see Guard)."""

    def holds(self, on: bool) -> None:
        """Something is held, or nothing."""

    def lent(self, keycodes: Collection[int]) -> None:
        """These keys bear symbols that the customer's keyboard does not have."""

    def muted(self, keycodes: Collection[int]) -> None:
        """These keys do not repeat while they are held."""

    def close(self) -> None:
        """Nothing is held, lent or muted any more."""


class X11Input:
    """See Input. What is put in is noted in `injected`, so that it is not taken for the customer's hand."""

    def __init__(
        self, injected: InjectedEvents, may: Callable[[], bool], watch: Callable[[], Watch] | None = None
    ) -> None:
        """`may` is asked directly before each event. `watch` starts who lets go when this program crashes.

        Raises InputError when there is no display, or it takes no input.
        """
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise InputError(f"the display takes no input: {problem}") from None
        if not self._display.has_extension("XTEST"):
            raise InputError("this display server takes no input (XTEST is missing)")
        self._display.set_error_handler(_tell_error)
        self._injected = injected
        self._may = may
        self._watch: Watch | None = None
        keysyms = Keysyms()
        self._keysym_of = keysyms.of
        self._keyboard = Keyboard(keysyms.of)
        self._down: dict[tuple[int, int], None] = {}
        """(release, detail) of every key and button that we have pressed, in this order."""
        self._muted: set[int] = set()
        self._left_out = ""
        self._live = self._guarded(lambda: LiveKeyboard(self._display, keysyms, self._lent))
        self._watch = watch() if watch is not None else None

    @property
    def is_caught_up(self) -> bool:
        """See Input."""
        return self._injected.is_caught_up

    def move(self, x: int, y: int) -> Steps:
        """See Input."""
        yield None
        self._begin(X.MotionNotify, 0, x, y)

    def button(self, button: int, down: bool) -> Steps:
        """See Input."""
        number = BUTTONS[button]
        if not down:
            self._end(X.ButtonRelease, number)
        elif (X.ButtonRelease, number) not in self._down:
            yield None
            self._begin(X.ButtonPress, number)
        self.still_held()

    def wheel(self, across: int, along: int) -> Steps:
        """See Input."""
        for turn, step in ((across, (1, 0)), (along, (0, 1))):
            sign = (turn > 0) - (turn < 0)
            number = WHEEL_BUTTONS.get((step[0] * sign, step[1] * sign), 0)
            for _ in range(min(abs(turn), MAX_NOTCHES)):
                yield None
                self._begin(X.ButtonPress, number)
                self._end(X.ButtonRelease, number)

    def key(self, key: Key) -> Steps:
        """See Input."""
        if key.down:
            repeats = self._guarded(self._ask_what_repeats)
            character = self._keyboard.character(key)
            layout = (yield from self._provide(character, "")) if character else self._layout()
            actions = self._keyboard.plan(key, layout)
            held = self._keyboard.held.get(key.code)
            if held is not None:
                self._mute(held, repeats)
            yield from self._carry_out(actions)
            if character and not actions:
                self._left_out += character
        else:
            yield from self._carry_out(self._keyboard.release(key.code))
        self.still_held()

    def type_text(self, text: str, ahead: str = "") -> Steps:
        """See Input."""
        for place, character in enumerate(text):
            actions: list[Action] = []
            if is_typable(character):
                layout = yield from self._provide(character, text[place:] + ahead)
                actions = self._keyboard.type_character(character, layout)
            yield from self._carry_out(actions)
            if not actions:
                self._left_out += character

    def left_out(self) -> str:
        """See Input."""
        left_out, self._left_out = self._left_out, ""
        return left_out

    @property
    def is_holding(self) -> bool:
        """See Input."""
        return bool(self._down)

    def still_held(self) -> None:
        """See Input."""
        if self._watch is not None:
            self._watch.holds(bool(self._down))

    def release_all(self) -> None:
        """See Input."""
        self._keyboard.release_all()
        while self._down:
            self._end(*next(reversed(self._down)))
        for keycode in list(self._muted):  # what was about to be pressed when something stopped it
            self._unmute(keycode)
        self.still_held()

    def put_back(self) -> bool:
        """See Input."""
        return self._guarded(self._live.take_back)

    def close(self) -> None:
        """See Input."""
        try:
            self.release_all()
            self._guarded(self._live.take_back_now)
            self._display.sync()
            self._display.close()
        except (InputError, *_GONE):
            _log.info("the display was gone before its input was closed")
        finally:
            if self._watch is not None:
                self._watch.close()

    def _guarded(self, act: Callable[[], _Made]) -> _Made:
        try:
            made = act()
            self._display.flush()
        except _GONE as problem:
            raise InputError(f"the display is gone: {problem}") from None
        return made

    def _layout(self) -> Layout:
        down = [detail for kind, detail in self._down if kind == X.KeyRelease]
        return self._guarded(lambda: self._live.layout(down))

    def _provide(self, character: str, text: str) -> Generator[float | None, None, Layout]:
        """Have a key for this character, and in the same change for those of `text`, as far as there are keys.

        Return the layout that is live then.
        """
        layout = self._layout()
        if self._is_written(character, layout) or not self._live.can_lend:
            return layout
        missing, soon = [self._keysym_of(character)], set[int]()
        for each in dict.fromkeys(text):
            if is_typable(each):
                soon.add(self._keysym_of(each))
                missing += [] if self._is_written(each, layout) else [self._keysym_of(each)]
        yield None
        self._check()
        while not self._guarded(partial(self._live.lend, missing, soon)):
            yield POLL_SECONDS
            self._check()
        return self._layout()

    def _is_written(self, character: str, layout: Layout) -> bool:
        """Whether a key writes it already, or none ever will."""
        keysym = self._keysym_of(character)
        return character in "\n\t" or not keysym or layout.find(keysym) is not None

    def _carry_out(self, actions: list[Action]) -> Steps:
        for action in actions:
            if isinstance(action, Press):
                yield None
                self._begin(X.KeyPress, action.keycode)
            else:
                self._end(X.KeyRelease, action.keycode)

    def _check(self) -> None:
        if not self._may():
            raise StoppedError(StoppedError.__doc__)

    def _begin(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        """Do what begins something, and mark it: the next one waits until the listener has come as far."""
        if kind == X.KeyPress and detail in self._live.stop_keycodes:
            return  # held down by us, the customer's own press of it would be no event at all
        self._guarded(partial(self._fake_if_allowed, kind, detail, x, y))
        if kind in _ENDS:
            self._down[_ENDS[kind], detail] = None

    def _end(self, kind: int, detail: int) -> None:
        """Release what we have pressed."""
        if (kind, detail) in self._down:
            del self._down[kind, detail]
            self._guarded(partial(self._fake, kind, detail))
            if kind == X.KeyRelease:
                self._unmute(detail)

    def _fake_if_allowed(self, kind: int, detail: int, x: int, y: int) -> None:
        self._check()
        if kind == X.KeyPress:
            self._live.press(detail)
        self._fake(kind, detail, x, y)
        send(self._display, NO_OPERATION, 0, _MARK.pack(self._injected.token, self._injected.mark()))
        request.GetInputFocus(display=self._display.display, defer=True)  # an answer, which takes what was heard along

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        self._injected.will(kind, detail, x, y)
        self._display.xtest_fake_input(kind, detail, x=x, y=y)

    def _ask_what_repeats(self) -> request.GetKeyboardControl:
        """Ask which keys repeat. The answer comes along with the next one that is waited for."""
        return request.GetKeyboardControl(display=self._display.display, defer=True)

    def _mute(self, keycode: int, asked: request.GetKeyboardControl) -> None:
        """Have a key that is held not repeat: whether it repeats, the technician's own keyboard says.

        When the connection stalls between press and release, it would repeat without end.
        """

        def mute() -> None:
            asked.reply()
            repeats = asked.auto_repeats
            if repeats[keycode // 8] >> keycode % 8 & 1:
                self._muted.add(keycode)
                self._tell_muted()
                self._display.change_keyboard_control(key=keycode, auto_repeat_mode=X.AutoRepeatModeOff)

        if keycode not in self._muted:
            self._guarded(mute)

    def _unmute(self, keycode: int) -> None:
        if keycode in self._muted:
            self._muted.discard(keycode)
            turn_on = partial(self._display.change_keyboard_control, key=keycode, auto_repeat_mode=X.AutoRepeatModeOn)
            self._guarded(turn_on)
            self._tell_muted()

    def _tell_muted(self) -> None:
        if self._watch is not None:
            self._watch.muted(self._muted)

    def _lent(self, keycodes: Collection[int]) -> None:
        if self._watch is not None:
            self._watch.lent(keycodes)


def _tell_error(problem: error.XError, _request: object) -> None:
    """Errors of requests that are not waited for; the default is to print them."""
    _log.info("the display server refuses: %s", problem)
