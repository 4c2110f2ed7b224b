"""A short session as the recorder hears it: an encoder's pictures, a pointer, some chat."""

from collections.abc import Iterator

import numpy as np

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.recording.journal import Speaker
from codec.wire.messages import (
    Chat,
    Display,
    Displays,
    Key,
    Picture,
    PointerAt,
    PointerMove,
    PointerShape,
    SessionMessage,
)
from tests.codec.recording.pictures import noise

Said = tuple[int, Speaker, SessionMessage]
"""Microseconds, who, and what."""


def said(width: int = 96, height: int = 64, seconds: float = 3.0, pictures: int = 12) -> Iterator[tuple[Said, Frame]]:
    """Yield what is said, each with the picture of the screen at that time."""
    encoder, frame = Encoder(width, height), noise(width, height)
    shape = np.full((4, 4, 4), 255, np.uint8)
    display = Displays([Display(0, "screen", 0, 0, width, height)])
    yield (0, Speaker.APPLET, display), frame
    yield (0, Speaker.APPLET, PointerShape(4, 4, 0, 0, shape.tobytes())), frame
    for number in range(pictures):
        time = int(number * seconds / pictures * 1_000_000)
        frame = frame.copy()
        frame[number % height :: 5, number % width :] = 17 * number % 256
        packet = encoder.encode(frame)
        if packet is not None:
            yield (time, Speaker.APPLET, Picture(0, number, packet)), frame
        yield (time + 9_000, Speaker.CONSOLE, Chat(number, f"line {number}", 0)), frame
        yield (time + 9_500, Speaker.CONSOLE, Key(True, "KeyA", "a", "a")), frame
        if number % 3 == 1:
            place = number * 65_536 // pictures
            yield (time + 30_000, Speaker.CONSOLE, PointerMove(0, place, place)), frame
        if number % 3 == 2:
            yield (time + 30_000, Speaker.APPLET, PointerAt(0, 20_000, number * 3_000)), frame
