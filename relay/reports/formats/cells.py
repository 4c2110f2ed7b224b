"""How values stand in a file, whatever its format. Pure."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from relay.reports.declare import Brief, Column, Report, Row, Translate, Value

BYTE_ORDER_MARK = "\ufeff".encode()
"""Spreadsheets take a file without it for the encoding of some old system."""
_FORMULA = "=+-@＝＋－＠"
_PASSED_OVER = " \"'\u00a0\u200b\u3000\ufeff\x7f" + "".join(map(chr, range(0x20)))
"""What a spreadsheet takes away, or takes for the quotes of a cell, before it looks for a formula."""
_ENDS_CELL = ",;|\t\r\n\v\f\x85\u2028\u2029"
"""What ends a cell or a line in some dialect. The comma of one country is the semicolon of the next, and who reads a
file with the wrong one sees cells begin in the middle of ours, where no quotes help any more."""
_BEGINS_FORMULA = re.compile(f"[{re.escape(_PASSED_OVER)}]*[{re.escape(_FORMULA)}]")
_CELL_ENDS = re.compile(f"[{_ENDS_CELL}]")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Sheet:
    """A report that is being written: in which zone times are told, in which language titles and words."""

    report: Report
    zone: tzinfo
    say: Translate
    names: Mapping[str, str] = field(default_factory=dict)
    """What the organisation calls columns, by the settings that say it: never translated."""

    @property
    def titles(self) -> list[str]:
        """Return the titles of the columns."""
        return [self._title(column) for column in self.report.columns]

    @property
    def brief_titles(self) -> list[str]:
        """Return the titles of what a screen shows."""
        return [self._title(each) for each in self.report.brief] or self.titles

    def _title(self, column: Column | Brief) -> str:
        return self.names.get(column.named_by) or self.say(column.title)


Batches = AsyncIterator[list[Row]]
Writer = Callable[[Sheet, Batches], AsyncIterator[bytes]]


def texts(sheet: Sheet, row: Row) -> list[str]:
    """Return a row as people read it."""
    return [text(sheet, column, value) for column, value in zip(sheet.report.columns, row, strict=True)]


def brief(sheet: Sheet, row: Row) -> list[str]:
    """Return a row as a screen shows it."""
    if not sheet.report.brief:
        return texts(sheet, row)
    keys = [column.key for column in sheet.report.columns]
    values, cells = dict(zip(keys, row, strict=True)), dict(zip(keys, texts(sheet, row), strict=True))
    found = []
    for each in sheet.report.brief:
        filled = [cells[key] for key in each.keys if cells[key] and values[key] not in each.skips]
        found.append(" · ".join(filled[:1] if each.is_first else filled))
    return found


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
    """Return a text that no spreadsheet takes for a formula, whatever it takes for the end of a cell (REP-37)."""
    begun, pieces = 0, list[str]()
    for place in _formulas(value):
        pieces.append(value[begun:place])
        begun = place
    return "'".join([*pieces, value[begun:]])


def armed(value: str) -> str:
    """Return the text that was `defused`."""
    begun, pieces = 0, list[str]()
    for place in _formulas(value):
        if value[place] == "'":
            pieces.append(value[begun:place])
            begun = place + 1
    return "".join([*pieces, value[begun:]])


def _formulas(value: str) -> list[int]:
    """Return where cells begin, to a reader of any dialect, that are formulas to a spreadsheet."""
    if not _BEGINS_FORMULA.match(value) and not _CELL_ENDS.search(value):
        return []
    found, ahead = list[int](), False
    for place in range(len(value) - 1, -1, -1):
        ahead = value[place] in _FORMULA or (ahead and value[place] in _PASSED_OVER)
        if ahead and (place == 0 or value[place - 1] in _ENDS_CELL):
            found.append(place)
    if value.lstrip("\"'")[:1] in tuple("\t\r\n") and 0 not in found:
        found.append(0)
    return found[::-1]


def for_xml(value: str) -> str:
    """Return a text without the characters that XML cannot hold at all."""
    return _NOT_IN_XML.sub("\ufffd", value)


def all_defused(values: Iterable[str]) -> list[str]:
    """Return texts that no spreadsheet takes for formulas."""
    return [defused(value) for value in values]
