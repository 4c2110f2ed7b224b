"""The fields of units: what is stored of what was entered, and what a change asks of its actor."""

import pytest

from relay.accounts.rules import Status
from relay.field_errors import FieldError
from relay.organization.fields import MAX_CHANNEL_NAME, MAX_DESCRIPTION, SECTIONS, cleaned, fields_of, guard_of
from relay.organization.guard import Guard
from relay.organization.units import PEOPLE, ROOTS, UnitKind

PERSON = UnitKind.TECHNICIAN


@pytest.mark.parametrize(
    ("field", "entered", "stored"),
    [
        ("name", " Anna ", "Anna"),
        ("nickname", "  ", ""),
        ("email", " anna@northwind.example", "anna@northwind.example"),
        ("email", "", ""),
        ("sso_id", None, None),
        ("description", "e\u0301\r\nb ", "é\nb"),
        ("status", "disabled", "disabled"),
        ("standard", True, True),
    ],
)
def test_what_is_stored_of_a_person(field: str, entered: object, stored: object) -> None:
    """Outer spaces, line ends and ways to write one letter make no difference."""
    assert cleaned(PERSON, {field: entered}) == {field: stored}


@pytest.mark.parametrize(
    ("kind", "field", "entered", "code"),
    [
        (PERSON, "name", "", "empty"),
        (PERSON, "name", 7, "not_text"),
        (PERSON, "email", "anna", "not_an_address"),
        (PERSON, "description", "x" * (MAX_DESCRIPTION + 1), "too_long"),
        (PERSON, "description", "a\u0000b", "control_characters"),
        (PERSON, "status", "away", "not_a_choice"),
        (PERSON, "standard", "yes", "not_a_choice"),
        (PERSON, "role", "account_owner", "unknown_field"),
        (UnitKind.CHANNEL, "name", "x" * (MAX_CHANNEL_NAME + 1), "too_long"),
        (UnitKind.TECHNICIANS, "name", "Technicians", "unknown_field"),
    ],
)
def test_what_cannot_be_stored_is_named(kind: UnitKind, field: str, entered: object, code: str) -> None:
    """The field, and what is wrong with it."""
    with pytest.raises(FieldError) as refused:
        cleaned(kind, {field: entered})
    assert (refused.value.field, refused.value.code) == (field, code)


def test_what_leads_to_a_sign_in_asks_for_a_proof() -> None:
    """The strictest of all that is changed at once. To disable only takes away."""
    assert guard_of(PERSON, {"name": "Anna"}) is Guard.NONE
    assert guard_of(PERSON, {"name": "Anna", "email": "a@b.example"}) is Guard.PROOF
    assert guard_of(PERSON, {"status": Status.ENABLED.value}) is Guard.PROOF
    assert guard_of(PERSON, {"status": Status.DISABLED.value}) is Guard.PEOPLE
    assert guard_of(PERSON, {}) is Guard.NONE


def test_every_kind_but_roots_and_links_has_a_form() -> None:
    """Each with a name first, and every heading known."""
    for kind in UnitKind:
        fields = fields_of(kind)
        assert {field.section for field in fields.values()} <= set(SECTIONS)
        if fields:
            assert next(iter(fields)) == "name"
        else:
            assert kind in ROOTS or kind is UnitKind.ORGANISATION or kind.value.endswith("_link")
    assert all(fields_of(kind)["email"].is_credential for kind in PEOPLE)
