"""The technician's hand on this computer: only while control is granted, and only while the customer's own rests."""

import logging
import time
from collections.abc import Callable

from applet.inputs.face import Hand, Input, InputError, Listener
from applet.inputs.hand import CustomersHand
from codec.messages import (
    POSITIONS,
    Display,
    Key,
    Notice,
    PointerAt,
    PointerButton,
    PointerMove,
    PointerWheel,
    ReleaseKeys,
    SessionMessage,
    Trouble,
    TypeText,
)

NOTCH = 120
InputMessage = PointerMove | PointerButton | PointerWheel | Key | ReleaseKeys | TypeText
_log = logging.getLogger(__name__)


class Controls:
    """Carries out what the technician does. All is called from the loop; `may` says whether it is allowed just now."""

    def __init__(
        self,
        open_input: Callable[[], Input],
        open_listener: Callable[[Hand], Listener],
        soon: Callable[[Callable[[], None]], None],
        displays: Callable[[], list[Display]],
        send: Callable[[SessionMessage], None],
        stop: Callable[[], None],
        deaf: Callable[[], None],
    ) -> None:
        """`stop` is called when the stop key was pressed, `deaf` when it is no longer heard: then `listen` again."""
        self._open_input = open_input
        self._open_listener = open_listener
        self._soon = soon
        self._displays = displays
        self._send = send
        self._stop = stop
        self._deaf = deaf
        self._input: Input | None = None
        self._listener: Listener | None = None
        self._hand = CustomersHand()
        self._hand_was_on = False
        self._failed = False
        self._rest = [0, 0]

    def listen(self) -> None:
        """Hear the customer's hand and the stop key from now on; `has_stop_key` says whether that can be."""
        if self._listener is not None:
            return
        hand = Hand(
            active=lambda: self._soon(self._hand_active),
            stop=lambda: self._soon(self._stop),
            moved=lambda x, y: self._soon(lambda: self._moved(x, y)),
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

    def take(self, message: InputMessage, may: bool) -> None:
        """Carry out one event, or drop it: without permission silently, else because the customer is at work."""
        if not may:
            return
        if self._is_hand_on() and not isinstance(message, ReleaseKeys):
            self._tell_hand()
            return
        self._tell_hand()
        try:
            if self._input is None:
                self._input = self._open_input()
            self._carry_out(self._input, message)
            self._tell_failure(None)
        except InputError as error:
            self._input = None
            self._tell_failure(str(error))

    def let_go(self) -> None:
        """Release everything that the technician holds, because control has ended or the way to him is lost."""
        if self._input is None:
            return
        try:
            self._input.release_all()
        except InputError as error:
            self._input = None
            _log.warning("held keys went with the display: %s", error)

    def close(self) -> None:
        """Let go of everything, for good."""
        if self._input is not None:
            self._input.close()
        if self._listener is not None:
            self._listener.close()
        self._input = self._listener = None

    def _carry_out(self, input_: Input, message: InputMessage) -> None:
        match message:
            case Key():
                input_.key(message)
            case TypeText(text=text):
                input_.type_text(text)
            case ReleaseKeys():
                input_.release_all()
            case PointerMove() | PointerButton() | PointerWheel():
                self._point(input_, message)

    def _point(self, input_: Input, message: PointerMove | PointerButton | PointerWheel) -> None:
        display = next((each for each in self._displays() if each.id == message.display), None)
        if display is None:
            return
        across, along = message.x * display.width // POSITIONS, message.y * display.height // POSITIONS
        input_.move(display.x + across, display.y + along)
        if isinstance(message, PointerButton):
            input_.button(message.button, message.down)
        elif isinstance(message, PointerWheel):
            self._rest[0] += message.across
            self._rest[1] += message.along
            notches = [int(rest / NOTCH) for rest in self._rest]
            self._rest = [rest - turned * NOTCH for rest, turned in zip(self._rest, notches, strict=True)]
            input_.wheel(*notches)

    def _lost(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            self._deaf()

    def _hand_active(self) -> None:
        self._hand.moved(time.monotonic())

    def _moved(self, x: int, y: int) -> None:
        for display in self._displays():
            across, along = x - display.x, y - display.y
            if 0 <= across < display.width and 0 <= along < display.height:
                at = (across * POSITIONS // display.width, along * POSITIONS // display.height)
                self._send(PointerAt(display.id, *at))
                return

    def _is_hand_on(self) -> bool:
        return self._hand.is_on(time.monotonic())

    def _tell_hand(self) -> None:
        on = self._is_hand_on()
        if on != self._hand_was_on:
            self._hand_was_on = on
            self._send(Notice(Trouble.CUSTOMER_HAS_HANDS_ON, on))

    def _tell_failure(self, detail: str | None) -> None:
        if (detail is not None) != self._failed:
            self._failed = detail is not None
            self._send(Notice(Trouble.INPUT_FAILED, self._failed, (detail or "")[:500]))
