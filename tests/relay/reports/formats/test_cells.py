"""What stands in a cell is read as it was written, and no spreadsheet runs it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.reports.formats.cells import armed, defused, duration
from relay.reports.formats.lines import csv_lines

_TRICKY = st.text("=+-@\t\r\n;,|\"' ax＝\ufeff", max_size=12)


@given(st.lists(st.lists(_TRICKY, min_size=1, max_size=3), min_size=1, max_size=3))
@example([["x;=cmd|' /C calc'!A0"]])
@example([["a", 'y;"=cmd'], ["b", "z\n=cmd"], ["c", "z;\t +cmd"]])
def test_no_dialect_finds_a_formula(rows: list[list[str]]) -> None:
    """F28: neither with another separator, nor where the quotes are no quotes to the reader."""
    written = csv_lines(rows).decode()
    assert written.count('"') % 2 == 0
    cells = list[str]()
    for separator in ",;|\t":
        for line in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            cells += line
        for unquoted in re.split("[\r\n]", written):
            cells += unquoted.split(separator)
            cells += [cell for part in csv.reader([unquoted], delimiter=separator) for cell in part]
    for cell in cells:
        assert not cell.lstrip(' \t\r\n"\ufeff').startswith(("=", "+", "-", "@", "＝")), (cell, written)


@given(_TRICKY | st.text(max_size=20))
def test_what_was_defused_is_armed_again_exactly(value: str) -> None:
    assert armed(defused(value)) == value


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", '"=', "\0=", "'="])
def test_what_begins_as_formulas_do_begins_with_a_quote(begin: str) -> None:
    assert defused(f"{begin}1") == f"'{begin}1"


def test_a_text_of_separators_only_costs_no_more_than_its_length() -> None:
    assert len(defused("\t" * 200_000)) == 200_001


@pytest.mark.parametrize("value", ["", "plain", "a-b", "a = b", "1 + 1", "mail@example.org", "O'Brien", "x; y", "3, 4"])
def test_usual_text_stays_as_it_is(value: str) -> None:
    assert defused(value) == value


@pytest.mark.req("REP-13")
@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00:00"), (59.9, "0:00:59"), (90_061, "25:01:01")])
def test_durations_may_exceed_a_day(seconds: float, said: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said
