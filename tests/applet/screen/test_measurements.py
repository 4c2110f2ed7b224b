"""What the customer's side measures while it shows the screen."""

import numpy as np

from applet.screen.measurements import KEPT, Measurements


def test_the_median_is_told_once_there_are_enough() -> None:
    measured = Measurements()
    for seconds in (0.9, 0.004, 0.005, 0.004):
        measured.made(seconds)
    assert measured.encode_ms == 0
    measured.made(0.006)
    assert measured.encode_ms == 5
    for _ in range(KEPT):
        measured.made(0.05)
    assert measured.encode_ms == 50


def test_a_black_screen_is_dark_whatever_its_fourth_byte() -> None:
    measured, frame = Measurements(), np.zeros((64, 64, 4), np.uint8)
    frame[..., 3] = 255
    measured.read(frame)
    assert measured.dark
    frame[32:, :, 1] = 90
    measured.read(frame)
    assert not measured.dark
