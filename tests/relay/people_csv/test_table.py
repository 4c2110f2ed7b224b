"""Reading a file of people, whoever wrote it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.people_csv.table import COLUMNS, MAX_ROWS, BadTableError, flag, read
from relay.reports.formats.cells import BYTE_ORDER_MARK
from relay.reports.formats.lines import csv_lines


def test_columns_come_in_any_order_and_any_of_them_may_be_missing() -> None:
    (line,) = read(b"Email,Name\r\nbob@x.example,Bob\r\n")
    assert (line.number, dict(line.cells)) == (2, {"email": "bob@x.example", "name": "Bob"})


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spreadsheets_of_all_countries_are_read(between: str, encoding: str) -> None:
    text = f'name{between}email\n"Zoë{between} van"{between}zoe@x.example\n\n  \n'
    (line,) = read(text.encode(encoding))
    assert line.cells["name"] == f"Zoë{between} van"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    lines = read(b'email,description\na@x,"two\nlines"\nb@x,one\n\nc@x,\n')
    assert [line.number for line in lines] == [2, 4, 6]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email\xff", "not UTF-8"),
        (b"\xff\xfee", "not UTF-8"),
        (b"email\nbob\x00@x", "characters that a CSV file cannot have"),
        (b"", "including “email”"),
        (b"name\nBob", "including “email”"),
        (b"email,salary\n", "no column “salary”"),
        (b"email,Email\n", "twice"),
        (b"email\na@x,surplus\n", "Line 2 has more cells"),
        (b'email\n"a@x', "cannot be read"),
        (b"email\n" + b"a" * 20_000, "Line 2 has a cell"),
        (b"email\n" + b"a" * 200_000, "cannot be read"),
        (b"email\n" + b"a@x\n" * (MAX_ROWS + 1), "more than 5000"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(BadTableError, match=said):
        read(content)


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"email,name\n{text}".encode("utf-8", "replace"))
)
def test_whatever_comes_ends_in_rows_or_a_named_error(content: bytes) -> None:
    with suppress(BadTableError):
        assert all(line.cells for line in read(content))


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


_TRICKY = st.text("=+-@\t\r\n;,|\"' ax＝\ufeff", min_size=1, max_size=12)


@given(st.lists((_CELLS | _TRICKY).filter(lambda cell: cell.strip() != ""), max_size=5))
def test_what_was_exported_is_read_back_formulas_and_all(names: list[str]) -> None:
    rows = [["technician", name, "", "a@x", "", "", "", "", "", ""] for name in names]
    lines = read(BYTE_ORDER_MARK + csv_lines([list(COLUMNS), *rows]))
    assert [line.cells["name"] for line in lines] == names


def test_yes_and_no() -> None:
    assert [flag(text) for text in ("yes", " TRUE", "1", "x", "no", "False", "0", "", " ")] == [True] * 4 + [
        False
    ] * 3 + [None] * 2
    with pytest.raises(ValueError, match="perhaps"):
        flag("perhaps")
