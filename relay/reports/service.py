"""Making reports: which there are, for whom, over which rows, as which file."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from codec.errors import DesksideError
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.units import Unit
from relay.reports.audit import AUDIT
from relay.reports.declare import Place, Report, Request, Row, Translate
from relay.reports.formats.cells import Sheet, Writer
from relay.reports.formats.lines import comma_separated, json_objects, tab_delimited
from relay.reports.formats.sheets import xlsx, xml_spreadsheet
from relay.reports.periods import Period
from relay.reports.scope import Coverage, coverage
from relay.reports.sessions import SESSIONS
from relay.reports.sign_ins import SIGN_INS
from relay.reports.surveys import CUSTOMER_SURVEY, SURVEY_ISSUANCE, TECHNICIAN_SURVEY
from relay.texts import _

REPORTS = {
    report.key: report for report in (AUDIT, CUSTOMER_SURVEY, SURVEY_ISSUANCE, SESSIONS, SIGN_INS, TECHNICIAN_SURVEY)
}
"""Every report, by the name that programs use."""


class Format(StrEnum):
    """How a report can be had as a file."""

    XML = "xml"
    TAB = "txt"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True)
class FileKind:
    """How a format is called where files are sent, and what writes it."""

    media_type: str
    write: Writer


FORMATS = {
    Format.XML: FileKind("application/vnd.ms-excel", xml_spreadsheet),
    Format.TAB: FileKind("text/tab-separated-values", tab_delimited),
    Format.CSV: FileKind("text/csv", comma_separated),
    Format.XLSX: FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    Format.JSON: FileKind("application/json", json_objects),
}


Names = Callable[[Unit], Awaitable[Mapping[str, str]]]
Chosen = Callable[[str], Awaitable[object]]


async def by_default(_unit: Unit) -> Mapping[str, str]:
    """Return no names: columns are called as they are declared."""
    return {}


async def nothing_chosen(_key: str) -> object:
    """Return that the organisation has not chosen a setting."""
    return None


class UnknownReportError(DesksideError):
    """There is no such report. The list of reports has their names."""


class UnavailableReportError(UnknownReportError):
    """This report exists only while the customer survey is that of the technician who closed the session."""


@dataclass(frozen=True)
class File:
    """A report as a file; `content` is made while it is read."""

    name: str
    media_type: str
    content: AsyncIterator[bytes]


@dataclass(frozen=True)
class Page:
    """A part of a report; `after` is where the next part begins, None at the end."""

    rows: list[Row]
    after: Place | None
    names: Mapping[str, str]
    """As `Sheet` has it."""


def report_named(key: str) -> Report:
    """Return a report. Raises UnknownReportError."""
    if key not in REPORTS:
        raise UnknownReportError(_("There is no such report. Choose one from the list."))
    return REPORTS[key]


class Reports:
    """All reports. Each call may raise NotAllowedError, NotThereError or UnknownReportError."""

    def __init__(self, transactions: Transactions, names: Names = by_default, chosen: Chosen = nothing_chosen) -> None:
        """`names` gives what the organisation calls columns, by the settings that say it; `chosen` what it chose."""
        self._transactions = transactions
        self._names = names
        self._chosen = chosen

    async def offered(self, actor: Actor, now: datetime) -> list[Report]:
        """Return the reports that someone may make (REP-02, REP-09)."""
        async with self._transactions.look(actor, now) as work:
            if not (work.reach.all or work.reach.reports):
                raise NotAllowedError(NotAllowedError.__doc__)
        return [report for report in REPORTS.values() if await self._is_available(report)]

    async def file(
        self, actor: Actor, key: str, unit: Unit, period: Period, format_: Format, say: Translate, now: datetime
    ) -> File:
        """Return a whole report as a file."""
        report, covered = await self._named(key), await self._covered(actor, unit, now)
        request = Request(period, covered, say)
        kind = FORMATS[format_]
        content = kind.write(Sheet(report, period.zone, say, await self._names(unit)), self._rows(report, request))
        return File(f"{_file_name(report, covered, period)}.{format_}", kind.media_type, content)

    async def page(
        self,
        actor: Actor,
        key: str,
        unit: Unit,
        period: Period,
        say: Translate,
        now: datetime,
        after: Place | None = None,
        limit: int = 100,
    ) -> Page:
        """Return at most `limit` rows, for the screen."""
        report = await self._named(key)
        request = Request(period, await self._covered(actor, unit, now), say, after)
        found: list[tuple[Place, Row]] = []
        batches = report.batches(self._transactions, request)
        async for batch in batches:
            found += islice(batch, limit + 1 - len(found))
            if len(found) > limit:
                break
        shown = found[:limit]
        after = shown[-1][0] if len(found) > limit else None
        return Page([row for _place, row in shown], after, await self._names(unit))

    async def _named(self, key: str) -> Report:
        report = report_named(key)
        if not await self._is_available(report):
            raise UnavailableReportError(
                _("This report exists only while the customer survey is that of the technician who closed the session.")
            )
        return report

    async def _is_available(self, report: Report) -> bool:
        return report.needs is None or await self._chosen(report.needs[0]) == report.needs[1]

    async def _covered(self, actor: Actor, unit: Unit, now: datetime) -> Coverage:
        async with self._transactions.look(actor, now) as work:
            return await coverage(work, unit)

    async def _rows(self, report: Report, request: Request) -> AsyncIterator[list[Row]]:
        async for batch in report.batches(self._transactions, request):
            yield [row for _place, row in batch]


def _file_name(report: Report, covered: Coverage, period: Period) -> str:
    """Return `<machine name>_<unit>_<start>_<end>` (REP-37), of characters that every system takes."""
    unit = re.sub(r"[^\w-]+", "-", covered.name)[:60].strip("-") or "unit"
    return f"{report.key}_{unit}_{period.first}_{period.last}"
