"""The events of accounts that master administrators can be told of by mail (SEC-03 to SEC-13). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.organization.audit import Change, Done
from relay.organization.units import PEOPLE, UnitKind
from relay.texts import _


class Event(StrEnum):
    """What can happen. The values are stored."""

    LOGIN_SUCCEEDED = "login_succeeded"
    LOGIN_FAILED = "login_failed"
    CONTACT_CHANGED = "contact_changed"
    BILLING_CHANGED = "billing_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  (a word in a column)
    ADMINISTRATOR_ADDED = "administrator_added"
    ADMINISTRATOR_CHANGED = "administrator_changed"
    ADMINISTRATORS_REMOVED = "administrators_removed"
    TECHNICIAN_ADDED = "technician_added"
    TECHNICIAN_CHANGED = "technician_changed"
    TECHNICIANS_REMOVED = "technicians_removed"
    CUSTOMER_DISOWNED = "customer_disowned"


LABELS: Mapping[Event, str] = {
    Event.LOGIN_SUCCEEDED: _("Someone signed in"),
    Event.LOGIN_FAILED: _("A sign-in failed"),
    Event.CONTACT_CHANGED: _("Contact details were changed"),
    Event.BILLING_CHANGED: _("Billing details were changed"),
    Event.PASSWORD_CHANGED: _("A password was changed"),
    Event.ADMINISTRATOR_ADDED: _("An administrator was added"),
    Event.ADMINISTRATOR_CHANGED: _("An administrator’s details were changed"),
    Event.ADMINISTRATORS_REMOVED: _("Administrators were removed"),
    Event.TECHNICIAN_ADDED: _("A technician was added"),
    Event.TECHNICIAN_CHANGED: _("A technician’s details were changed"),
    Event.TECHNICIANS_REMOVED: _("Technicians were removed"),
    Event.CUSTOMER_DISOWNED: _("A customer said that a technician is not who they spoke to"),
}
PASSWORD = "password"  # noqa: S105  (the name of a field)
"""How the audit trail calls the password among the fields of a person."""
SECOND_STEP = "two_step"
LINK = "password link"
_OF_ORGANISATION = {"contact_details": Event.CONTACT_CHANGED, "billing_details": Event.BILLING_CHANGED}


@dataclass(frozen=True)
class Notification:
    """Something that happened: who did it, whom it concerns, and from which address."""

    event: Event
    actor: str
    affected: tuple[str, ...]
    address: str
    at: datetime


def people_of(changes: Iterable[Change]) -> frozenset[int]:
    """Return the people that changes are about."""
    return frozenset(change.unit.id for change in changes if change.unit.kind in PEOPLE)


def events_of(
    changes: Iterable[Change], valid_since: Mapping[int, datetime | None], now: datetime
) -> dict[Event, tuple[str, ...]]:
    """Return what changes that were made together mean, and the names that each concerns.

    Someone counts as added from the moment at which name and address are complete (EDGE-01): `valid_since` of the
    people is then `now`. Before, nothing about them is news.
    """
    found: dict[Event, dict[tuple[UnitKind, int], str]] = {}
    for change in changes:
        event = _event_of(change, valid_since.get(change.unit.id), now)
        if event is not None:
            found.setdefault(event, {})[change.unit.kind, change.unit.id] = change.name
    return {event: tuple(names.values()) for event, names in found.items()}


def _event_of(change: Change, valid_since: datetime | None, now: datetime) -> Event | None:
    if change.unit.kind is UnitKind.ORGANISATION:
        return _OF_ORGANISATION.get(change.field)
    if change.unit.kind not in PEOPLE or valid_since is None:
        return None
    technician = change.unit.kind is UnitKind.TECHNICIAN
    if change.done is Done.DELETE:
        return Event.TECHNICIANS_REMOVED if technician else Event.ADMINISTRATORS_REMOVED
    if valid_since == now:
        return Event.TECHNICIAN_ADDED if technician else Event.ADMINISTRATOR_ADDED
    if change.field == PASSWORD:
        return Event.PASSWORD_CHANGED
    if change.done in (Done.EDIT, Done.MOVE):
        return Event.TECHNICIAN_CHANGED if technician else Event.ADMINISTRATOR_CHANGED
    return None
