"""An ideal password-authenticated key exchange, in the place of SPAKE2 where a hundred thousand runs must take seconds.

It gives both ends one key exactly when their secrets and messages are the same, and otherwise keys that have nothing to
do with one another: what SPAKE2 promises against a relay that cannot break its group.
"""

import hashlib

from codec.session.handshake import SPAKE_BYTES
from codec.wire.roles import Role


class IdealPake:
    """Behaves as `spake2.SPAKE2_A` and `SPAKE2_B` do."""

    def __init__(self, role: Role, session: str, secret: str, randomness: bytes) -> None:
        self._secret = hashlib.sha256(f"{session} {secret}".encode()).digest()
        self._is_console = role is Role.CONSOLE
        self._message = (b"A" if self._is_console else b"B") + randomness[: SPAKE_BYTES - 1]

    def start(self) -> bytes:
        """Return our message."""
        return self._message

    def finish(self, message: bytes) -> bytes:
        """Return the key."""
        both = self._message + message if self._is_console else message + self._message
        return hashlib.sha256(self._secret + both).digest()
