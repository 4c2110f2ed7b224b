"""Where someone is in the Admin Center: the tab and the unit in the address, and which tabs are whose. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum

from relay.organization.rules import NotThereError, Reach
from relay.organization.units import Unit, UnitKind
from relay.settings import declare
from relay.settings.catalogue import CATALOGUE
from relay.texts import _
from relay.web.numbers import whole

_NAME = re.compile(r"([a-z_]{1,40})(?:-([0-9]{1,10}))?")
START = Unit(UnitKind.TECHNICIANS)
"""What is shown to people who have chosen nothing yet."""


class Tab(StrEnum):
    """The tabs, in their order. The values stand in addresses."""

    ORGANIZATION = "organization"
    COMPUTERS = "computers"
    CHANNELS = "channels"
    SESSIONS = "sessions"
    SETTINGS = "settings"
    REPORTS = "reports"
    CALLING_CARD = "calling-card"
    RESOURCES = "resources"
    GLOBAL_SETTINGS = "global-settings"


LABELS: Mapping[Tab, str] = {
    Tab.ORGANIZATION: _("Organisation"),
    Tab.COMPUTERS: _("Computers"),
    Tab.CHANNELS: _("Channels"),
    Tab.SESSIONS: _("Sessions"),
    Tab.SETTINGS: _("Settings"),
    Tab.REPORTS: _("Reports"),
    Tab.CALLING_CARD: _("Calling Card"),
    Tab.RESOURCES: _("Resources"),
    Tab.GLOBAL_SETTINGS: _("Global settings"),
}
OF_SETTINGS: Mapping[Tab, declare.Tab] = {
    Tab.ORGANIZATION: declare.Tab.ORGANISATION,
    Tab.SETTINGS: declare.Tab.SETTINGS,
    Tab.CALLING_CARD: declare.Tab.CALLING_CARD,
    Tab.RESOURCES: declare.Tab.RESOURCES,
    Tab.GLOBAL_SETTINGS: declare.Tab.GLOBAL_SETTINGS,
}
"""Tabs that carry settings, and which."""
_WITH_EFFECT = frozenset(CATALOGUE.section(setting.key).tab for setting in CATALOGUE if setting.in_effect)
PLANNED = frozenset(
    {
        Tab.COMPUTERS,
        *(tab for tab, of in OF_SETTINGS.items() if of not in _WITH_EFFECT and tab is not Tab.ORGANIZATION),
    }
)
"""Tabs of which nothing has an effect yet."""
FOR_ALL = frozenset({Tab.CALLING_CARD, Tab.RESOURCES, Tab.GLOBAL_SETTINGS})
"""Tabs about the whole organisation: for those who rule all of it (ORG-18), whatever is chosen in the tree."""


def tabs_of(reach: Reach, *, planned: bool = True) -> tuple[Tab, ...]:
    """Return the tabs that a person gets to see; none if the Admin Center is closed to them (ORG-58b, EDGE-13).

    Those that are `planned` only where that is wished.
    """
    shown = [tab for tab in Tab if planned or tab not in PLANNED]
    if reach.all:
        return tuple(shown)
    if reach.may_arrange:
        return tuple(tab for tab in shown if tab not in FOR_ALL)
    return (Tab.REPORTS,) if reach.reports else ()


def name_of(unit: Unit) -> str:
    """Return how a unit is called in addresses, cookies and forms: `technicians`, `technician_group-3`."""
    return unit.kind.value if unit.is_root else f"{unit.kind.value}-{unit.id}"


def unit_named(name: str) -> Unit:
    """Return the unit of such a name. Raises NotThereError."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] not in set(UnitKind):
        raise NotThereError(NotThereError.__doc__)
    number = whole(found[2] or "0")
    unit = Unit(UnitKind(found[1]), number or 0)
    if number is None or unit.is_root == bool(found[2]):
        raise NotThereError(NotThereError.__doc__)
    return unit


def address(tab: Tab, unit: Unit) -> str:
    """Return the address of a tab for a unit."""
    return f"/admin/{tab.value}/{name_of(unit)}"
