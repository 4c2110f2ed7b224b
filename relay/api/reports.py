"""Reports by JSON and as files."""

from datetime import date, datetime
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.organization.units import Unit, UnitKind
from relay.reports.declare import Column, Report, Type
from relay.reports.files import place_of, send, word_of
from relay.reports.formats.cells import Sheet
from relay.reports.formats.lines import as_object
from relay.reports.periods import Period, Preset, chosen_period
from relay.reports.service import FORMATS, Format, Reports, report_named
from relay.store.database import MAX_ID
from relay.web.languages import Language

MAX_PAGE = 1_000


class ColumnShown(Struct, frozen=True, kw_only=True):
    """One column of a report; `words` are the titles of a fixed set of values."""

    key: str
    title: str
    type: Type
    longest: int | None
    words: dict[str, str]


class ReportShown(Struct, frozen=True, kw_only=True):
    """One report that can be made."""

    key: str
    area: str
    list_type: str
    about: str
    columns: list[ColumnShown]


class Chosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report covers.

    `kind` and `id` name the unit, by default the whole organisation. Without dates it is the last seven days; `first`
    and `last` are days in `zone`, of which `begin` to `end` counts; an end before the begin is a night.
    """

    kind: UnitKind = UnitKind.ORGANISATION
    id: Annotated[int, Meta(ge=0, le=MAX_ID)] = 0
    period: Preset | None = None
    first: date | None = None
    last: date | None = None
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    begin: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")] = "00:00"
    end: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")] = "24:00"

    @property
    def unit(self) -> Unit:
        """Return the unit."""
        return Unit(self.kind, self.id)

    def covered(self, now: datetime) -> Period:
        """Return the period. Raises FieldError or UnknownZoneError."""
        return chosen_period(now, self.period, self.first, self.last, self.zone, self.begin, self.end)


class ChosenFile(Chosen, frozen=True, kw_only=True):
    """What a report covers, and how it comes."""

    format: Format = Format.JSON
    language: Annotated[str, Meta(max_length=16)] = "en"


class ChosenPage(Chosen, frozen=True, kw_only=True):
    """What a report covers, and which part of it comes."""

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 100
    after: Annotated[str, Meta(max_length=64)] = ""


class RowsShown(Struct, frozen=True, kw_only=True):
    """A part of a report: rows by the keys of its columns. `after` asks for the next part; empty at the end."""

    rows: list[dict[str, str | int | float | None]]
    after: str


class ReportsApi:
    """The calls. `languages` are those that titles can be told in."""

    def __init__(self, reports: Reports, languages: dict[str, Language]) -> None:
        self._reports = reports
        self._languages = languages

    @call("GET", "/reports", Scope.REPORTS_READ)
    async def list_reports(self, asked: Asked[NoQuery, NoBody]) -> list[ReportShown]:
        """List the reports that you can create, with their columns."""
        return [_shown(report) for report in await self._reports.offered(asked.actor, asked.now)]

    @call("GET", "/reports/{name}", Scope.REPORTS_READ, files=tuple(kind.media_type for kind in FORMATS.values()))
    async def make_report(self, asked: Asked[ChosenFile, NoBody]) -> web.StreamResponse:
        """Create a report as a file: JSON, CSV, XLSX, XML or tab-delimited text."""
        chosen = asked.query
        language = self._languages.get(chosen.language)
        say = str if language is None else language.texts.gettext
        period = chosen.covered(asked.now)
        file = await self._reports.file(
            asked.actor, asked.word("name"), chosen.unit, period, chosen.format, say, asked.now
        )
        return await send(asked.request, file)

    @call("GET", "/reports/{name}/rows", Scope.REPORTS_READ)
    async def page_report(self, asked: Asked[ChosenPage, NoBody]) -> RowsShown:
        """Return a report part by part."""
        chosen, key = asked.query, asked.word("name")
        period, after = chosen.covered(asked.now), place_of(chosen.after)
        page = await self._reports.page(asked.actor, key, chosen.unit, period, str, asked.now, after, chosen.limit)
        sheet = Sheet(report_named(key), period.zone, str)
        return RowsShown(rows=[as_object(sheet, row) for row in page.rows], after=word_of(page.after))


def _shown(report: Report) -> ReportShown:
    return ReportShown(
        key=report.key,
        area=report.area,
        list_type=report.list_type,
        about=report.about,
        columns=[_column(column) for column in report.columns],
    )


def _column(column: Column) -> ColumnShown:
    return ColumnShown(
        key=column.key, title=column.title, type=column.type, longest=column.longest, words=dict(column.words)
    )
