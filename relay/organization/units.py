"""What the organisation is made of: the kinds of units, and how one of them is named. Pure."""

from enum import StrEnum
from typing import NamedTuple


class UnitKind(StrEnum):
    """Every kind of thing in the tree. The values are stored, in audit events and settings among others."""

    MASTER_ADMINISTRATORS = "master_administrators"
    ADMINISTRATORS = "administrators"
    TECHNICIANS = "technicians"
    CHANNELS = "channels"
    EXTERNAL = "external"
    COMPUTERS = "computers"

    MASTER_ADMINISTRATOR = "master_administrator"
    ADMINISTRATOR = "administrator"
    ADMINISTRATOR_GROUP = "administrator_group"
    TECHNICIAN = "technician"
    TECHNICIAN_GROUP = "technician_group"
    CHANNEL = "channel"
    EXTERNAL_GROUP = "external_group"
    EXTERNAL_TECHNICIAN = "external_technician"
    COMPUTER_GROUP = "computer_group"
    COMPUTER = "computer"

    ADMINISTRATOR_LINK = "administrator_link"
    ADMINISTRATOR_GROUP_LINK = "administrator_group_link"
    EXTERNAL_LINK = "external_link"

    ORGANISATION = "organisation"


ROOTS = (
    UnitKind.MASTER_ADMINISTRATORS,
    UnitKind.ADMINISTRATORS,
    UnitKind.TECHNICIANS,
    UnitKind.CHANNELS,
    UnitKind.EXTERNAL,
    UnitKind.COMPUTERS,
)
"""The fixed roots of the tree, in its order (ORG-02). They are named, never made or removed."""

PLANNED = frozenset(
    {
        UnitKind.EXTERNAL,
        UnitKind.EXTERNAL_GROUP,
        UnitKind.EXTERNAL_TECHNICIAN,
        UnitKind.COMPUTERS,
        UnitKind.COMPUTER_GROUP,
        UnitKind.COMPUTER,
    }
)
"""Kinds that can be arranged already, but that no session uses yet: shown only where that is wished."""

PEOPLE = frozenset({UnitKind.MASTER_ADMINISTRATOR, UnitKind.ADMINISTRATOR, UnitKind.TECHNICIAN})
"""Units that can sign in."""


class Unit(NamedTuple):
    """One unit: its kind and its number among its kind. A root, and the organisation, is number 0."""

    kind: UnitKind
    id: int = 0

    @property
    def is_root(self) -> bool:
        """Whether this is one of the fixed roots."""
        return self.kind in ROOTS
