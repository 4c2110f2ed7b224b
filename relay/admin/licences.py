"""How many licences there are of each kind: a form for master administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.rules import Licence
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import Tab
from relay.admin.receipts import Receipts
from relay.field_errors import FieldError
from relay.organization.licence_totals import COLUMNS, Stocks
from relay.organization.rules import ChangedMeanwhileError, check_total
from relay.organization.service import Organisation
from relay.texts import _
from relay.web.numbers import whole

PATH = "/admin/licences"
_TAB = Tab.GLOBAL_SETTINGS
_WORDS: Mapping[Licence, tuple[str, str]] = {
    Licence.STANDARD: (_("Standard"), _("Lets a person help customers.")),
    Licence.MOBILE: (_("Mobile"), _("Lets a person help customers on phones too. Takes effect at the next sign-in.")),
}


@dataclass(frozen=True)
class LicenceField:
    """One kind as it is drawn: `theirs` and `by` after someone else was faster."""

    key: str
    label: str
    help: str
    value: str
    was: str
    given: int
    problem: str
    theirs: str
    by: str


class LicencesPage:
    """Draws and saves it (COMP-27)."""

    def __init__(self, base: AdminBase, organisation: Organisation, receipts: Receipts) -> None:
        self._base = base
        self._organisation = organisation
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            self._base.shown(PATH, self._show, _TAB),
            self._base.posted(PATH, self._save, _TAB),
            self._base.posted(PATH + "/check", self._check, _TAB),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        return await self._draw(visit, {}, {})

    async def _save(self, visit: Visit) -> web.Response:
        entered = {kind: visit.form[kind].strip() for kind in Licence if kind in visit.form}
        wanted, problems = _read(
            {kind: text for kind, text in entered.items() if text != visit.form.get(f"was:{kind}")}
        )
        if problems:
            return await self._draw(visit, entered, problems)
        before = await self._organisation.licence_totals(visit.actor, visit.now)
        try:
            version = await self._store(visit, _version(visit, before), wanted)
        except FieldError as error:
            return await self._draw(visit, entered, {Licence(error.field): error})
        except ChangedMeanwhileError as error:
            return await self._draw(visit, entered, dict.fromkeys(wanted, error), error.fields)

        async def undo(later: Visit) -> str:
            await self._store(later, version, {kind: before.of[kind].total for kind in wanted})
            return PATH

        if not wanted:
            return see(visit, PATH)
        details = tuple(visit.say(_WORDS[kind][0]) for kind in wanted)
        text = visit.say(_("Saved"))
        return see(visit, PATH + self._receipts.give(visit.identity.person.id, text, details, undo, at=visit.now))

    async def _store(self, visit: Visit, version: int, wanted: Mapping[Licence, int | None]) -> int:
        return await self._organisation.set_licence_totals(visit.actor, version, wanted, visit.now)

    async def _check(self, visit: Visit) -> web.Response:
        """Say what is wrong with one number while the form is still open."""
        key = visit.request.query.get("field", "")
        stocks = await self._organisation.licence_totals(visit.actor, visit.now)
        problem = ""
        for kind, stock in stocks.of.items():
            if kind == key:
                _wanted, problems = _read({kind: visit.form.get(key, "").strip()}, {kind: stock.given})
                problem = said(problems[kind], visit.say) if problems else ""
        return await self._base.draw_part(visit, "problem", key=key, problem=problem)

    async def _draw(
        self,
        visit: Visit,
        entered: Mapping[Licence, str],
        problems: Mapping[Licence, DesksideError],
        others: Mapping[str, str] | None = None,
    ) -> web.Response:
        stocks = await self._organisation.licence_totals(visit.actor, visit.now)
        lines = []
        for kind, (label, about) in _WORDS.items():
            if not (visit.planned or kind.in_effect):
                continue
            total, by = _text(stocks.of[kind].total), (others or {}).get(COLUMNS[kind], "")
            problem = said(problems[kind], visit.say) if kind in problems and not others else ""
            lines.append(
                LicenceField(
                    key=kind.value,
                    label=visit.say(label),
                    help=visit.say(about),
                    value=entered.get(kind, total),
                    was=total,
                    given=stocks.of[kind].given,
                    problem=problem,
                    theirs=(total or visit.say(_("unlimited"))) if by else "",
                    by=by,
                )
            )
        facts: dict[str, Any] = {
            "lines": lines,
            "version": stocks.version,
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
        }
        title = visit.say(_("Licences"))
        return await self._base.draw_part(visit, "licences", 422 if problems else 200, title=title, **facts)


def _read(
    texts: Mapping[Licence, str], given: Mapping[Licence, int] | None = None
) -> tuple[dict[Licence, int | None], dict[Licence, FieldError]]:
    """Return the totals that texts mean, None for no limit, and what is wrong with them. Pure."""
    wanted: dict[Licence, int | None] = {}
    problems: dict[Licence, FieldError] = {}
    for kind, text in texts.items():
        number = whole(text)
        if text and number is None:
            problems[kind] = FieldError(kind, "out_of_range", "Write a number, or nothing for no limit.")
            continue
        wanted[kind] = number
        try:
            check_total(kind, wanted[kind], (given or {}).get(kind, 0))
        except FieldError as error:
            problems[kind] = error
    return wanted, problems


def _text(total: int | None) -> str:
    return "" if total is None else str(total)


def _version(visit: Visit, stocks: Stocks) -> int:
    number = whole(visit.form.get("version", ""))
    return stocks.version if number is None else number
