"""Telephone numbers as people type them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.field_errors import FieldError
from relay.text_messages.numbers import clean_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+31612345678", "+31612345678"),
        (" +31 6 1234-5678 ", "+31612345678"),
        ("+31 (0)6 12345678", "+31612345678"),
        ("0031 6.12.34.56.78", "+31612345678"),
        ("+1 (555) 010-0199", "+15550100199"),
        ("+44\u00a07700\u2011900123", "+447700900123"),
    ],
)
def test_what_is_between_the_digits_is_left_out(typed: str, number: str) -> None:
    assert clean_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "06 12345678", "+0612345678", "+31", "+31612345678901234", "+31 6 1234567x", "١٢٣"]
)
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(FieldError, match="country code"):
        clean_number(typed)


def test_only_allowed_countries() -> None:
    assert clean_number("+32 470 12 34 56", ["+31", "+32"]) == "+32470123456"
    with pytest.raises(FieldError, match=re.escape("+31, +32")):
        clean_number("+1 555 010 0199", ["+31", "+32"])


@given(st.text(max_size=40))
def test_any_text_is_digits_after_a_plus_or_refused(typed: str) -> None:
    try:
        number = clean_number(typed)
    except FieldError:
        return
    assert re.fullmatch(r"\+[0-9]{7,15}", number)
