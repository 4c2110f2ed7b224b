"""Who can be given sessions. Pure.

A technician chooses a status, or none: then they are available. What is chosen holds until they choose something else.
Otherwise they are busy while they have more sessions than their group says, and away while no page of the console is
open, or none was used for as long as their group says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from codec.wire.technician_status import TechnicianStatus


@dataclass(frozen=True)
class Attention:
    """What one console says of its technician. `chosen_at` (seconds, of any clock) is when they chose `chosen`."""

    is_here: bool
    chosen: TechnicianStatus | None = None
    chosen_at: float = 0.0


def chosen_by(consoles: Iterable[Attention]) -> TechnicianStatus:
    """Return what a technician chose last, at any of their consoles."""
    choices = [(each.chosen_at, each.chosen) for each in consoles if each.chosen is not None]
    return max(choices)[1] if choices else TechnicianStatus.AVAILABLE


def status_of(consoles: Iterable[Attention], sessions: int, busy_above: int) -> TechnicianStatus:
    """Return how a technician is who has so many sessions, and is busy with more than `busy_above` (TECH-03)."""
    consoles = list(consoles)
    chosen = chosen_by(consoles)
    if chosen is not TechnicianStatus.AVAILABLE:
        return chosen
    if not any(each.is_here for each in consoles):
        return TechnicianStatus.AWAY
    return TechnicianStatus.BUSY if sessions > busy_above else TechnicianStatus.AVAILABLE


def is_available(status: TechnicianStatus | None) -> bool:
    """Whether a technician can be given a session (SESS-98). None is one who is not signed in to the console."""
    return status is TechnicianStatus.AVAILABLE


@dataclass(frozen=True)
class Load:
    """How much a technician has to do: how many sessions they have, and when they last began or ended one.

    `idle_since` None: never.
    """

    person: int
    sessions: int
    idle_since: datetime | None = None


def least_loaded(loads: Iterable[Load]) -> int | None:
    """Return who has the fewest sessions, and among equals who has been idle longest (SESS-78). None without anyone."""
    return min(loads, key=_by_load).person if (loads := list(loads)) else None


def _by_load(load: Load) -> tuple[int, bool, float, int]:
    idle = 0.0 if load.idle_since is None else load.idle_since.timestamp()
    return load.sessions, load.idle_since is not None, idle, load.person
