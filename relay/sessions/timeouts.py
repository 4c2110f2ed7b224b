"""How long a session may stay in each state: as its channel chose, or for private sessions its technician's group.

Where neither chose anything, the times of the relay's operator hold (`pin_minutes`, `link_hours` and the like).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from codec.wire.api_types import SessionState
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held, Origin

CONNECTING, WAITING, ACTIVE = "timeouts.connecting", "timeouts.waiting", "timeouts.active"
STATES = {
    CONNECTING: (SessionState.CONNECTING,),
    WAITING: (SessionState.WAITING, SessionState.TRANSFERRING),
    ACTIVE: (SessionState.ACTIVE,),
}
"""One that is handed over waits as any other."""
MINUTE = timedelta(minutes=1)
Patience = Mapping[SessionState, timedelta]
"""How long a session may stay in a state; forever in one that is missing."""


@dataclass(frozen=True)
class Belonging:
    """Where a session belongs: to a channel, or to a technician alone."""

    channel: int | None
    person: int | None


PatienceOf = Callable[[Iterable[Belonging]], Awaitable[Mapping[Belonging, Patience]]]
"""Gives how long sessions may stay in their states."""


def always(patience: Patience) -> PatienceOf:
    """Return what gives the same for all."""

    async def read(belongings: Iterable[Belonging]) -> Mapping[Belonging, Patience]:
        return dict.fromkeys(belongings, patience)

    return read


def patience_by(held: Mapping[str, Held], by_operator: Patience) -> Patience:
    """Return how long a session may stay in each state, by what holds for its unit. Pure.

    What no one chose is as the operator has it; active sessions end by the setting's own default. 0 is never.
    """
    patience = dict(by_operator)
    for key, states in STATES.items():
        if held[key].source is Origin.DEFAULT and states[0] in by_operator:
            continue
        for state in states:
            patience[state] = held[key].value * MINUTE
            if held[key].value == 0:
                del patience[state]
    return patience


def chosen_patience(permissions: Permissions, settings: AppliedSettings, by_operator: Patience) -> PatienceOf:
    """Return what reads it. For private sessions of administrators, who have no group, the operator's times hold."""

    async def read(belongings: Iterable[Belonging]) -> Mapping[Belonging, Patience]:
        wanted = set(belongings)
        people = {each.person for each in wanted if each.channel is None and each.person is not None}
        groups = {person: held.group for person, held in (await permissions.held_by(people)).items()}
        units = {each: _unit(each, groups) for each in wanted}
        held = await settings.held_by({unit for unit in units.values() if unit is not None}, STATES)
        return {
            each: by_operator if unit is None or unit not in held else patience_by(held[unit], by_operator)
            for each, unit in units.items()
        }

    return read


def _unit(belonging: Belonging, groups: Mapping[int, Any]) -> Holder | None:
    if belonging.channel is not None:
        return Holder(HolderKind.CHANNEL, belonging.channel)
    group = None if belonging.person is None else groups.get(belonging.person)
    return None if group is None else Holder(HolderKind.GROUP, group)
