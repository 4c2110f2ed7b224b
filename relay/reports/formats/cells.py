"""How values stand in a file, whatever its format. Pure."""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from relay.reports.declare import Column, Report, Row, Translate, Value

BYTE_ORDER_MARK = "\ufeff".encode()
"""Spreadsheets take a file without it for the encoding of some old system."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Sheet:
    """A report that is being written: in which zone times are told, in which language titles and words."""

    report: Report
    zone: tzinfo
    say: Translate

    @property
    def titles(self) -> list[str]:
        """Return the titles of the columns."""
        return [self.say(column.title) for column in self.report.columns]


Batches = AsyncIterator[list[Row]]
Writer = Callable[[Sheet, Batches], AsyncIterator[bytes]]


def texts(sheet: Sheet, row: Row) -> list[str]:
    """Return a row as people read it."""
    return [text(sheet, column, value) for column, value in zip(sheet.report.columns, row, strict=True)]


def text(sheet: Sheet, column: Column, value: Value) -> str:
    """Return one value as people read it: dates and times to the second, durations as h:mm:ss (REP-13)."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(sheet.zone).strftime("%Y-%m-%d %H:%M:%S")
        case timedelta():
            return duration(value)
        case str():
            return cut(column, sheet.say(column.words[value]) if value in column.words else value)
        case _:
            return str(value)


def cut(column: Column, value: str) -> str:
    """Return a text at the column's length; what is stored stays whole."""
    return value if column.longest is None else value[: column.longest]


def duration(value: timedelta) -> str:
    """Return h:mm:ss, where hours may exceed a day."""
    seconds = int(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def defused(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula (REP-37)."""
    return f"'{value}" if value.startswith(_BEGINS_FORMULA) else value


def for_xml(value: str) -> str:
    """Return a text without the characters that XML cannot hold at all."""
    return _NOT_IN_XML.sub("\ufffd", value)


def all_defused(values: Iterable[str]) -> list[str]:
    """Return texts that no spreadsheet takes for formulas."""
    return [defused(value) for value in values]
