"""When a session is interrupted for its customer: on hold, or on its way to another technician. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from codec.wire.api_types import SessionState


class Interruption(StrEnum):
    """Why nothing is seen or controlled at the moment."""

    ON_HOLD = "on_hold"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True)
class Where:
    """What the relay says of a session: its state, whose part it is now, and whom it is being handed over to."""

    state: SessionState
    leg: int = 0
    to: str = ""


def interruption_of(where: Where, leg_of_key: int | None) -> Interruption | None:
    """Return why a session is interrupted. `leg_of_key` is whose part it was when the key was agreed, None before.

    Another technician has no part in a key that was agreed before they came, and the one before may ask for nothing
    under it any more.
    """
    if where.state is SessionState.ON_HOLD:
        return Interruption.ON_HOLD
    is_over = where.state is SessionState.TRANSFERRING or is_anothers(where, leg_of_key)
    return Interruption.HANDED_OVER if is_over else None


def is_anothers(where: Where, leg_of_key: int | None) -> bool:
    """Whether a session is another technician's now than when the key was agreed."""
    return leg_of_key is not None and where.leg != leg_of_key
