"""A program for the customer’s display: photographs that change several times a second. SIGSTOP lets them rest."""

import sys
import time

import numpy as np
from Xlib import X, display

from tests.support.desktops import photograph

FRAMES = 16
SECONDS_EACH = 1 / 12
LINES = 32
"""A request has a quarter of a mebibyte at most."""


def main(width: int, height: int) -> None:
    """Run until killed."""
    pictures = [np.ascontiguousarray(photograph(width, height, seed)) for seed in range(FRAMES)]
    connection = display.Display()
    screen = connection.screen()
    window = screen.root.create_window(100, 60, width, height, 0, screen.root_depth, event_mask=X.ExposureMask)
    window.set_wm_name("photographs")
    window.map()
    graphics = window.create_gc()
    turn = 0
    while True:
        picture = pictures[turn % FRAMES]
        for top in range(0, height, LINES):
            part = picture[top : top + LINES]
            window.put_image(graphics, 0, top, width, len(part), X.ZPixmap, screen.root_depth, 0, part.tobytes())
        connection.sync()
        turn += 1
        time.sleep(SECONDS_EACH)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
