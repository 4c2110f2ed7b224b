"""PINs: where one ends, its first digit says, so nobody takes a digit of the secret for one of the PIN (F13, F35)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.pins import LONG_PINS, SHORT_PINS, grouped, is_pin, pin_of, split

SHORT = st.integers(0, SHORT_PINS - 1).map(lambda number: pin_of(number, is_long=False))
LONG = st.integers(0, LONG_PINS - 1).map(lambda number: pin_of(number, is_long=True))
DIGITS = st.text("0123456789", max_size=8)


@given(SHORT | LONG, DIGITS)
def test_a_pin_is_told_from_the_secret_after_it(pin: str, secret: str) -> None:
    assert is_pin(pin)
    assert split(pin + secret) == (pin, secret)
    assert grouped(pin).replace(" ", "") == pin


@given(SHORT | LONG, SHORT | LONG)
def test_no_pin_begins_another(one: str, other: str) -> None:
    assert one == other or not other.startswith(one)


@pytest.mark.parametrize("digits", ["", "1", "12345", "9", "912345", "91234567", "12345a", "١٢٣٤٥٦", "12345\n"])
def test_what_is_cut_short_is_no_pin(digits: str) -> None:
    assert not is_pin(digits)
    with pytest.raises(ValueError, match="PIN"):
        split(digits)


def test_numbers_at_the_edges_and_how_they_are_read_aloud() -> None:
    assert grouped(pin_of(0, is_long=False)) == "000 000"
    assert grouped(pin_of(SHORT_PINS - 1, is_long=False)) == "899 999"
    assert grouped(pin_of(LONG_PINS - 1, is_long=True)) == "999 999 999"
    for number, is_long in ((SHORT_PINS, False), (LONG_PINS, True), (-1, False)):
        with pytest.raises(ValueError, match="no such PIN"):
            pin_of(number, is_long=is_long)
    assert LONG_PINS / SHORT_PINS > 100
