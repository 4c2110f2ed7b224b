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


class SettingAction(StrEnum):
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
    old_action: SettingAction
    new_value: str
    new_action: SettingAction


def differences(catalogue: Catalogue, writes: Iterable[Write]) -> list[Difference]:
    """Return what the audit records of a save."""
    return [_difference(catalogue, write) for write in writes]


def _difference(catalogue: Catalogue, write: Write) -> Difference:
    setting = catalogue.setting(write.key.removeprefix(LOCK))
    section = catalogue.section(setting.key)
    if write.key.startswith(LOCK):
        actions = [SettingAction.LOCKED if value else SettingAction.NOT_LOCKED for value in (write.was, write.becomes)]
        return Difference(write.unit, section.title, setting.label, "", actions[0], "", actions[1])
    old, new = _actions(setting.kind, write)
    said = ["" if setting.sensitive else str(setting.kind.show(value)) for value in (write.was, write.becomes)]
    return Difference(write.unit, section.title, setting.label, said[0], old, said[1], new)


def _actions(kind: ValueKind, write: Write) -> tuple[SettingAction, SettingAction]:
    old, new = _action(kind, write.old), _action(kind, write.new)
    if isinstance(kind, (Table, ListOf)) and isinstance(write.old, list) and isinstance(write.new, list):
        if sorted(map(str, write.old)) == sorted(map(str, write.new)):
            return SettingAction.SORT, SettingAction.SORT
        if len(write.new) < len(write.old):
            return SettingAction.DELETED, new
        return old, SettingAction.ADDED if len(write.new) > len(write.old) else new
    return old, new


def _action(kind: ValueKind, own: Json) -> SettingAction:
    """Return the word for what a unit itself chose; one that chose nothing has nothing set."""
    if own is RESET:
        return SettingAction.NOT_SET
    match kind:
        case Switch():
            return SettingAction.ENABLED if own else SettingAction.DISABLED
        case Choice():
            return SettingAction.SELECTED
        case Several():
            return SettingAction.SELECTED if own else SettingAction.NOT_SELECTED
        case References():
            return SettingAction.ASSIGNED if own else SettingAction.NOT_ASSIGNED
        case _:
            return SettingAction.NOT_SET if own in (None, "", []) else SettingAction.SET
