"""What an administrator changed, one field at a time: how it is said, and how it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from relay.logs.events import CHANGED, when_kept
from relay.organization.model import AuditEventRow
from relay.organization.rules import Actor
from relay.organization.units import Unit, UnitKind
from relay.secret import new_secret

CHANGE_ID_LENGTH = 32
MAX_UNIT_NAME = 256


class Done(StrEnum):
    """What was done to a unit (the report's change type)."""

    ADD = "add"
    DELETE = "delete"
    MOVE = "move"
    COPY = "copy"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    EDIT = "edit"


class Action(StrEnum):
    """The condition of a field, before or after. `ADDED` exists after only."""

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
    ADDED = "added"
    DELETED = "deleted"
    SORT = "sort"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Change:
    """One field of one unit, before and after. A value that is secret is left empty; its action says enough."""

    unit: Unit
    name: str
    done: Done
    section: str = ""
    field: str = ""
    old_value: str = ""
    old_action: Action = Action.UNKNOWN
    new_value: str = ""
    new_action: Action = Action.UNKNOWN
    version: int | None = None
    """The version that the change made of the unit."""


def of_value(value: object) -> tuple[str, Action]:
    """Return how a field's value is in the trail."""
    match value:
        case None | "":
            return "", Action.NOT_SET
        case bool():
            return "", Action.SELECTED if value else Action.NOT_SELECTED
        case "enabled":
            return "", Action.ENABLED
        case "disabled":
            return "", Action.DISABLED
        case _:
            return str(value), Action.SET


def write(transaction: AsyncSession, actor: Actor, changes: Iterable[Change], now: datetime) -> None:
    """Keep changes that were made together. They are kept or lost with the transaction that makes them."""
    together = new_secret()[:CHANGE_ID_LENGTH]
    for change in changes:
        when_kept(
            transaction,
            CHANGED,
            address=actor.address or None,
            by=actor.name,
            unit=change.unit.kind.value,
            unit_id=change.unit.id,
            name=change.name,
            change=change.done.value,
            section=change.section or None,
            field=change.field or None,
            action=change.new_action.value,
        )
        transaction.add(
            AuditEventRow(
                change_id=together,
                at=now,
                actor_id=actor.person,
                actor_kind=actor.kind,
                actor_name=actor.name,
                address=actor.address,
                level="company" if change.unit.kind is UnitKind.ORGANISATION else "unit",
                unit_kind=change.unit.kind,
                unit_id=change.unit.id,
                unit_name=change.name[:MAX_UNIT_NAME],
                unit_version=change.version,
                change=change.done,
                section=change.section,
                field=change.field,
                old_value=change.old_value,
                old_action=change.old_action,
                new_value=change.new_value,
                new_action=change.new_action,
            )
        )
