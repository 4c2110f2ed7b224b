"""The two ends of a session. Whatever they do differently is decided by this word."""

from enum import StrEnum


class Role(StrEnum):
    """Who we are: the customer's applet or the technician's console."""

    APPLET = "applet"
    CONSOLE = "console"

    @property
    def peer(self) -> "Role":
        """The other end."""
        return Role.CONSOLE if self is Role.APPLET else Role.APPLET
