"""The Reports tab: what to report on, the report on screen part by part, and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from multidict import MultiMapping

from relay.admin.base import AdminBase, Visit
from relay.admin.navigation import Tab
from relay.field_errors import FieldError
from relay.organization.units import Unit
from relay.reports.declare import Report
from relay.reports.files import place_of, send, word_of
from relay.reports.formats.cells import Sheet, brief
from relay.reports.periods import PRESET_LABELS, STEP_MINUTES, Period, Preset, UnknownZoneError, chosen_period
from relay.reports.service import Format, Reports, UnknownReportError, report_named
from relay.texts import _

PAGE_ROWS = 100
BETWEEN = "between"
"""Instead of a preset: from one date to another."""
FORMAT_LABELS: Mapping[Format, str] = {
    Format.XML: _("Spreadsheet (XML)"),
    Format.TAB: _("Spreadsheet (tab delimited)"),
    Format.XLSX: _("Excel (XLSX)"),
    Format.CSV: _("CSV"),
    Format.JSON: _("JSON"),
}
_TIMES = tuple(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 24 * 60, STEP_MINUTES))


@dataclass(frozen=True)
class ReportForm:
    """What the form holds, as it was entered."""

    report: str
    period: str
    first: str
    last: str
    zone: str
    begin: str
    end: str

    @classmethod
    def read(cls, query: MultiMapping[str]) -> "ReportForm":
        """Return what an address says; what it leaves out stands as in a new form."""
        return cls(
            query.get("report", "audit_list"),
            query.get("period", Preset.LAST_7_DAYS.value),
            query.get("first", ""),
            query.get("last", ""),
            query.get("zone", "") or "UTC",
            query.get("begin", _TIMES[0]),
            query.get("end", "24:00"),
        )

    def covered(self, visit: Visit) -> Period:
        """Return the period. Raises FieldError or UnknownZoneError."""
        if self.period == BETWEEN:
            first, last = _day("first", self.first), _day("last", self.last)
            return chosen_period(visit.now, None, first, last, self.zone, self.begin, self.end)
        try:
            preset = Preset(self.period)
        except ValueError:
            raise FieldError("period", "not_a_choice", _("Choose a period from the list.")) from None
        return chosen_period(visit.now, preset, None, None, self.zone, self.begin, self.end)


class ReportsTab:
    """Draws it."""

    def __init__(self, base: AdminBase, reports: Reports) -> None:
        self._base = base
        self._reports = reports

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        path = f"/admin/{Tab.REPORTS.value}/{{unit}}"
        return [
            self._base.shown(path, self._show, Tab.REPORTS),
            self._base.shown(f"{path}/file", self._send, Tab.REPORTS),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        query, unit = visit.request.query, visit.unit()
        wish = ReportForm.read(query)
        if "report" not in query:
            return await self._draw(visit, unit, wish)
        try:
            period, report = wish.covered(visit), report_named(wish.report)
            page = await self._reports.page(
                visit.actor, report.key, unit, period, visit.say, visit.now, place_of(query.get("after", "")), PAGE_ROWS
            )
        except (FieldError, UnknownReportError, UnknownZoneError) as error:
            return await self._draw(visit, unit, wish, 422, problem=visit.say(str(error)))
        sheet = Sheet(report, period.zone, visit.say, page.names)
        following = "" if page.after is None else str(visit.request.rel_url.update_query(after=word_of(page.after)))
        rows = [brief(sheet, row) for row in page.rows]
        return await self._draw(
            visit, unit, wish, made=report, titles=sheet.brief_titles, found=rows, following=following
        )

    async def _send(self, visit: Visit) -> web.StreamResponse:
        query, unit = visit.request.query, visit.unit()
        wish = ReportForm.read(query)
        try:
            format_ = Format(query.get("format", ""))
        except ValueError:
            return await self._draw(visit, unit, wish, 422, problem=visit.say(_("Choose a format from the list.")))
        try:
            file = await self._reports.file(
                visit.actor, wish.report, unit, wish.covered(visit), format_, visit.say, visit.now
            )
        except (FieldError, UnknownReportError, UnknownZoneError) as error:
            return await self._draw(visit, unit, wish, 422, problem=visit.say(str(error)))
        return await send(visit.request, file)

    async def _draw(
        self,
        visit: Visit,
        unit: Unit,
        wish: ReportForm,
        status: int = 200,
        problem: str = "",
        made: Report | None = None,
        titles: list[str] | None = None,
        found: list[list[str]] | None = None,
        following: str = "",
    ) -> web.Response:
        offered = await self._reports.offered(visit.actor, visit.now)
        return await self._base.draw(
            visit,
            "reports",
            Tab.REPORTS,
            unit,
            status,
            wish=wish,
            problem=problem,
            reports=[(each.key, visit.say(each.area), visit.say(each.about)) for each in offered],
            periods=[(preset.value, visit.say(label)) for preset, label in PRESET_LABELS.items()],
            between=BETWEEN,
            times=_TIMES,
            formats=[(each.value, visit.say(label)) for each, label in FORMAT_LABELS.items()],
            made=made,
            titles=titles or [],
            found=found or [],
            following=following,
        )


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldError(field, "not_a_date", _("Choose the first and the last day.")) from None
