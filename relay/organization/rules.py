"""Who may arrange what in the organisation, and what must not come about. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from codec.errors import DesksideError
from relay.accounts.rules import Licence, Role
from relay.field_errors import FieldError
from relay.organization.units import Unit, UnitKind

MAX_TOTAL = 1_000_000
"""The largest number of licences; more is the same as no limit."""


class NotAllowedError(DesksideError):
    """You do not have permission for this. Ask a master administrator."""


class NotThereError(DesksideError):
    """This item does not exist, or you do not have access to it. Reload the tree."""


class PlannedError(NotThereError):
    """This is planned for a later version."""


class CycleError(DesksideError):
    """A group cannot be inside itself. Choose another place."""


class NotEmptyError(DesksideError):
    """This group is not empty. Move or remove its contents first, or select them too."""


class LastOneError(DesksideError):
    """Someone must be able to manage the organisation. Make another person account owner first."""


class NoLicenceLeftError(DesksideError):
    """All licences of this kind are in use. Take one from another person, or raise the total."""


class LockedError(DesksideError):
    """A master administrator has locked this permission. Ask them to change it."""


class WrongPlaceError(DesksideError):
    """This cannot be placed there."""


class ChangedMeanwhileError(DesksideError):
    """Someone changed the same fields in the meantime. Check their values, then save again.

    `fields` names each of those fields and who changed it last.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        who = ", ".join(sorted(set(fields.values())))
        super().__init__(f"{who} changed the same fields meanwhile. Look at their values, then save again.")
        self.fields = dict(fields)


class Rights(StrEnum):
    """What an administrator group lets its members reach."""

    STANDARD = "standard"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Actor:
    """Who does something, and from where. The relay itself is nobody's `person`.

    `key` is the API key of a program that acts as a person; a person acts by a `sign_in`, and last gave password and
    code on it at `proved_at`. Without either, nothing that guards a sign-in can be changed.
    """

    person: int | None
    name: str
    role: Role | None
    address: str
    key: int | None = None
    sign_in: int | None = None
    proved_at: datetime | None = None

    @property
    def kind(self) -> str:
        """How the audit trail calls this actor's kind."""
        return "system" if self.role is None else self.role.value


@dataclass(frozen=True)
class Reach:
    """What someone may arrange: `all` of it, or these technician groups with everything in them (ORG-19).

    `groups` already holds everything below what is assigned. `at_top` is for those assigned to the root of technicians.
    `may_arrange` is False for members of restricted administrator groups; `command_center` and `reports` are theirs.
    """

    all: bool = False
    groups: frozenset[int] = frozenset()
    at_top: bool = False
    may_arrange: bool = True
    command_center: bool = True
    reports: bool = True

    def has(self, group: int | None) -> bool:
        """Whether a technician group, or the top of them, is in reach."""
        return self.all or (self.at_top if group is None else group in self.groups)


NOWHERE = Reach(may_arrange=False, command_center=False, reports=False)
"""A technician, or nobody."""


def reach_of(
    role: Role | None,
    rights: Rights,
    allow_command_center: bool,
    allow_reports: bool,
    groups: frozenset[int],
    at_top: bool,
) -> Reach:
    """Return what someone of this role may arrange; the rights are those of his own administrator group (EDGE-14)."""
    if role is None or role is Role.TECHNICIAN:
        return NOWHERE
    if role.rules_all:
        return Reach(all=True, at_top=True)
    standard = rights is Rights.STANDARD
    return Reach(
        groups=groups,
        at_top=at_top,
        may_arrange=standard,
        command_center=standard or allow_command_center,
        reports=standard or allow_reports,
    )


_IN_GROUPS = frozenset({UnitKind.TECHNICIAN, UnitKind.TECHNICIAN_GROUP, UnitKind.COMPUTER_GROUP, UnitKind.COMPUTER})
"""What an administrator looks after, where it is in a group of his."""
_PLACES: Mapping[UnitKind, frozenset[UnitKind]] = {
    UnitKind.MASTER_ADMINISTRATOR: frozenset({UnitKind.MASTER_ADMINISTRATORS}),
    UnitKind.ADMINISTRATOR: frozenset({UnitKind.ADMINISTRATORS, UnitKind.ADMINISTRATOR_GROUP}),
    UnitKind.ADMINISTRATOR_GROUP: frozenset({UnitKind.ADMINISTRATORS, UnitKind.ADMINISTRATOR_GROUP}),
    UnitKind.TECHNICIAN_GROUP: frozenset({UnitKind.TECHNICIANS, UnitKind.TECHNICIAN_GROUP}),
    UnitKind.TECHNICIAN: frozenset({UnitKind.TECHNICIAN_GROUP}),
    UnitKind.CHANNEL: frozenset({UnitKind.CHANNELS}),
    UnitKind.EXTERNAL_GROUP: frozenset({UnitKind.EXTERNAL}),
    UnitKind.EXTERNAL_TECHNICIAN: frozenset({UnitKind.EXTERNAL_GROUP}),
    UnitKind.COMPUTER_GROUP: frozenset({UnitKind.TECHNICIAN_GROUP}),
}


def check_place(kind: UnitKind, place: UnitKind) -> None:
    """Raise WrongPlaceError unless units of a kind can stand there (ORG-37, 41, 42, 53, 64, 69)."""
    if place not in _PLACES.get(kind, frozenset()):
        raise WrongPlaceError(WrongPlaceError.__doc__)


def check_reach(reach: Reach, kind: UnitKind, groups: Iterable[int | None]) -> None:
    """Raise NotAllowedError unless someone may arrange a unit of this kind which is in these technician groups."""
    if reach.all:
        return
    concerned = list(groups)
    if not reach.may_arrange or kind not in _IN_GROUPS or not concerned or not all(map(reach.has, concerned)):
        raise NotAllowedError(NotAllowedError.__doc__)


def check_link(reach: Reach, kind: UnitKind, group: int | None) -> None:
    """Raise NotAllowedError unless someone may put a unit of this kind at a technician group's disposal, or take it.

    Administrators are assigned by master administrators only (ORG-48); channels, outsiders and computers by those who
    answer for the group (CHAN-13, COLL-11, UNAT-17).
    """
    administrators = kind in (UnitKind.ADMINISTRATOR, UnitKind.ADMINISTRATOR_GROUP)
    if not reach.all and (administrators or not reach.may_arrange or not reach.has(group)):
        raise NotAllowedError(NotAllowedError.__doc__)


def check_shared(reach: Reach, groups: Iterable[int | None]) -> None:
    """Raise NotAllowedError unless a unit that groups share is within reach: all of its groups are, and it has one.

    Otherwise people who link a unit to a group of theirs would reach what they could not reach before.
    """
    shared = list(groups)
    if not reach.all and not (shared and all(map(reach.has, shared))):
        raise NotAllowedError(NotAllowedError.__doc__)


def creatable(reach: Reach, place: Unit) -> tuple[UnitKind, ...]:
    """Return what someone may create at a place, in the order of the menu (ORG-11). A computer creates itself."""
    group = place.id if place.kind is UnitKind.TECHNICIAN_GROUP else None
    return tuple(
        kind
        for kind, places in _PLACES.items()
        if place.kind in places and (reach.all or (kind in _IN_GROUPS and reach.may_arrange and reach.has(group)))
    )


def check_somebody_left(owners_before: frozenset[int], owners_after: frozenset[int]) -> None:
    """Raise LastOneError when the last active account owner would go (ORG-40)."""
    if owners_before and not owners_after:
        raise LastOneError(LastOneError.__doc__)


def check_licence(total: int | None, given: int) -> None:
    """Raise NoLicenceLeftError when one more cannot be given. `total` None is unlimited (ORG-30, ORG-31)."""
    if total is not None and given >= total:
        raise NoLicenceLeftError(NoLicenceLeftError.__doc__)


def check_total(kind: Licence, total: int | None, given: int) -> None:
    """Raise FieldError unless there can be so many licences of a kind: none is taken from anybody."""
    if total is None:
        return
    if not 0 <= total <= MAX_TOTAL:
        raise FieldError(kind, "out_of_range", f"Enter a number from 0 to {MAX_TOTAL}, or leave it empty for no limit.")
    if total < given:
        raise FieldError(kind, "too_few", f"{given} are in use. Unassign some first, or enter {given} or more.")


def rights_are_whole(rights: str, allow_command_center: bool, allow_reports: bool) -> bool:
    """Whether an administrator group's rights can be stored: restricted ones restrict to something (ORG-58)."""
    return rights == Rights.STANDARD or allow_command_center or allow_reports
