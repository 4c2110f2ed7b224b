"""What the audit hears of a save: one difference for each row, in the words of the audit report."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from relay.settings.catalogue import Catalogue
from relay.settings.changes import Write
from relay.settings.compound_kinds import ListOf, Table
from relay.settings.declare import Json
from relay.settings.holders import Holder
from relay.settings.inheritance import LOCK
from relay.settings.kinds import Choice, References, Several, Switch, ValueKind
from relay.settings.validation import RESET


class Action(StrEnum):
    """What a field was or became, by the names that the audit trail stores."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    SET = "set"
    NOT_SET = "not_set"
    ASSIGNED = "assigned"
    NOT_ASSIGNED = "not_assigned"
    LOCKED = "locked"
    NOT_LOCKED = "not_locked"
    DELETED = "deleted"
    SORT = "sort"
    ADDED = "added"


@dataclass(frozen=True)
class Difference:
    """One changed field: heading and label as the form shows them in English, values in words, never a secret."""

    unit: Holder
    section: str
    field: str
    old_value: str
    old_action: Action
    new_value: str
    new_action: Action


def differences(catalogue: Catalogue, writes: Iterable[Write]) -> list[Difference]:
    """Return what the audit records of a save."""
    return [_difference(catalogue, write) for write in writes]


def _difference(catalogue: Catalogue, write: Write) -> Difference:
    setting = catalogue.setting(write.key.removeprefix(LOCK))
    section = catalogue.section(setting.key)
    if write.key.startswith(LOCK):
        actions = [Action.LOCKED if value else Action.NOT_LOCKED for value in (write.was, write.becomes)]
        return Difference(write.unit, section.title, setting.label, "", actions[0], "", actions[1])
    old, new = _actions(setting.kind, write)
    said = ["" if setting.sensitive else str(setting.kind.show(value)) for value in (write.was, write.becomes)]
    return Difference(write.unit, section.title, setting.label, said[0], old, said[1], new)


def _actions(kind: ValueKind, write: Write) -> tuple[Action, Action]:
    old, new = _action(kind, write.old), _action(kind, write.new)
    if isinstance(kind, (Table, ListOf)) and isinstance(write.old, list) and isinstance(write.new, list):
        if sorted(map(str, write.old)) == sorted(map(str, write.new)):
            return Action.SORT, Action.SORT
        if len(write.new) < len(write.old):
            return Action.DELETED, new
        return old, Action.ADDED if len(write.new) > len(write.old) else new
    return old, new


def _action(kind: ValueKind, own: Json) -> Action:
    """Return the word for what a unit itself chose; one that chose nothing has nothing set."""
    if own is RESET:
        return Action.NOT_SET
    match kind:
        case Switch():
            return Action.ENABLED if own else Action.DISABLED
        case Choice():
            return Action.SELECTED
        case Several():
            return Action.SELECTED if own else Action.NOT_SELECTED
        case References():
            return Action.ASSIGNED if own else Action.NOT_ASSIGNED
        case _:
            return Action.NOT_SET if own in (None, "", []) else Action.SET
