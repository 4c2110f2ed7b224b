"""Whose queue a session waits in, and who may do what with it. Pure: every question of that kind is asked here.

A session that came by a technician's PIN or link is that technician's from the first moment on, and waits in their own
queue. One that came through a channel is no one's: it waits in the queues of all who serve the channel. The first who
picks it up has it from then on, as if it had come by their PIN.
"""

from dataclasses import dataclass
from enum import StrEnum

from codec.wire.api_types import SessionState


class Origin(StrEnum):
    """How a session came about."""

    PRIVATE = "private"
    CHANNEL = "channel"


class Deed(StrEnum):
    """What a technician may do with a session."""

    SEE = "see"
    PICK_UP = "pick_up"
    END = "end"
    WORK = "work"
    """Whatever is done in it."""


EVERYTHING = frozenset(Deed)
_WHILE_WAITING = frozenset({Deed.SEE, Deed.PICK_UP, Deed.END})
_NOTHING: frozenset[Deed] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where a session is: who has it, if anyone, and the channel it came through, if any."""

    holder: int | None
    channel: int | None
    state: SessionState


@dataclass(frozen=True)
class Technician:
    """A technician, with the channels that they serve now."""

    person: int
    channels: frozenset[int] = frozenset()


def permitted(technician: Technician, place: Place) -> frozenset[Deed]:
    """Return what a technician may do with a session that is there."""
    if place.holder is not None:
        return EVERYTHING if place.holder == technician.person else _NOTHING
    return _WHILE_WAITING if was_in_queue(technician, place) and not place.state.is_final else _NOTHING


def was_in_queue(technician: Technician, place: Place) -> bool:
    """Whether a session is or was in a technician's queue, by the channels that they serve now.

    Then they are told what became of it. Of any other that is not theirs they hear nothing, not even that it is there.
    """
    return place.channel is not None and place.channel in technician.channels
