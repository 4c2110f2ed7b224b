"""A program for the customer's display that changes its colour at every key press, at once."""

from Xlib import X, display

COLOURS = (0x203040, 0xE0D0C0)
SIZE = (400, 300)


def main() -> None:
    """Run until killed."""
    connection = display.Display()
    screen = connection.screen()
    window = screen.root.create_window(
        0, 0, *SIZE, 0, X.CopyFromParent, background_pixel=COLOURS[0], event_mask=X.KeyPressMask | X.ExposureMask
    )
    window.set_wm_name("flasher")
    window.map()
    connection.flush()
    turn = 0
    while True:
        event = connection.next_event()
        if event.type == X.Expose:
            window.set_input_focus(X.RevertToParent, X.CurrentTime)
        elif event.type == X.KeyPress:
            turn ^= 1
            window.change_attributes(background_pixel=COLOURS[turn])
            window.clear_area(0, 0, 0, 0)
        connection.flush()


if __name__ == "__main__":
    main()
