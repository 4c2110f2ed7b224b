"""Whose queue a session waits in, and who may do what with it. Pure: every question of that kind is asked here.

A session that came by a technician's PIN or link is that technician's from the first moment on, and waits in their own
queue. One that came through a channel is no one's: it waits in the queues of all who serve the channel. The first who
picks it up has it from then on, as if it had come by their PIN.

One that is handed over waits where it was sent: for a technician, for the members of a group, or for all who serve a
channel. Until one of them picks it up, the technician who had it has it still, and can only end it or take it back.

One that the rule of a channel moves to another channel is no one's: it waits there, and who serves the channel that it
leaves sees it too, and may have it.

One whose technician is gone while the customer is there can be taken over by colleagues: by all who serve its channel,
or by the members of the group in which a private one was picked up. Not where the customer has a secret: no other
console knows it.
"""

from dataclasses import dataclass
from enum import StrEnum

from codec.wire.api_types import SessionState, TargetKind


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
    TRANSFER = "transfer"
    TAKE_BACK = "take_back"
    DECLINE = "decline"


EVERYTHING = frozenset(Deed) - {Deed.TAKE_BACK, Deed.DECLINE}
_WHILE_HANDED_OVER = frozenset({Deed.SEE, Deed.END, Deed.TRANSFER, Deed.TAKE_BACK})
_WHILE_WAITING = frozenset({Deed.SEE, Deed.PICK_UP, Deed.END})
_AS_TARGET = frozenset({Deed.SEE, Deed.PICK_UP})
_SEEN = frozenset({Deed.SEE})
_NOTHING: frozenset[Deed] = frozenset()


@dataclass(frozen=True)
class Queue:
    """Where a session waits: for one technician, for a group's members, or for all who serve a channel."""

    kind: TargetKind
    id: int


@dataclass(frozen=True)
class Place:
    """Where a session is: who has it, the channel it came through, and where it was handed over to, if any.

    `group` is the one in which it was picked up. `needs_secret`: only one console can go on with it.
    """

    holder: int | None
    channel: int | None
    state: SessionState
    target: Queue | None = None
    """Of its latest transfer, which may be over."""
    source: Queue | None = None
    """The queue that it left by that transfer, where the rule of a channel moved it."""
    group: int | None = None
    needs_secret: bool = False

    @property
    def outgoing(self) -> Queue | None:
        """The queue that it is leaving, where it is still shown (SESS-72)."""
        return self.source if self.state is SessionState.TRANSFERRING else None

    @property
    def queue(self) -> Queue | None:
        """Where it waits for others than the technician who has it, if it does."""
        if self.state is SessionState.TRANSFERRING:
            return self.target
        if self.state is SessionState.DISCONNECTED and self.holder is not None:
            return self.colleagues
        waits = self.holder is None and self.channel is not None
        return Queue(TargetKind.CHANNEL, self.channel) if waits and self.channel is not None else None

    @property
    def colleagues(self) -> Queue | None:
        """Return who may take it over while its technician is gone."""
        if self.channel is not None:
            return Queue(TargetKind.CHANNEL, self.channel)
        return None if self.group is None else Queue(TargetKind.GROUP, self.group)


@dataclass(frozen=True)
class Technician:
    """A technician, with the channels that they serve now, and the group that they are in."""

    person: int
    channels: frozenset[int] = frozenset()
    group: int | None = None

    def is_in(self, queue: Queue) -> bool:
        """Whether a queue is one of theirs."""
        match queue.kind:
            case TargetKind.TECHNICIAN:
                return queue.id == self.person
            case TargetKind.GROUP:
                return queue.id == self.group
            case TargetKind.CHANNEL:
                return queue.id in self.channels


def permitted(technician: Technician, place: Place) -> frozenset[Deed]:
    """Return what a technician may do with a session that is there."""
    is_handed_over = place.state is SessionState.TRANSFERRING
    if place.holder == technician.person:
        return _WHILE_HANDED_OVER if is_handed_over else EVERYTHING
    if is_handed_over and place.target is not None and technician.is_in(place.target):
        is_meant = place.target.kind is TargetKind.TECHNICIAN
        found = _AS_TARGET if place.holder is not None else _WHILE_WAITING
        return found | {Deed.DECLINE} if is_meant else found
    if place.holder is not None and place.queue is not None and technician.is_in(place.queue):
        return _SEEN if place.needs_secret else _AS_TARGET
    return _WHILE_WAITING if _waits_for(technician, place) else _NOTHING


def _waits_for(technician: Technician, place: Place) -> bool:
    """Whether a session that no technician has waits in a queue of theirs, or is on its way out of one."""
    if place.holder is not None or place.state.is_final:
        return False
    return any(queue is not None and technician.is_in(queue) for queue in (place.queue, place.outgoing))


def was_in_queue(technician: Technician, place: Place) -> bool:
    """Whether a session is or was in a technician's queue, by the channels that they serve now.

    Then they are told what became of it. Of any other that is not theirs they hear nothing, not even that it is there.
    """
    if any(queue is not None and technician.is_in(queue) for queue in (place.target, place.source)):
        return True
    return place.channel is not None and place.channel in technician.channels
