"""A file of people: which columns it has, and how it is read, whatever wrote it. Pure."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relay.organization.units import UnitKind
from relay.reports.formats.cells import armed
from relay.settings.sentences import SaidError, Sentence, sentence
from relay.texts import _

if TYPE_CHECKING:
    import _csv

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_CELL = 10_000
KINDS = (UnitKind.TECHNICIAN, UnitKind.ADMINISTRATOR, UnitKind.MASTER_ADMINISTRATOR)
COLUMNS = ("kind", "name", "nickname", "email", "group", "status", "standard", "mobile", "sso_id", "description")
"""The columns of a file. Only `email` must be there: it says who is meant. What is left out stays as it is."""
BETWEEN_GROUPS = " / "
"""Stands between the groups of a path, the topmost first."""
_DELIMITERS = (",", ";", "\t")
_YES = frozenset({"yes", "true", "1", "x"})
_NO = frozenset({"no", "false", "0"})


class BadTableError(SaidError):
    """The file cannot be read as a table of people; the text says where, and what to do."""


@dataclass(frozen=True)
class Record:
    """One row of a file, with the number of the line on which it begins. Cells are texts by column."""

    number: int
    cells: Mapping[str, str]


def read(content: bytes) -> list[Record]:
    """Return the rows of a CSV file, whether commas, semicolons or tabs stand between its cells.

    Raises BadTableError, whatever the bytes are.
    """
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        said = _("The file is larger than {most} MiB. Import the people from several files.")
        raise BadTableError(sentence(said, most=most))
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return list(_lines(reader))
    except csv.Error as error:
        said = _("Line {line} cannot be read ({why}). Save the file as CSV again.")
        raise BadTableError(sentence(said, line=reader.line_num, why=str(error))) from None


def flag(text: str) -> bool | None:
    """Return yes or no; None for an empty cell, which leaves things as they are. Raises ValueError."""
    word = text.strip().casefold()
    if not word:
        return None
    if word in _YES | _NO:
        return word in _YES
    raise ValueError(text)


def _decoded(content: bytes) -> str:
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("The file is not UTF-8 text (at byte {place}). Save it as “CSV UTF-8”.")
        raise BadTableError(sentence(said, place=error.start)) from None
    if "\0" in text:
        raise BadTableError(
            Sentence(_("The file contains characters that a CSV file cannot have. Save it as “CSV UTF-8”."))
        )
    return text


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(_DELIMITERS, key=head.count)


def _lines(reader: "_csv.Reader") -> Iterator[Record]:
    columns = _columns(next(reader, []))
    count, begins = 0, reader.line_num + 1
    for row in reader:
        number, begins = begins, reader.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MAX_ROWS:
            said = _("The file has more than {most} people. Import them from several files.")
            raise BadTableError(sentence(said, most=MAX_ROWS))
        if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
            raise BadTableError(sentence(_("Line {line} has more cells than there are columns."), line=number))
        if any(len(cell) > MAX_CELL for cell in row):
            said = _("Line {line} has a cell of more than {most} characters.")
            raise BadTableError(sentence(said, line=number, most=MAX_CELL))
        padded = [*row, *[""] * (len(columns) - len(row))]
        yield Record(number, {column: armed(cell) for column, cell in zip(columns, padded, strict=False)})


def _columns(head: list[str]) -> list[str]:
    columns = [cell.strip().casefold().replace(" ", "_") for cell in head]
    unknown = [cell for cell, column in zip(head, columns, strict=True) if column not in COLUMNS]
    if unknown:
        said = _("There is no column “{column}”. The columns are {columns}.")
        raise BadTableError(sentence(said, column=unknown[0][:40], columns=", ".join(COLUMNS)))
    if len(set(columns)) < len(columns):
        raise BadTableError(Sentence(_("A column appears twice. Remove one of the two.")))
    if "email" not in columns:
        said = _("The first line must name the columns, including “email”, which identifies each person.")
        raise BadTableError(Sentence(said))
    return columns
