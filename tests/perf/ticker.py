"""A program for the customer’s display that counts in black and white, and prints when it has painted which number."""

import time

from Xlib import X, display

BITS, SIDE = 8, 40
SECONDS_EACH = 0.2


def gray(number: int) -> int:
    """Return a number of which one bit differs from those before and after it, so that none is half painted."""
    return number ^ number >> 1


def main() -> None:
    """Run until killed."""
    connection = display.Display()
    screen = connection.screen()
    window = screen.root.create_window(0, 0, BITS * SIDE, SIDE, 0, screen.root_depth, override_redirect=True)
    window.map()
    graphics = window.create_gc()
    number = 0
    while True:
        for bit in range(BITS):
            graphics.change(foreground=screen.white_pixel if gray(number) >> bit & 1 else screen.black_pixel)
            window.fill_rectangle(graphics, bit * SIDE, 0, SIDE, SIDE)
        window.configure(stack_mode=X.Above)
        connection.sync()
        print(number, time.monotonic(), flush=True)
        number = (number + 1) % (1 << BITS)
        time.sleep(SECONDS_EACH)


if __name__ == "__main__":
    main()
