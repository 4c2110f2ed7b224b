"""What a person may be called, and what makes two addresses the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import MAX_EMAIL
from relay.accounts.rules import MAX_NAME, Role, clean_email, clean_name, email_key
from relay.field_errors import FieldError


@pytest.mark.parametrize(
    "name",
    [
        "Anna Smit",
        "O’Brien",
        "山田 太郎",
        "👩\u200d💻",  # one emoji of two, joined
        "می\u200cخواهم",  # Persian is written with what does not join
    ],
)
def test_names_are_kept_as_people_write_them(name: str) -> None:
    """Outer spaces go, everything else stays."""
    assert clean_name("name", f"  {name} ") == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * (MAX_NAME + 1), "too_long"),
        ("Anna\u202eSmit", "deceiving"),  # turns the reading direction
        ("An\u200dna", "deceiving"),  # joins letters that do not join
        ("Anna\u0000", "deceiving"),
        ("An\nna", "deceiving"),
    ],
)
def test_a_name_that_could_pose_as_another_is_refused(name: str, code: str) -> None:
    """The error names the field and the fault."""
    with pytest.raises(FieldError) as refused:
        clean_name("name", name)
    assert (refused.value.field, refused.value.code) == ("name", code)


@pytest.mark.parametrize("address", ["anna@northwind.example", "a+b@sub.northwind.example", "ANNA@Northwind.Example"])
def test_addresses_are_kept_as_they_were_written(address: str) -> None:
    """Outer spaces go. Capitals stay, but do not make another address."""
    assert clean_email(f" {address} ") == address
    assert email_key(address) == email_key(address.upper())


@pytest.mark.parametrize(
    "text", ["", "anna", "anna@", "@northwind.example", "an na@b.example", "a@b@c.example", "a@b..c"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """The error is at the field."""
    with pytest.raises(FieldError) as refused:
        clean_email(text)
    assert (refused.value.field, refused.value.code) == ("email", "not_an_address")


@given(st.text(max_size=2 * MAX_EMAIL))
def test_a_key_is_never_longer_than_an_address(text: str) -> None:
    """F8: normalising makes a text up to 18 times as long; nothing of that is kept."""
    assert len(email_key(text)) <= MAX_EMAIL


def test_who_rules_all() -> None:
    """The owner and master administrators, nobody else."""
    assert {role for role in Role if role.rules_all} == {Role.ACCOUNT_OWNER, Role.MASTER_ADMINISTRATOR}
