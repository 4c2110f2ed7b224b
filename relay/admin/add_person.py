"""One form that makes a person who can work: name, address, group, licence, and a password or an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import MultiDict

from codec.errors import DesksideError
from relay.accounts.rules import Licence
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.menu import ADD
from relay.admin.navigation import Tab, address, name_of, unit_named
from relay.admin.outline import all_below
from relay.admin.receipts import Receipts
from relay.credentials.service import Credentials
from relay.credentials.staff import Newcomer, Staff
from relay.field_errors import FieldError
from relay.organization.guard import OutrankedError
from relay.organization.queries import Node
from relay.organization.rules import NoLicenceLeftError, NotThereError, WrongPlaceError, check_place
from relay.organization.service import Organisation
from relay.organization.units import PEOPLE, UnitKind
from relay.settings.sentences import Translate
from relay.texts import _

_TAB = Tab.ORGANIZATION
REFUSALS = (FieldError, NoLicenceLeftError, WrongPlaceError, OutrankedError)
MAIL, LINK, PASSWORD = "mail", "link", "password"


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in, or as it begins."""

    kind: UnitKind
    place: str
    name: str = ""
    email: str = ""
    licence: bool = False
    how: str = MAIL
    password: str = ""


class AddPersonPage:
    """Draws the form, and adds the person."""

    def __init__(
        self, base: AdminBase, organisation: Organisation, staff: Staff, credentials: Credentials, receipts: Receipts
    ) -> None:
        self._base = base
        self._organisation = organisation
        self._staff = staff
        self._credentials = credentials
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        path = f"/admin/{_TAB.value}/{{unit}}/add/{{kind}}"
        return [
            self._base.shown(path, self._show, _TAB),
            self._base.posted(path, self._add, _TAB, again=self._again),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        kind = _kind(visit)
        stock = await self._organisation.licences(visit.actor, visit.now)
        standard = stock[Licence.STANDARD]
        is_free = standard.total is None or standard.given < standard.total
        how = MAIL if self._credentials.invitations.can_mail else LINK
        filled = Filled(kind, name_of(visit.unit()), licence=is_free and kind is UnitKind.TECHNICIAN, how=how)
        return await self._draw(visit, filled, None)

    async def _again(self, visit: Visit) -> web.Response:
        return await self._draw(visit, read_form(_kind(visit), visit.form), None)

    async def _add(self, visit: Visit) -> web.Response:
        filled = read_form(_kind(visit), visit.form)
        try:
            added = await self._staff.add(visit.actor, newcomer(filled), visit.now)
        except REFUSALS as error:
            return await self._draw(visit, filled, error)
        text = visit.say(_("Added"))
        if added.link is not None and added.link.url is None:
            text = visit.say(_("Added and invited by e-mail"))
        receipt = self._receipts.give(
            visit.identity.person.id, text, (filled.name.strip(),), at=visit.now, link=added.link
        )
        return see(visit, address(_TAB, added.unit) + receipt)

    async def _draw(self, visit: Visit, filled: Filled, error: DesksideError | None) -> web.Response:
        facts = await facts_of(visit, filled, self._base, self._organisation, self._credentials)
        problems = {"failed": error is not None, "problems": problems_of(error, visit.say)}
        unit, status = visit.unit(), 422 if error else 200
        return await self._base.draw(visit, "add_person", _TAB, unit, status, **facts, **problems)


def read_form(kind: UnitKind, form: MultiDict[str]) -> Filled:
    """Return what was filled in."""
    how = form.get("how", "")
    return Filled(
        kind,
        form.get("place", ""),
        form.get("name", ""),
        form.get("email", ""),
        "standard" in form,
        how if how in (MAIL, LINK, PASSWORD) else MAIL,
        form.get("password", ""),
    )


async def facts_of(
    visit: Visit, filled: Filled, base: AdminBase, organisation: Organisation, credentials: Credentials
) -> dict[str, Any]:
    """Return what the fields of the form show, but for what is wrong in them."""
    places = [(label, name_of(node.unit)) for label, node in _places(await base.roots(visit), filled.kind)]
    return {
        "filled": filled,
        "heading": visit.say(ADD[filled.kind]),
        "places": places,
        "chosen": filled.place if filled.place in {value for _label, value in places} else "",
        "stock": (await organisation.licences(visit.actor, visit.now))[Licence.STANDARD],
        "can_mail": credentials.invitations.can_mail,
        "least": await credentials.least(),
    }


def newcomer(filled: Filled) -> Newcomer:
    """Return who is to be added."""
    return Newcomer(
        filled.kind,
        unit_named(filled.place),
        filled.name,
        filled.email,
        (Licence.STANDARD,) if filled.licence else (),
        filled.password if filled.how == PASSWORD else None,
        filled.how == MAIL,
    )


def _kind(visit: Visit) -> UnitKind:
    named = visit.request.match_info["kind"]
    if named not in PEOPLE:
        raise NotThereError(NotThereError.__doc__)
    return UnitKind(named)


def _places(roots: Sequence[Node], kind: UnitKind) -> list[tuple[str, Node]]:
    """Return where a person of this kind can be put, each with its name as it is in the list."""
    found = []
    for node, depth in all_below(roots):
        try:
            check_place(kind, node.unit.kind)
        except WrongPlaceError:
            continue
        inset = max(0, depth - (0 if kind is UnitKind.ADMINISTRATOR else 1))
        found.append(("\u2003" * inset + node.name, node))
    return found


def problems_of(error: DesksideError | None, say: Translate) -> dict[str, str]:
    """Return what is wrong at each field; under the empty name what is wrong with the whole."""
    problems = dict.fromkeys(("", "name", "email", "place", "standard", "password"), "")
    if error is None:
        return problems
    field = {NoLicenceLeftError: "standard", WrongPlaceError: "place"}.get(type(error), "")
    return problems | {error.field if isinstance(error, FieldError) else field: said(error, say)}
