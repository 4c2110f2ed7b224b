"""Closes a window on a test's display as its × does."""

from Xlib import X, display, protocol


def press_x(name: str, window: str) -> None:
    """Ask the program behind this window of the display `name` to close it (WM_DELETE_WINDOW, ICCCM 4.2.8.1)."""
    connection = display.Display(name)
    try:
        target = connection.create_resource_object("window", int(window))
        protocols, delete = (connection.intern_atom(atom) for atom in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
        data = (32, [delete, X.CurrentTime, 0, 0, 0])
        target.send_event(protocol.event.ClientMessage(window=target, client_type=protocols, data=data))
        connection.sync()
    finally:
        connection.close()
