"""The form of a unit: what is drawn of its fields, and what somebody changed in it."""

import pytest
from multidict import MultiDict

from relay.admin.organization_form import (
    CHOSEN,
    LOCK,
    LOCKABLE,
    PERMISSION,
    WAS,
    changed_fields,
    changed_permissions,
    labels,
    parts,
    stood,
)
from relay.organization.units import UnitKind
from relay.permissions.catalogue import BY_KEY
from relay.permissions.service import PermissionChange

GROUP = UnitKind.TECHNICIAN_GROUP
VALUES = {"name": "Service desk", "description": "", "status": "enabled"}
PERMISSION_KEY = next(iter(BY_KEY))


def posted(**entered: str) -> MultiDict[str]:
    """Return the form of the group as a browser posts it, with what was entered."""
    return MultiDict({**{WAS + key: value for key, value in VALUES.items()}, **VALUES, **entered})


def plain(text: str) -> str:
    """Say it in the language of the source."""
    return text


@pytest.mark.parametrize(
    ("entered", "changed"),
    [
        ({}, {}),
        ({"name": "Helpdesk"}, {"name": "Helpdesk"}),
        ({"name": " Service desk "}, {}),
        ({"description": "two\r\nlines"}, {"description": "two\r\nlines"}),
        ({"name": "Helpdesk", CHOSEN + "name": "theirs"}, {}),
        ({CHOSEN + "name": "mine"}, {"name": "Service desk"}),
        ({"no_such_field": "x", WAS + "no_such_field": ""}, {}),
    ],
)
def test_only_what_differs_from_what_was_drawn_is_a_change(entered: dict[str, str], changed: dict[str, object]) -> None:
    """And where two changed the same field, what was chosen of both."""
    assert changed_fields(GROUP, posted(**entered)) == changed


def test_line_ends_of_a_browser_are_no_change() -> None:
    """It posts CR LF whatever it was given."""
    form = posted(**{WAS + "description": "two\nlines", "description": "two\r\nlines"})
    assert changed_fields(GROUP, form) == {}


def test_a_field_that_was_not_drawn_is_not_changed() -> None:
    """A form without it says nothing about it."""
    form = posted(name="Helpdesk")
    del form[WAS + "name"]
    assert changed_fields(GROUP, form) == {}


@pytest.mark.parametrize(
    ("box", "lock", "wish"),
    [
        (True, False, None),
        (False, False, PermissionChange(False, None, False)),
        (True, True, PermissionChange(True, None, True)),
    ],
)
def test_a_box_that_is_not_ticked_is_not_posted(box: bool, lock: bool, wish: PermissionChange | None) -> None:
    """So the form carries how each permission stood."""
    form = MultiDict({WAS + PERMISSION + PERMISSION_KEY: stood(True, None, False), LOCKABLE + PERMISSION_KEY: "1"})
    if box:
        form[PERMISSION + PERMISSION_KEY] = "on"
    if lock:
        form[LOCK + PERMISSION_KEY] = "on"
    assert changed_permissions(form) == ({} if wish is None else {PERMISSION_KEY: wish})


def test_a_refused_form_has_what_was_entered_and_what_is_wrong_with_it() -> None:
    """And beside a field in question what somebody else stored."""
    (general,) = parts(GROUP, VALUES, plain, {"name": "x"}, {"name": "Enter a name."}, {"status": "Bo"})
    rows = {row.key: row for row in general.lines}
    assert (rows["name"].value, rows["name"].was, rows["name"].problem) == ("x", "Service desk", "Enter a name.")
    assert (rows["status"].theirs, rows["status"].by) == ("Enabled", "Bo")
    assert rows["description"].theirs is None


def test_fields_and_permissions_are_named_in_one_sentence() -> None:
    """By their labels."""
    assert labels(GROUP, ["name", PERMISSION_KEY], plain) == ("Group name", BY_KEY[PERMISSION_KEY].label)
