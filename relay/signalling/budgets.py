"""How much an applet or a console may say to the relay. Pure: the clock is an argument.

Both are far above what any Deskside program says: a handshake is two steps of each side. Who says more is ended itself,
so that it never comes to the socket of the one who must hear it.
"""

from codec.errors import DesksideError
from codec.token_bucket import Bucket, Rate

APPLET_SIGNALS, APPLET_BYTES = Rate(per_second=10, burst=64), Rate(per_second=32 * 1024, burst=128 * 1024)
"""Of one session, however often its applet comes back."""
APPLET_RETURNS = Rate(per_second=0.5, burst=20)
CONSOLE_SIGNALS, CONSOLE_BYTES = Rate(per_second=50, burst=500), Rate(per_second=256 * 1024, burst=2 * 1024 * 1024)
"""Of all consoles of one technician together: each says one step a session, and a stamp a second while it records."""
RETRY_SECONDS = 30


class TooMuchError(DesksideError):
    """More was said than any Deskside program says in this time. The connection is closed."""


class Budget:
    """What one of them may still say. `now` is in seconds of a steady clock."""

    def __init__(self, signals: Rate, data: Rate, now: float) -> None:
        self._signals, self._bytes = Bucket(signals, now), Bucket(data, now)

    def spend(self, size: int, now: float) -> None:
        """Count one signal of `size` characters. Raises TooMuchError."""
        if not (self._signals.take(1, now) and self._bytes.take(size, now)):
            raise TooMuchError(TooMuchError.__doc__)
