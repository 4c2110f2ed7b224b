"""Formats that are spreadsheets: XML (SpreadsheetML, which every spreadsheet program opens) and XLSX."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from relay.reports.declare import Column, Row, Value
from relay.reports.formats.cells import Batches, Sheet, for_xml, text

MAX_ROWS = 1_048_575
"""What a sheet of XLSX holds below its titles."""
MAX_CELL = 32_767
CHUNK = 64 * 1024
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="{_NAMESPACE}" xmlns:ss="{_NAMESPACE}">
<Styles><Style ss:ID="title"><Font ss:Bold="1"/></Style>\
<Style ss:ID="moment"><NumberFormat ss:Format="yyyy\\-mm\\-dd\\ hh:mm:ss"/></Style></Styles>
"""


async def xml_spreadsheet(sheet: Sheet, batches: Batches) -> AsyncIterator[bytes]:
    """Write SpreadsheetML 2003; every text is typed as one, so that nothing is taken for a formula."""
    name = quoteattr(sheet.say(sheet.report.area)[:31])
    columns = "".join(f'<Column ss:Width="{column.width * 6}"/>' for column in sheet.report.columns)
    titles = "".join(_xml_cell("String", title, ' ss:StyleID="title"') for title in sheet.titles)
    yield f"{_HEAD}<Worksheet ss:Name={name}><Table>{columns}\n<Row>{titles}</Row>\n".encode()
    async for rows in batches:
        yield "".join(_xml_row(sheet, row) for row in rows).encode()
    yield b"</Table></Worksheet></Workbook>\n"


def _xml_row(sheet: Sheet, row: Row) -> str:
    cells = "".join(_xml_value(sheet, column, value) for column, value in zip(sheet.report.columns, row, strict=True))
    return f"<Row>{cells}</Row>\n"


def _xml_value(sheet: Sheet, column: Column, value: Value) -> str:
    match value:
        case None:
            return "<Cell/>"
        case datetime():
            local = value.astimezone(sheet.zone).strftime("%Y-%m-%dT%H:%M:%S.000")
            return _xml_cell("DateTime", local, ' ss:StyleID="moment"')
        case int():
            return _xml_cell("Number", str(value))
        case _:
            return _xml_cell("String", text(sheet, column, value))


def _xml_cell(kind: str, value: str, style: str = "") -> str:
    return f'<Cell{style}><Data ss:Type="{kind}">{escape(for_xml(value))}</Data></Cell>'


async def xlsx(sheet: Sheet, batches: Batches) -> AsyncIterator[bytes]:
    """Write an XLSX file, row by row into a temporary file, which is sent when it is whole."""
    with tempfile.TemporaryFile() as file:
        book = _Book(sheet, file)
        async for rows in batches:
            await asyncio.to_thread(book.add, rows)
        await asyncio.to_thread(book.close)
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


class _Book:
    """One workbook that is written from top to bottom and never held in memory."""

    def __init__(self, sheet: Sheet, file: BinaryIO) -> None:
        self._sheet = sheet
        self._book: Any = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._duration = self._book.add_format({"num_format": "[h]:mm:ss"})
        self._page: Any = self._book.add_worksheet(_tab_name(sheet.say(sheet.report.area)))
        bold = self._book.add_format({"bold": True})
        for number, column in enumerate(sheet.report.columns):
            self._page.set_column(number, number, column.width)
        for number, title in enumerate(sheet.titles):
            self._page.write_string(0, number, title, bold)
        self._page.freeze_panes(1, 0)
        self._row = 0

    def add(self, rows: list[Row]) -> None:
        """Write rows; those that no sheet can hold are left out."""
        for row in rows[: MAX_ROWS - self._row]:
            self._row += 1
            for number, (column, value) in enumerate(zip(self._sheet.report.columns, row, strict=True)):
                self._write(number, column, value)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _write(self, number: int, column: Column, value: Value) -> None:
        match value:
            case None:
                pass
            case datetime():
                local = value.astimezone(self._sheet.zone).replace(tzinfo=None, microsecond=0)
                self._page.write_datetime(self._row, number, local, self._moment)
            case timedelta():
                self._page.write_datetime(self._row, number, value, self._duration)
            case int():
                self._page.write_number(self._row, number, value)
            case _:
                said = for_xml(text(self._sheet, column, value))[:MAX_CELL]
                self._page.write_string(self._row, number, said)


def _tab_name(area: str) -> str:
    return "".join(character for character in area if character not in "[]:*?/\\")[:31] or "1"
