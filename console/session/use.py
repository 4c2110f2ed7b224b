"""When a session was last used: the relay, which sees nothing of it, ends one in which nothing is done. Pure.

Times are seconds of a clock that only goes forward.
"""

from codec.wire.messages import Message

TOLD_SECONDS = 20.0
"""So often at most the relay is told."""


class SessionUse:
    """The use of one session. It was just picked up."""

    def __init__(self, now: float) -> None:
        self._used_at = now
        self._told_at: float | None = None

    def technician_did(self, now: float) -> None:
        """The technician did something in the session."""
        self._used_at = now

    def heard(self, message: Message, now: float) -> None:
        """The customer's program says something; where the customer did something, that is a use (SESS-133)."""
        if message.declared.is_use:
            self._used_at = now

    def is_news(self, now: float, *, is_shown: bool) -> bool:
        """Whether the relay is to be told now. Whatever `is_shown` is used as long as that is so (SESS-125)."""
        if is_shown:
            self._used_at = now
        is_told = self._told_at is not None and self._used_at <= self._told_at
        if is_told or (self._told_at is not None and now - self._told_at < TOLD_SECONDS):
            return False
        self._told_at = now
        return True
