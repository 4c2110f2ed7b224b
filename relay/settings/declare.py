"""The words in which settings are declared: Setting, Section and Rule. What values look like is in `kinds`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from relay.organization.guard import Guard
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.kinds import ValueKind
from relay.settings.sentences import Sentence
from relay.texts import _

Json = Any
"""A value as it is stored: what JSON can say."""
Values = Mapping[str, Json]
"""Values by the keys of their settings."""


class Tab(StrEnum):
    """The tabs of the Admin Center, and the pages beside it, that carry settings."""

    ORGANISATION = _("Organisation")
    CHANNELS = _("Channels")
    SETTINGS = _("Settings")
    CALLING_CARD = _("Calling Card")
    RESOURCES = _("Resources")
    GLOBAL_SETTINGS = _("Global settings")
    MY_ACCOUNT = _("My account")
    COMMAND_CENTER = _("Command Center")


class Editors(StrEnum):
    """Who may change a section."""

    MASTERS = "masters"
    """Master administrators only."""
    ADMINISTRATORS = "administrators"
    """Master administrators everywhere, administrators for the units in their reach."""
    SELF = "self"
    """Everybody for himself."""


class Scope(StrEnum):
    """How far one save reaches."""

    UNIT = "unit"
    SUBGROUPS = "subgroups"
    ALL_GROUPS = "all_groups"
    ALL_CHANNELS = "all_channels"


GROUP_SCOPES = (Scope.UNIT, Scope.SUBGROUPS, Scope.ALL_GROUPS)
CHANNEL_SCOPES = (Scope.UNIT, Scope.ALL_CHANNELS)
WIDE_SCOPES = (*GROUP_SCOPES, Scope.ALL_CHANNELS)
UNIT_ONLY = (Scope.UNIT,)


@dataclass(frozen=True)
class When:
    """A setting means something only when another one has one of these values."""

    key: str
    values: tuple[Json, ...] = (True,)

    def holds(self, values: Values) -> bool:
        """Say whether it does; a list or set in the other setting counts by what it contains."""
        value = values.get(self.key)
        return any(each in self.values for each in value) if isinstance(value, list) else value in self.values


@dataclass(frozen=True)
class Setting:
    """One thing that can be chosen.

    `key` is `section.name`. `default` holds where nobody chose; `defaults` differ by kind of unit. `units` narrows the
    section's. `when`: all of them must hold, or the form greys it out and nobody reads it. `requirements` are the ids
    it answers. `in_effect`: something in the program obeys it; without, forms and documents say that it does not yet.
    `planned_for` are kinds of units for which nothing does although it is in effect for others.
    `for_console`: the consoles of the group's technicians are told what holds. `for_customer`: the customers of the
    channel's or group's sessions are, where all of its `when` hold.
    """

    key: str
    label: str
    kind: ValueKind
    default: Json
    help: str = ""
    units: tuple[HolderKind, ...] = ()
    defaults: Mapping[HolderKind, Json] = field(default_factory=dict)
    when: tuple[When, ...] = ()
    requirements: tuple[str, ...] = ()
    in_effect: bool = False
    for_console: bool = False
    for_customer: bool = False
    planned_for: tuple[HolderKind, ...] = ()

    def has_effect_for(self, kind: HolderKind) -> bool:
        """Whether something obeys what a unit of this kind chooses."""
        return self.in_effect and kind not in self.planned_for

    @property
    def sensitive(self) -> bool:
        """Whether the value must never be shown again."""
        return self.kind.sensitive

    def default_for(self, kind: HolderKind) -> Json:
        """Return what holds for a unit of this kind when nobody chose."""
        return self.defaults.get(kind, self.default)


@dataclass(frozen=True)
class Rule:
    """Something that several settings must agree on. `broken` returns what to say at `field`, or None.

    `reads` are the settings it looks at. `confirm`: it may be saved all the same, once someone has read the sentence.
    """

    field: str
    reads: tuple[str, ...]
    broken: Callable[[Values], Sentence | None]
    confirm: bool = False


@dataclass(frozen=True)
class AcrossRule:
    """Something that the values of several units must agree on, such as channels that hand on to one another."""

    field: str
    reads: tuple[str, ...]
    broken: Callable[[Holder, Callable[[Holder], Values], Tree], Sentence | None]


@dataclass(frozen=True)
class Section:
    """A heading of a form, and the settings under it.

    `inherits`: a unit that chose nothing takes what is above it in the tree, up to the organisation.
    `guard` is what a change or a lock asks of the person who makes it, where the section decides how people sign in.
    """

    key: str
    tab: Tab
    title: str
    units: tuple[HolderKind, ...]
    settings: tuple[Setting, ...]
    help: str = ""
    scopes: tuple[Scope, ...] = UNIT_ONLY
    editors: Editors = Editors.ADMINISTRATORS
    inherits: bool = True
    guard: Guard = Guard.NONE
    rules: tuple[Rule, ...] = ()
    across: tuple[AcrossRule, ...] = ()

    def units_of(self, setting: Setting) -> tuple[HolderKind, ...]:
        """Return the kinds of units that the setting belongs to."""
        return setting.units or self.units

    def carries(self, setting: Setting, kind: HolderKind) -> bool:
        """Whether a unit of this kind can have a value: its own, or as the organisation's choice for all."""
        units = self.units_of(setting)
        return kind in units or (self.inherits and kind is HolderKind.ORGANISATION and HolderKind.PERSON not in units)
