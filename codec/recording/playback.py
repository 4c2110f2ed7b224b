"""What a technician saw, followed from the session's messages: the picture of the watched display, and the pointer.

While nothing may be seen, or no one watches, there is blackness. A recording that ends because nothing may be seen any
more ends with the last picture that was seen: PARTING.
"""

from dataclasses import replace
from enum import IntEnum

import numpy as np

from codec.picture.decoder import Decoder
from codec.picture.diff import Flags, Frame
from codec.picture.packet import BadPacketError
from codec.recording.pointer import Pointer
from codec.wire.access import Access
from codec.wire.messages import POSITIONS, Granted, Message, Picture, PointerAt, PointerMove, PointerShape, Watch

PARTING = 500_000
"""In microseconds: what turns dark so shortly before a recording ends does so because it ends."""


class Seen(IntEnum):
    """What a message changed."""

    NOTHING = 0
    POINTER = 1
    PICTURE = 2


class Playback:
    """Give it every message; it knows what is to be seen."""

    def __init__(self) -> None:
        self.touched: Flags | None = None
        """Which of its tiles the last message may have changed; None where all may."""
        self.lost = 0
        """Pictures that could not be shown since the last good one: a whole picture is needed."""
        self._display: int | None = None
        self._decoder = Decoder()
        self._size: tuple[int, int] | None = None
        self._given: Frame | None = None
        """A picture that no packet brought."""
        self._shape: PointerShape | None = None
        self._place: tuple[int, int] | None = None

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture: the first whole one came."""
        return self._size is not None

    @property
    def frame(self) -> Frame | None:
        """The picture, which changes with the next message. To read it may take long: read what is shown."""
        if self._size is None:
            return None
        return self._decoder.frame if self._given is None else self._given

    def give(self, frame: Frame) -> None:
        """Show this from now on. It must stay as it is."""
        self._given, self._size = frame, (frame.shape[0], frame.shape[1])

    @property
    def pointer(self) -> Pointer | None:
        """The pointer, None while there is none or nobody knows where it is."""
        shape, place = self._shape, self._place
        if shape is None or place is None or self._size is None or not shape.width:
            return None
        height, width = self._size
        at = Pointer(0, 0, shape.width, shape.height, shape.hot_x, shape.hot_y, shape.pixels)
        return replace(at, x=place[0] * width // POSITIONS, y=place[1] * height // POSITIONS)

    def take(self, message: Message) -> Seen:
        """Follow a message; return what else is to be seen now."""
        if darkens(message):
            return self._darken()
        match message:
            case Picture(display, _, packet):
                return self._show(display, packet)
            case PointerShape():
                self._shape = message
            case PointerAt(display, x, y) | PointerMove(display, x, y):
                if display != self._display or self._place == (x, y):
                    return Seen.NOTHING
                self._place = (x, y)
            case _:
                return Seen.NOTHING
        return Seen.POINTER if self.has_picture else Seen.NOTHING

    def _show(self, display: int, packet: bytes) -> Seen:
        if display != self._display:
            self._display, self._place = display, None
            self._decoder.forget()
        try:
            self._decoder.take(packet)
        except BadPacketError:
            self.lost += 1
            return Seen.NOTHING
        self.lost, self._given, self._size = 0, None, self._decoder.size
        self.touched = self._decoder.touched
        return Seen.PICTURE

    def _darken(self) -> Seen:
        if self._size is None:
            return Seen.NOTHING
        self.give(np.zeros((*self._size, 4), np.uint8))
        self._place = self.touched = None
        self._decoder.forget()
        return Seen.PICTURE


def darkens(message: Message) -> bool:
    """Whether nothing is to be seen after this message."""
    match message:
        case Granted(access):
            return Access.VIEW not in access
        case Watch(display):
            return display is None
    return False
