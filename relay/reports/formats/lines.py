"""Formats that are lines of text: tab delimited, CSV, JSON."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec

from relay.reports.declare import Row, Value
from relay.reports.formats.cells import BYTE_ORDER_MARK, Batches, Sheet, all_defused, texts

_BREAKS = re.compile("[\t\r\n\v\f\x85\u2028\u2029]+")


async def tab_delimited(sheet: Sheet, batches: Batches) -> AsyncIterator[bytes]:
    """Write values between tabs; tabs and line breaks inside them become spaces.

    What holds a quote stands in quotes, as in CSV: to a spreadsheet, one that is never closed swallows the rows behind.
    """
    yield BYTE_ORDER_MARK + _between_tabs(sheet.titles)
    async for rows in batches:
        yield b"".join(_between_tabs(texts(sheet, row)) for row in rows)


def _between_tabs(values: list[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, dialect="excel-tab").writerow(all_defused(_BREAKS.sub(" ", value) for value in values))
    return line.getvalue().encode()


async def comma_separated(sheet: Sheet, batches: Batches) -> AsyncIterator[bytes]:
    """Write CSV (RFC 4180), every cell in quotes."""
    yield BYTE_ORDER_MARK + csv_lines([sheet.titles])
    async for rows in batches:
        yield csv_lines([texts(sheet, row) for row in rows])


def csv_lines(rows: list[list[str]]) -> bytes:
    """Return rows as CSV in which no value is taken for a formula."""
    lines = io.StringIO(newline="")
    csv.writer(lines, quoting=csv.QUOTE_ALL).writerows(map(all_defused, rows))
    return lines.getvalue().encode()


async def json_objects(sheet: Sheet, batches: Batches) -> AsyncIterator[bytes]:
    """Write an array of objects by the columns' keys: what programs read, so words stay keys and nothing is cut."""
    before = b"["
    async for rows in batches:
        for row in rows:
            yield before + msgspec.json.encode(as_object(sheet, row))
            before = b",\n"
    yield b"[]" if before == b"[" else b"]"


def as_object(sheet: Sheet, row: Row) -> dict[str, str | int | float | None]:
    """Return a row by the keys of its columns, for programs."""
    columns = sheet.report.columns
    return {column.key: _plain(sheet, value) for column, value in zip(columns, row, strict=True)}


def _plain(sheet: Sheet, value: Value) -> str | int | float | None:
    match value:
        case datetime():
            return value.astimezone(sheet.zone).isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return value
