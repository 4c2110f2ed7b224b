"""A program for the customer's display: fills it, and writes every click to a file."""

import sys
from pathlib import Path

from Xlib import X, display


def main(file: Path) -> None:
    """Write "button x y" for each press and "wheel button" for each turn, until killed."""
    connection = display.Display()
    root = connection.screen().root
    size = root.get_geometry()
    window = root.create_window(
        0, 0, size.width, size.height, 0, X.CopyFromParent, override_redirect=True, background_pixel=0x336699,
        event_mask=X.ButtonPressMask | X.ExposureMask,
    )  # fmt: skip
    window.map()
    connection.flush()
    with file.open("a", buffering=1) as written:
        written.write("ready\n")
        while True:
            event = connection.next_event()
            if event.type == X.ButtonPress:
                written.write(f"{event.detail} {event.root_x} {event.root_y}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
