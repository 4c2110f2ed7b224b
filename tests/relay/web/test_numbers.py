"""Whole numbers that others write: read as they are, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.web.numbers import whole


@pytest.mark.parametrize("text", ["-1", "+1", " 1", "1_0", "\u0661", "9" * 5_000, "", "2147483648", "1e3", "0x1"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert whole(text) is None


@given(st.text(), st.integers(0, 10**12))
def test_numbers_are_read_as_python_reads_them_or_not_at_all(text: str, most: int) -> None:
    found = whole(text, most)
    assert found is None or (found == int(text) and 0 <= found <= most)
    assert whole(str(most), most) == most
