"""Whom a change of the organisation may concern in what they may do and how they record. Pure.

What is not known to leave everybody as they are concerns everybody: forgetting something here costs time, not safety.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from relay.organization.audit import Change
from relay.organization.units import PEOPLE, UnitKind

NOBODYS = frozenset(
    {
        UnitKind.CHANNELS,
        UnitKind.CHANNEL,
        UnitKind.EXTERNAL,
        UnitKind.EXTERNAL_GROUP,
        UnitKind.EXTERNAL_TECHNICIAN,
        UnitKind.EXTERNAL_LINK,
        UnitKind.COMPUTERS,
        UnitKind.COMPUTER_GROUP,
        UnitKind.COMPUTER,
        UnitKind.ADMINISTRATOR_LINK,
        UnitKind.ADMINISTRATOR_GROUP_LINK,
    }
)
"""Units that give nobody a permission and say nothing of recordings."""


@dataclass(frozen=True)
class Concerned:
    """People, and everybody in groups, at any depth; or everybody."""

    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    everybody: bool = False

    def __or__(self, other: "Concerned") -> "Concerned":
        """Whom either concerns."""
        return Concerned(self.people | other.people, self.groups | other.groups, self.everybody or other.everybody)


EVERYBODY = Concerned(everybody=True)
NOBODY = Concerned()


def concerned_by(changes: Iterable[Change]) -> Concerned:
    """Return whom changes may concern."""
    found = NOBODY
    for change in changes:
        kind, number = change.unit
        if kind in PEOPLE:
            found |= Concerned(people=frozenset({number}))
        elif kind is UnitKind.TECHNICIAN_GROUP:
            found |= Concerned(groups=frozenset({number}))
        elif kind not in NOBODYS:
            found |= EVERYBODY
    return found
