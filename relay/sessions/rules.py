"""What may become of a session, and when. Pure.

The table is spec sessions-console.md 1.3, the rows that this version can reach. Whatever is not in it is refused
without changing anything.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from codec.errors import DesksideError
from codec.wire.api_types import SessionState as State


class SessionActor(StrEnum):
    """Who moved a session."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    SYSTEM = "system"
    AUTO_START = "auto_start"
    """The rule of a channel, which the console of a technician follows."""
    ADMINISTRATOR = "administrator"


class Cause(StrEnum):
    """Why a session moved."""

    CODE_USED = "code_used"
    CAME_THROUGH_CHANNEL = "came_through_channel"
    CLIENT_CAME = "client_came"
    DECLINED = "declined"
    LEFT = "left"
    PICKED_UP = "picked_up"
    AUTO_STARTED = "auto_started"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    ENDED = "ended"
    TOOK_TOO_LONG = "took_too_long"
    UNUSED = "unused"
    CUSTOMER_LOST = "customer_lost"
    CUSTOMER_BACK = "customer_back"
    TECHNICIAN_LOST = "technician_lost"
    TECHNICIAN_BACK = "technician_back"
    TECHNICIAN_REMOVED = "technician_removed"


BEGIN_A_LEG = frozenset({Cause.PICKED_UP, Cause.AUTO_STARTED})
"""By these a technician has the session from then on."""


class Clock(StrEnum):
    """Which of a session's measured times runs in a state (spec sessions-console.md 1.4)."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    ACTIVE = "active"
    HOLD = "hold"
    TRANSFER = "transfer"
    RECONNECT = "reconnect"


CLOCKS: dict[State, Clock] = {
    State.CONNECTING: Clock.CONNECTING,
    State.WAITING: Clock.WAITING,
    State.ACTIVE: Clock.ACTIVE,
    State.DISCONNECTED: Clock.ACTIVE,
    State.ON_HOLD: Clock.HOLD,
    State.TRANSFERRING: Clock.TRANSFER,
    State.RECONNECTING: Clock.RECONNECT,
    State.OFFLINE: Clock.RECONNECT,
}
"""In a final state none runs. OFFLINE is reached from RECONNECTING alone, whose time goes on in it."""


def clock_of(state: State, picked_up: bool) -> Clock | None:
    """Return which clock runs in a state. Who is handed over before any technician picked them up still waits."""
    if state is State.TRANSFERRING and not picked_up:
        return Clock.WAITING
    return CLOCKS.get(state)


class ImpossibleTransitionError(DesksideError):
    """A session in this state cannot go there. It stays as it was."""


_C, _T, _S, _A = SessionActor.CUSTOMER, SessionActor.TECHNICIAN, SessionActor.SYSTEM, SessionActor.ADMINISTRATOR
_R = SessionActor.AUTO_START
_AFTER_PICK_UP = (State.ACTIVE, State.RECONNECTING, State.OFFLINE, State.DISCONNECTED)
"""Those of which presence makes one another."""

_BACK = (State.ACTIVE, State.RECONNECTING, State.DISCONNECTED)
_HANDED_OVER = (State.WAITING, State.ACTIVE, State.ON_HOLD, State.TRANSFERRING)
"""What technicians and administrators hand over: T15, T16 and T18."""

TRANSITIONS: dict[tuple[State, State, SessionActor], Cause] = {
    (State.CONNECTING, State.WAITING, _C): Cause.CLIENT_CAME,  # T08
    (State.CONNECTING, State.REFUSED_BY_CUSTOMER, _C): Cause.DECLINED,  # T06
    (State.CONNECTING, State.CLOSED_BY_WAITING_CUSTOMER, _C): Cause.LEFT,  # T40
    (State.CONNECTING, State.TIMED_OUT, _S): Cause.TOOK_TOO_LONG,  # T07
    (State.WAITING, State.ACTIVE, _T): Cause.PICKED_UP,  # T10
    (State.WAITING, State.ACTIVE, _A): Cause.PICKED_UP,  # T11
    (State.WAITING, State.ACTIVE, _R): Cause.AUTO_STARTED,  # T12
    (State.WAITING, State.CLOSED_BY_WAITING_CUSTOMER, _C): Cause.LEFT,  # T13
    (State.WAITING, State.TIMED_OUT, _S): Cause.TOOK_TOO_LONG,  # T14
    (State.ACTIVE, State.RECONNECTING, _S): Cause.CUSTOMER_LOST,  # T26
    (State.RECONNECTING, State.ACTIVE, _S): Cause.CUSTOMER_BACK,  # T27
    (State.RECONNECTING, State.DISCONNECTED, _S): Cause.CUSTOMER_BACK,  # T27, and the technician has gone meanwhile
    (State.RECONNECTING, State.OFFLINE, _S): Cause.TOOK_TOO_LONG,  # T28
    (State.OFFLINE, State.ACTIVE, _S): Cause.CUSTOMER_BACK,  # T29
    (State.OFFLINE, State.DISCONNECTED, _S): Cause.CUSTOMER_BACK,  # T29, and the technician has gone meanwhile
    (State.ACTIVE, State.DISCONNECTED, _S): Cause.TECHNICIAN_LOST,  # T30
    (State.DISCONNECTED, State.RECONNECTING, _S): Cause.CUSTOMER_LOST,  # the customer has gone too
    (State.DISCONNECTED, State.ACTIVE, _S): Cause.TECHNICIAN_BACK,  # T31
    (State.DISCONNECTED, State.ACTIVE, _T): Cause.PICKED_UP,  # T16 and T17 at once: a colleague takes it over
    (State.ACTIVE, State.TIMED_OUT, _S): Cause.UNUSED,  # T34
    (State.DISCONNECTED, State.TIMED_OUT, _S): Cause.TOOK_TOO_LONG,  # T34
    (State.ACTIVE, State.ON_HOLD, _T): Cause.HELD,  # T22
    (State.ACTIVE, State.ON_HOLD, _A): Cause.HELD,  # T22
    (State.ON_HOLD, State.ACTIVE, _T): Cause.RESUMED,  # T23
    **{(state, State.TRANSFERRING, actor): Cause.TRANSFERRED for state in _HANDED_OVER for actor in (_T, _A)},
    (State.DISCONNECTED, State.TRANSFERRING, _A): Cause.TRANSFERRED,  # T16, and the technician has gone meanwhile
    (State.WAITING, State.TRANSFERRING, _S): Cause.TRANSFERRED,  # T15
    (State.TRANSFERRING, State.TRANSFERRING, _S): Cause.TRANSFERRED,  # T18
    (State.TRANSFERRING, State.ACTIVE, _T): Cause.PICKED_UP,  # T17
    (State.TRANSFERRING, State.ACTIVE, _R): Cause.AUTO_STARTED,  # T17
    (State.TRANSFERRING, State.CLOSED_BY_WAITING_CUSTOMER, _C): Cause.LEFT,  # T19
    (State.TRANSFERRING, State.CLOSED_BY_CUSTOMER, _C): Cause.LEFT,  # T20
    (State.TRANSFERRING, State.TIMED_OUT, _S): Cause.TOOK_TOO_LONG,  # T21
    # Cancelled, declined, or picked up by no one: it is again what it was, by who is there.
    **{(State.TRANSFERRING, state, _S): Cause.RETURNED for state in (*_BACK, State.WAITING)},
    (State.ON_HOLD, State.CLOSED_BY_CUSTOMER, _C): Cause.LEFT,  # T33
    **{
        (state, State.CLOSED_BY_TECHNICIAN, actor): Cause.ENDED
        for state in State
        if not state.is_final
        for actor in (_T, _A)
    },  # T32 and T39
    **{(state, State.CLOSED_BY_CUSTOMER, _C): Cause.LEFT for state in _AFTER_PICK_UP},  # T33
    **{
        (state, State.ABORTED_TECHNICIAN_REMOVED, _A): Cause.TECHNICIAN_REMOVED for state in State if not state.is_final
    },  # T36
}


def cause_of(old: State, new: State, actor: SessionActor) -> Cause:
    """Return why `actor` moves a session from `old` to `new`.

    Raises ImpossibleTransitionError where the table has no such row.
    """
    cause = TRANSITIONS.get((old, new, actor))
    if cause is None:
        raise ImpossibleTransitionError(f"a session that is {old} does not become {new} by the {actor}")
    return cause


def can_become(old: State, new: State, actor: SessionActor) -> bool:
    """Whether `actor` may move a session from `old` to `new`."""
    return (old, new, actor) in TRANSITIONS


def state_by_presence(state: State, customer: bool, technician: bool) -> State:
    """Return what a picked-up session is, from who is connected to the relay; any other state stays."""
    if state not in _AFTER_PICK_UP:
        return state
    if not customer:
        return state if state is State.OFFLINE else State.RECONNECTING
    return State.ACTIVE if technician else State.DISCONNECTED


def state_after_return(picked_up: bool, customer: bool, technician: bool) -> State:
    """Return what a session is that no other technician took over."""
    return state_by_presence(State.ACTIVE, customer, technician) if picked_up else State.WAITING


def closed_by_customer(state: State, picked_up: bool) -> State:
    """Return how a session ends when the customer leaves it. `picked_up`: whether any technician ever had."""
    before_pick_up = state in (State.CONNECTING, State.WAITING) or not picked_up
    return State.CLOSED_BY_WAITING_CUSTOMER if before_pick_up else State.CLOSED_BY_CUSTOMER


TO_PICK_UP = (State.WAITING, State.TRANSFERRING, State.ON_HOLD)
"""Where a session is active by being picked up: for the first time, by another technician, or again."""


def may_pick_up(state: State, holder_present: bool) -> bool:
    """Whether a console may take a session: it waits or is on hold, or the console that had it is gone."""
    return state in TO_PICK_UP or (state in _AFTER_PICK_UP and not holder_present)


def overdue(state: State, since: datetime, now: datetime, patience: Mapping[State, timedelta]) -> State | None:
    """Return what a session becomes because it has been in `state` for too long, or None.

    One that is handed over only ends where no technician ever had it; else it returns (`state_after_return`).
    """
    if state not in patience or now - since < patience[state]:
        return None
    return State.OFFLINE if state is State.RECONNECTING else State.TIMED_OUT
