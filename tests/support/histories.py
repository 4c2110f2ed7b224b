"""What sessions keep of their life, with a boot of the tests' own."""

from relay.events.log import EventLog
from relay.sessions.history import SessionHistory


def session_history() -> SessionHistory:
    """Return one that counts time as this machine does."""
    return SessionHistory(EventLog("tests"))
