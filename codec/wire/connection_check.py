"""What the page `/check` and the relay say to each other on `/ws/check`, to find out what the way between them carries.

JSON objects whose field `type` names them, as on the other sockets, and bytes that mean nothing. A page may ask for the
time again and again, once for bytes, and may send as many. The relay keeps nothing of it. A relay that is busy closes
the socket with 1013.
"""

from datetime import datetime

from msgspec import Struct

CHECK_PATH = "/ws/check"
PART_BYTES = 16 * 1024
"""How bytes are sent, in either direction."""
MOST_BYTES = 512 * 1024
"""So much in each direction, at most."""
MOST_SECONDS = 30
"""After so long the relay closes the socket, whatever has been said."""


class _Said(Struct, frozen=True, tag_field="type"):
    pass


class AskTime(_Said, frozen=True, tag="ask_time"):
    """Page to relay: what time is it? Also how long an answer takes."""


class AskBytes(_Said, frozen=True, tag="ask_bytes"):
    """Page to relay: send MOST_BYTES."""


class Time(_Said, frozen=True, tag="time"):
    """Relay to page: the time by the relay's clock."""

    now: datetime


class Taken(_Said, frozen=True, tag="taken"):
    """Relay to page: so many of your bytes have come."""

    size: int


FromCheck = AskTime | AskBytes
ToCheck = Time | Taken
