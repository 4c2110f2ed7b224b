"""The technician's hand on this computer: only while control is granted, and only while the customer's own rests.

What the technician does is carried out event by event. Where there is a listener, each event waits until it has heard
the one before, so at most one event is ahead of what the customer does: the stop key finds nothing more on its way.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from applet.input.base import Input, InputError, Listener, LocalInput, Steps, StoppedError
from applet.input.local_activity import QUIET_SECONDS, LocalActivity
from applet.input.queue import InputQueue, QueueFullError
from applet.input.wheel import Wheel
from codec.wire.messages import (
    POSITIONS,
    Display,
    Key,
    Message,
    Notice,
    PointerAt,
    PointerButton,
    PointerMove,
    PointerWheel,
    ReleaseKeys,
    SessionMessage,
    StillHeld,
    Trouble,
    TypeText,
)

EVENTS_IN_A_TURN = 16
"""After so many events at most, others in the loop have their turn."""
HOLD_SECONDS = 2.0
"""What the technician holds is released when nothing was heard of them for so long, whatever links think."""
LOOK_SECONDS = 0.25
"""So often it is looked whether that is so, and whether the keyboard can be put back."""
TOLD_SECONDS = 10.0
"""The technician is told for so long that something could not be typed."""
POINTER_SECONDS = 1 / 60
"""A mouse says a thousand times a second where it is; a viewer's screen shows no more than this."""
_log = logging.getLogger(__name__)


class RemoteControl:
    """Carries out what the technician does. All is called from the loop, but for what a listener's thread tells."""

    def __init__(
        self,
        open_input: Callable[[Callable[[], bool]], Input],
        open_listener: Callable[[LocalInput], Listener],
        soon: Callable[[Callable[[], None]], None],
        displays: Callable[[], list[Display]],
        send: Callable[[SessionMessage], None],
        may: Callable[[], bool],
        sees: Callable[[], bool],
        stop: Callable[[], None],
        deaf: Callable[[], None],
    ) -> None:
        """Wire it up.

        `may` and `sees` say, in any thread, what the customer lets the technician do just now. `stop` is called in the
        listener's thread when the stop key was pressed, `deaf` when it is no longer heard: then `listen` again.
        """
        self._open_input = open_input
        self._open_listener = open_listener
        self._soon = soon
        self._displays = displays
        self._send = send
        self._granted = may
        self._sees = sees
        self._stop = stop
        self._deaf = deaf
        self._input: Input | None = None
        self._listener: Listener | None = None
        self._local_activity = LocalActivity()
        self._hand_was_on = False
        self._resting: asyncio.TimerHandle | None = None
        """Looks whether the customer's hand rests by now."""
        self._failed = False
        self._untold: asyncio.TimerHandle | None = None
        """Ends that the technician is told that something could not be typed."""
        self._alive_at = 0.0
        """When the technician was heard last, or something of theirs was carried out."""
        self._looking: asyncio.TimerHandle | None = None
        self._putting_back = False
        self._wheel = Wheel()
        self._queue = InputQueue()
        self._steps: Steps | None = None
        self._halted = False
        """Whether something waits for the listener. Read in its thread."""
        self._timer: asyncio.TimerHandle | None = None
        self._place: PointerAt | None = None
        """Where the customer's pointer is, while that waits to be told."""
        self._told_at = float("-inf")

    def listen(self) -> None:
        """Hear the customer's hand and the stop key from now on; `has_stop_key` says whether that can be."""
        if self._listener is not None:
            return
        hand = LocalInput(
            active=self._hand_active,
            stop=self._stop,
            moved=self._customer_moved,
            caught_up=self._caught_up,
            lost=lambda: self._soon(self._lost),
        )
        try:
            self._listener = self._open_listener(hand)
        except InputError as error:
            _log.warning("%s", error)

    @property
    def has_stop_key(self) -> bool:
        """Whether the stop key is heard."""
        return self._listener is not None

    def take(self, message: Message, may: bool) -> None:
        """Carry out one event soon, or drop it: without permission silently, else because the customer is at work.

        What only lets go of something is never dropped.
        """
        if isinstance(message, StillHeld):
            self._still_held()
            return
        ends = _ends_something(message)
        if not may and not ends:
            return
        if ends and self._input is None and self._queue.is_empty:
            return  # nothing was ever begun
        self._still_held()
        self._tell_hand()
        if self._is_hand_on() and not ends:
            return
        try:
            self._queue.put(message)
        except QueueFullError as error:
            _log.warning("what the technician did is dropped: %s", error)
            self.let_go()
            self._tell_untyped(str(error))
            return
        self._putting_back = self._putting_back and not may
        self._go_on()

    def let_go(self) -> None:
        """Discard what waits and release everything that the technician holds.

        Control has ended, the customer is asked something, or the way to the technician is lost.
        """
        self._discard()
        self._with_input(lambda input_: input_.release_all())

    def put_back(self) -> None:
        """Put back what was changed at the keyboard once programs have read what it wrote: control has ended."""
        self._putting_back = True
        self._look()

    def close(self) -> None:
        """Let go of everything, for good."""
        self._discard()
        for timer in (self._looking, self._untold, self._resting):
            if timer is not None:
                timer.cancel()
        if self._input is not None:
            self._input.close()
        if self._listener is not None:
            self._listener.close()
        self._input = self._listener = None

    def _still_held(self) -> None:
        """The technician is there, and holds what they hold."""
        self._alive_at = time.monotonic()
        if self._input is not None and self._input.is_holding:
            self._with_input(lambda input_: input_.still_held())

    def _go_on(self) -> None:
        """Carry out what waits, as far as that may be now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            for _ in range(EVENTS_IN_A_TURN):
                if self._steps is None and self._queue.is_empty:
                    return
                self._halted = True  # before the look: what the listener hears meanwhile calls this again
                if self._input is not None and not self._input.is_caught_up:
                    return
                self._halted = False
                if not self._step():
                    return
        except StoppedError:
            self.let_go()
            self._tell_hand()
        except InputError as error:
            self._discard()
            self._give_up_input()
            self._tell_failure(str(error))
        else:
            self._timer = asyncio.get_running_loop().call_later(0, self._go_on)

    def _step(self) -> bool:
        """Go on to where the next event begins. Return whether to go on at once."""
        if self._steps is None:
            now = time.monotonic()
            message = self._queue.take(now)
            if message is None:
                self._timer = asyncio.get_running_loop().call_later(self._queue.wait(now) or 0, self._go_on)
                return False
            if self._input is None:
                self._input = self._open_input(self._may)
            self._steps = self._carry_out(self._input, message)
        self._alive_at = time.monotonic()
        for rest in self._steps:
            self._look_later()
            if rest is not None:
                self._timer = asyncio.get_running_loop().call_later(rest, self._go_on)
            return rest is None
        self._steps = None
        self._tell_failure(None)
        left_out = "" if self._input is None else self._input.left_out()
        if left_out:
            self._tell_untyped(f"{len(left_out)} characters have no key here")
        return True

    def _look_later(self) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Let go of what is held while the technician is silent; put back the keyboard when that is due."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if self._input is None:
            return
        if self._input.is_holding:
            if time.monotonic() - self._alive_at >= HOLD_SECONDS:
                _log.info("the technician is silent: what they held is released")
                self.let_go()
            self._look_later()
        if self._putting_back:
            done = [True]
            self._with_input(lambda input_: done.append(input_.put_back()))
            self._putting_back = not done[-1]
            if self._putting_back:
                self._look_later()

    def _may(self) -> bool:
        """Whether an event may be injected at this very moment."""
        return self._granted() and not self._is_hand_on()

    def _discard(self) -> None:
        self._queue.clear()
        self._steps, self._halted = None, False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _with_input(self, act: Callable[[Input], None]) -> None:
        if self._input is None:
            return
        try:
            act(self._input)
        except InputError as error:
            self._give_up_input()
            _log.warning("held keys went with the display: %s", error)

    def _give_up_input(self) -> None:
        """This input takes no more. Another one is opened for the next event."""
        input_, self._input = self._input, None
        if input_ is not None:
            input_.close()

    def _carry_out(self, input_: Input, message: Message) -> Steps:
        match message:
            case Key():
                yield from input_.key(message)
            case TypeText(text=text):
                yield from input_.type_text(text, self._queue.ahead)
            case ReleaseKeys():
                input_.release_all()
            case PointerMove() | PointerButton():
                yield from self._point(input_, message)
            case PointerWheel():
                yield from self._point(input_, message)

    def _point(self, input_: Input, message: PointerMove | PointerButton | PointerWheel) -> Steps:
        if isinstance(message, PointerButton) and not message.down and not self._may():
            yield from input_.button(message.button, False)  # where the customer's own hand has it
            return
        display = next((each for each in self._displays() if each.id == message.display), None)
        if display is None:
            return
        across, along = message.x * display.width // POSITIONS, message.y * display.height // POSITIONS
        yield from input_.move(display.x + across, display.y + along)
        if isinstance(message, PointerButton):
            yield from input_.button(message.button, message.down)
        elif isinstance(message, PointerWheel):
            yield from input_.wheel(*self._wheel.turn(message.across, message.along, time.monotonic()))

    def _lost(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            self._deaf()
            self._go_on()

    def _hand_active(self) -> None:
        """Called in the listener's thread, so that the next event knows of it."""
        self._local_activity.moved(time.monotonic())

    def _customer_moved(self, x: int, y: int) -> None:
        """Called in the listener's thread. Only who sees the screen is told where the pointer is."""
        if self._sees():
            self._soon(lambda: self._moved(x, y))

    def _caught_up(self) -> None:
        """Called in the listener's thread."""
        if self._halted:
            self._soon(self._go_on)

    def _moved(self, x: int, y: int) -> None:
        if not self._sees():
            return
        for display in self._displays():
            across, along = x - display.x, y - display.y
            if 0 <= across < display.width and 0 <= along < display.height:
                at = (across * POSITIONS // display.width, along * POSITIONS // display.height)
                self._tell_place(PointerAt(display.id, *at))
                return

    def _tell_place(self, place: PointerAt) -> None:
        waits, self._place = self._place is not None, place
        if waits:
            return
        early = self._told_at + POINTER_SECONDS - time.monotonic()
        if early > 0:
            asyncio.get_running_loop().call_later(early, self._tell_place_now)
        else:
            self._tell_place_now()

    def _tell_place_now(self) -> None:
        place, self._place, self._told_at = self._place, None, time.monotonic()
        if place is not None:
            self._send(place)

    def _is_hand_on(self) -> bool:
        return self._local_activity.is_on(time.monotonic())

    def _tell_hand(self) -> None:
        on = self._is_hand_on()
        if on != self._hand_was_on:
            self._hand_was_on = on
            self._send(Notice(Trouble.CUSTOMER_HAS_HANDS_ON, on))
        if on and self._resting is None:
            self._resting = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._look_whether_it_rests)

    def _look_whether_it_rests(self) -> None:
        """The technician is told when they may go on, whether they try or wait."""
        self._resting = None
        self._tell_hand()

    def _tell_untyped(self, detail: str) -> None:
        loop = asyncio.get_running_loop()
        if self._untold is not None:
            self._untold.cancel()
        self._untold = loop.call_later(TOLD_SECONDS, lambda: self._send(Notice(Trouble.CANNOT_TYPE, False)))
        self._send(Notice(Trouble.CANNOT_TYPE, True, detail[:500]))

    def _tell_failure(self, detail: str | None) -> None:
        if (detail is not None) != self._failed:
            self._failed = detail is not None
            self._send(Notice(Trouble.INPUT_FAILED, self._failed, (detail or "")[:500]))


def _ends_something(message: Message) -> bool:
    """Whether this only lets go of something, which is never held back."""
    return isinstance(message, ReleaseKeys) or (isinstance(message, Key | PointerButton) and not message.down)
