"""Whether a technician who is signed in to the console can be given a session."""

from enum import StrEnum


class TechnicianStatus(StrEnum):
    """How a technician is. Only who is `AVAILABLE` is given sessions; all may still take them."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
