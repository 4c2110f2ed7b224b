"""The words in which reports are declared: Column and Report. Rows hold plain values; formats say how they look."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from relay.organization.transactions import Transactions
from relay.reports.periods import Period
from relay.reports.scope import Coverage

Value = str | int | datetime | timedelta | None
Row = Sequence[Value]
"""One value for each column. Texts that a column has `words` for are their keys."""
Translate = Callable[[str], str]


class Type(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    DURATION = "duration"


@dataclass(frozen=True)
class Column:
    """One column: `key` for programs, `title` for people, `width` in characters on a sheet.

    `longest` cuts texts in reports, never in storage (REP-13). `words` are the titles of a fixed set of values.
    `named_by` is the setting in which the organisation says what it is called (FIELD-04).
    """

    key: str
    title: str
    type: Type = Type.TEXT
    longest: int | None = None
    width: int = 20
    words: Mapping[str, str] = field(default_factory=dict)
    named_by: str = ""


@dataclass(frozen=True)
class Place:
    """Where a reading of rows goes on: after the row with this key moment and number."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Request:
    """What rows are wanted: by moment, by unit. `after` goes on where an earlier reading stopped."""

    period: Period
    coverage: Coverage
    say: Translate
    after: Place | None = None


Batches = AsyncIterator[list[tuple[Place, Row]]]


@dataclass(frozen=True)
class Brief:
    """One column on a screen: what these columns hold, one after the other, or the first of it that is not empty."""

    title: str
    keys: tuple[str, ...]
    named_by: str = ""
    is_first: bool = False
    skips: frozenset[str] = frozenset()
    """Values that say nothing."""


@dataclass(frozen=True)
class Report:
    """One report (REP-02, REP-03). `batches` reads its rows by the key moment, a bounded number at a time.

    No database transaction stays open between two batches, so that a slow reader never holds up a writer.
    """

    key: str
    area: str
    list_type: str
    about: str
    columns: tuple[Column, ...]
    batches: Callable[[Transactions, Request], Batches]
    brief: tuple[Brief, ...] = ()
    """What a screen shows of it, where all columns are too many to be seen at once."""
    needs: tuple[str, str] | None = None
    """A setting of the organisation, and the value without which the report is not available."""
