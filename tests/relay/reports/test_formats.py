"""Every format holds the same rows; whatever people wrote, no spreadsheet runs it."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.organization.transactions import Transactions
from relay.reports.declare import Batches, Column, Report, Request, Row, Type, Value
from relay.reports.formats.cells import Sheet
from relay.reports.service import FORMATS, Format

MOMENT = datetime(2026, 11, 25, 22, 30, 15, 900_000, tzinfo=UTC)


async def _none(_transactions: Transactions, _request: Request) -> Batches:
    yield []


REPORT = Report(
    "demo",
    "Demo [of] it",
    "List all",
    "",
    (
        Column("name", "Name", longest=12),
        Column("count", "Count", Type.NUMBER),
        Column("at", "Moment", Type.MOMENT),
        Column("lasted", "Lasted", Type.DURATION),
        Column("kind", "Kind", words={"add": "Added"}),
    ),
    _none,
)
SHEET = Sheet(
    REPORT, ZoneInfo("Europe/Amsterdam"), lambda text: {"Name": "Naam", "Added": "Toegevoegd"}.get(text, text)
)
ROW: Row = ("=1+1\tand\nmore", 7, MOMENT, timedelta(hours=30, seconds=5), "add")
NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"


async def written(kind: Format, rows: list[Row]) -> bytes:
    async def batches() -> AsyncIterator[list[Row]]:
        for row in rows:
            yield [row]

    return b"".join([chunk async for chunk in FORMATS[kind].write(SHEET, batches())])


@pytest.mark.req("REP-08", "REP-13", "REP-37")
async def test_tab_delimited_text_has_one_line_a_row_and_no_formula() -> None:
    content = await written(Format.TAB, [ROW])
    assert (
        content
        == (
            "\ufeffNaam\tCount\tMoment\tLasted\tKind\r\n'=1+1 and mor\t7\t2026-11-25 23:30:15\t30:00:05\tToegevoegd\r\n"
        ).encode()
    )


async def test_no_quote_in_a_name_swallows_the_rows_behind_it() -> None:
    """A customer's computer may be called so: a spreadsheet took all rows up to the next quote for one cell."""
    rows: list[Row] = [('"', 1, None, None, "add"), ("hidden", 2, None, None, "add"), ('a "b" c', 3, None, None, "add")]
    content = (await written(Format.TAB, rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), dialect="excel-tab"))[1:]
    assert [line[:2] for line in read] == [['"', "1"], ["hidden", "2"], ['a "b" c', "3"]]


@pytest.mark.req("REP-37")
async def test_csv_is_what_other_readers_read() -> None:
    content = (await written(Format.CSV, [ROW, ('say "hi", you', None, None, None, "x")])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline="")))[1:] == [
        ["'=1+1\tand\nmor", "7", "2026-11-25 23:30:15", "30:00:05", "Toegevoegd"],
        ['say "hi", yo', "", "", "", "x"],
    ]


@pytest.mark.req("REP-39")
async def test_json_keeps_keys_whole_texts_and_zones() -> None:
    (found,) = json.loads(await written(Format.JSON, [ROW]))
    assert found == {
        "name": ROW[0],
        "count": 7,
        "at": "2026-11-25T23:30:15.900000+01:00",
        "lasted": 108_005.0,
        "kind": "add",
    }
    assert json.loads(await written(Format.JSON, [])) == []
    assert len(json.loads(await written(Format.JSON, [ROW, ROW]))) == 2


@pytest.mark.req("REP-08", "REP-37")
async def test_the_xml_spreadsheet_types_every_cell() -> None:
    root = ElementTree.fromstring(await written(Format.XML, [ROW, ("\x00\ud800<&>", None, None, None, "")]))
    rows = root.findall(f".//{NAMESPACE}Row")
    cells = list(rows[1].iter(f"{NAMESPACE}Data"))
    assert [(cell.get(f"{NAMESPACE}Type"), cell.text) for cell in cells] == [
        ("String", "=1+1\tand\nmor"),
        ("Number", "7"),
        ("DateTime", "2026-11-25T23:30:15.000"),
        ("String", "30:00:05"),
        ("String", "Toegevoegd"),
    ]
    (name,) = [data.text for data in next(iter(rows[2]))]
    assert name == "\ufffd\ufffd<&>"


@pytest.mark.req("REP-08")
async def test_xlsx_holds_texts_as_texts_and_never_a_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(await written(Format.XLSX, [ROW]))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        assert 'name="Demo of it"' in book.read("xl/workbook.xml").decode()
    assert "<f>" not in page
    assert "=1+1" in page
    assert "Toegevoegd" in page


_TEXTS = st.text(max_size=40)


@given(st.lists(st.tuples(_TEXTS, st.integers(0, 9), st.none(), st.none(), _TEXTS), max_size=5))
def test_whatever_people_write_every_format_stays_whole(rows: list[tuple[Value, ...]]) -> None:
    async def check() -> None:
        content = await written(Format.TAB, list(rows))
        lines = content.decode("utf-8-sig").split("\r\n")
        assert len(lines) == len(rows) + 2
        assert all(line.count("\t") == 4 for line in lines[:-1])
        assert not any(cell[:1] in "=+-@" and cell for line in lines for cell in line.split("\t"))
        read = list(csv.reader(io.StringIO((await written(Format.CSV, list(rows))).decode("utf-8-sig"), newline="")))
        assert len(read) == len(rows) + 1
        assert [each["kind"] for each in json.loads(await written(Format.JSON, list(rows)))] == [row[4] for row in rows]
        root = ElementTree.fromstring(await written(Format.XML, list(rows)))
        assert len(root.findall(f".//{NAMESPACE}Row")) == len(rows) + 1

    asyncio.run(check())
