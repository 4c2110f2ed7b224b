"""What the customer's side measures while it shows the screen."""

import numpy as np

from applet.screen.measurements import KEPT, Measurements


def test_the_median_is_told_and_how_long_nothing_changed() -> None:
    measured = Measurements(10.0)
    assert (measured.encode_ms, measured.still_seconds(10.0)) == (0, 0)
    for seconds in (0.9, 0.004, 0.005, 0.004):
        measured.made(seconds)
    assert measured.encode_ms == 0
    measured.made(0.006)
    assert measured.encode_ms == 5
    measured.changed(12.0)
    assert measured.still_seconds(15.5) == 3
    for _ in range(KEPT):
        measured.made(0.05)
    assert measured.encode_ms == 50


def test_a_black_screen_is_dark_whatever_its_fourth_byte() -> None:
    measured, frame = Measurements(0.0), np.zeros((64, 64, 4), np.uint8)
    frame[..., 3] = 255
    measured.read(frame)
    assert measured.dark
    frame[32:, :, 1] = 90
    measured.read(frame)
    assert not measured.dark
