"""What changes of accounts mean to those who are told of them."""

from datetime import UTC, datetime, timedelta

import pytest

from relay.notifications.events import LABELS, PASSWORD, Event, events_of, people_of
from relay.organization.audit import Change, Done
from relay.organization.units import Unit, UnitKind

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
TECHNICIAN, ADMINISTRATOR = Unit(UnitKind.TECHNICIAN, 7), Unit(UnitKind.ADMINISTRATOR, 8)


def change(unit: Unit, done: Done = Done.EDIT, field: str = "name", name: str = "Anna") -> Change:
    """Return one change of one field."""
    return Change(unit, name, done, "general", field)


@pytest.mark.parametrize(
    ("made", "since", "event"),
    [
        (change(TECHNICIAN), NOW, Event.TECHNICIAN_ADDED),
        (change(ADMINISTRATOR), NOW, Event.ADMINISTRATOR_ADDED),
        (change(TECHNICIAN), BEFORE, Event.TECHNICIAN_CHANGED),
        (change(ADMINISTRATOR, Done.MOVE), BEFORE, Event.ADMINISTRATOR_CHANGED),
        (change(TECHNICIAN, Done.DELETE), BEFORE, Event.TECHNICIANS_REMOVED),
        (change(ADMINISTRATOR, Done.DELETE), BEFORE, Event.ADMINISTRATORS_REMOVED),
        (change(TECHNICIAN, field=PASSWORD), BEFORE, Event.PASSWORD_CHANGED),
        (change(TECHNICIAN, field=PASSWORD), NOW, Event.TECHNICIAN_ADDED),
        (change(Unit(UnitKind.ORGANISATION, 1), field="billing_details"), None, Event.BILLING_CHANGED),
        (change(Unit(UnitKind.ORGANISATION, 1), field="name"), None, None),
        (change(Unit(UnitKind.TECHNICIAN_GROUP, 1)), None, None),
        (change(TECHNICIAN), None, None),
    ],
)
def test_a_change_is_one_event_or_none(made: Change, since: datetime | None, event: Event | None) -> None:
    """EDGE-01: nothing is news of somebody who is not complete yet."""
    found = events_of([made], {made.unit.id: since}, NOW)
    assert found == ({} if event is None else {event: ("Anna",)})


def test_each_person_is_named_once_however_many_fields_changed() -> None:
    """One mail, with the names of all."""
    other = Unit(UnitKind.TECHNICIAN, 9)
    made = [change(TECHNICIAN, field="name"), change(TECHNICIAN, field="nickname"), change(other, name="Ben")]
    assert events_of(made, {7: BEFORE, 9: BEFORE}, NOW) == {Event.TECHNICIAN_CHANGED: ("Anna", "Ben")}
    assert people_of([*made, change(Unit(UnitKind.CHANNEL, 3))]) == {7, 9}


def test_each_event_has_a_label() -> None:
    """Whoever adds one says what it is called."""
    assert set(LABELS) == set(Event)
