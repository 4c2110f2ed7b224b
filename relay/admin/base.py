"""Who comes into the Admin Center, and what its pages have in common: the tree, the head, how they are refused."""

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web
from multidict import MultiDict

from codec.errors import DesksideError
from relay.accounts.service import Accounts, Identity
from relay.admin.error_texts import said
from relay.admin.navigation import FOR_ALL, LABELS, START, Tab, address, name_of, tabs_of, unit_named
from relay.admin.navigation import PLANNED as PLANNED_TABS
from relay.admin.outline import MOST_OPEN, in_language, in_use, path_to, rows, what_is_in
from relay.admin.reauthentication import CANCELLED, Reauthentication
from relay.admin.receipts import Receipts
from relay.api_keys.rules import NoSuchKeyError
from relay.credentials.service import Credentials
from relay.organization.guard import ProofNeededError
from relay.organization.queries import Node
from relay.organization.rules import Actor, NotAllowedError, NotThereError, PlannedError, Reach
from relay.organization.service import Organisation
from relay.organization.units import PLANNED, Unit
from relay.pages.credential_texts import problem_of
from relay.pages.gate import Gate
from relay.refusals import refusal_of
from relay.settings.catalogue import UnknownSettingError
from relay.settings.holders import UnknownUnitError
from relay.settings.sentences import Translate
from relay.texts import _
from relay.web.api import TooLargeError
from relay.web.bodies import fields
from relay.web.errors import OldFormError
from relay.web.rendering import Renderer

MAX_FORM_BYTES = 1024 * 1024
"""The form of all settings is long; everywhere else the relay takes far less."""
_SHEETS = tuple(f"/admin/{tab.value}/" for tab in Tab)
OPEN_COOKIE = "deskside-open"
_FORBIDDEN, _TOO_MUCH = 403, 413
_REFUSED = (NotAllowedError, NotThereError, NoSuchKeyError, UnknownUnitError, UnknownSettingError, TooLargeError)
"""What any page may raise; each is drawn with what was declared of it."""


@dataclass(frozen=True)
class Visit:
    """One request of someone who may be here."""

    request: web.Request
    identity: Identity
    actor: Actor
    reach: Reach
    say: Translate
    now: datetime
    planned: bool
    """Whether what has no effect yet is shown too."""
    form: MultiDict[str] = field(default_factory=MultiDict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs that this visitor gets to see."""
        return tabs_of(self.reach, planned=self.planned)

    @property
    def is_part(self) -> bool:
        """Whether a part of the page is asked for, to be put into the one that is there."""
        headers = self.request.headers
        return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"

    def is_about_planned(self, tab: Tab | None) -> bool:
        """Whether a tab or a unit is asked for that has no effect yet, where such things are not shown."""
        named = unit_named(self.request.match_info["unit"]) if "unit" in self.request.match_info else START
        return not self.planned and (tab in PLANNED_TABS or named.kind in PLANNED)

    def unit(self) -> Unit:
        """Return the unit that the address names. Raises NotThereError."""
        return unit_named(self.request.match_info["unit"])

    def units(self, name: str = "unit") -> list[Unit]:
        """Return all units that the form or the query names. Raises NotThereError when there is none."""
        named = self.form.getall(name, None) or self.request.query.getall(name, [])
        if not named:
            raise NotThereError(NotThereError.__doc__)
        return [unit_named(each) for each in named]

    def opened(self) -> list[Unit]:
        """Return the branches that this browser remembers as open."""
        found = []
        for name in self.request.cookies.get(OPEN_COOKIE, "").split(".")[:MOST_OPEN]:
            try:
                found.append(unit_named(name))
            except NotThereError:
                continue
        return found


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class _Action:
    """What answers an address. `again` draws its form as it was filled in."""

    handler: Handler
    again: Handler | None = None


@dataclass(frozen=True)
class Posted:
    """What came with a request: the texts of its form, and the files."""

    form: MultiDict[str] = field(default_factory=MultiDict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_names: Mapping[str, str] = field(default_factory=dict)


class AdminBase:
    """Lets people in, page by page. Every address of the Admin Center is made here, so none can forget to ask."""

    def __init__(
        self,
        accounts: Accounts,
        organisation: Organisation,
        gate: Gate,
        pages: Renderer,
        receipts: Receipts,
        address_of: Callable[[web.Request], str],
        credentials: Credentials,
        shows_planned: Callable[[], Awaitable[bool]],
    ) -> None:
        self._shows_planned = shows_planned
        self._accounts = accounts
        self._organisation = organisation
        self._gate = gate
        self._pages = pages
        self._receipts = receipts
        self._address_of = address_of
        self._proofs = Reauthentication(credentials)

    def shown(self, path: str, handler: Handler, tab: Tab | None = None) -> web.RouteDef:
        """Return the route of something to look at. `tab` None: for all who may arrange anything."""
        return web.get(path, partial(self._show, _Action(handler), tab), allow_head=False)

    def posted(
        self,
        path: str,
        handler: Handler,
        tab: Tab | None = None,
        most: int = MAX_FORM_BYTES,
        again: Handler | None = None,
    ) -> web.RouteDef:
        """Return the route of something to do; the form must be one of ours, and has `most` bytes with its files.

        `again` draws the form as it was filled in, for someone who does not want to give their password now.
        """
        return web.post(path, partial(self._act, _Action(handler, again), tab, most))

    async def draw(
        self, visit: Visit, content: str, tab: Tab, unit: Unit, status: int = 200, **facts: Any
    ) -> web.Response:
        """Return the page with the tree, or only its sheet where that is all that was asked for."""
        roots = await self.roots(visit)
        way = path_to(roots, unit)
        if not way and unit != START:
            raise NotThereError(NotThereError.__doc__)
        is_about_all = tab in FOR_ALL
        common = {
            "content": f"admin/{content}.html",
            "tab": tab,
            "tabs": [(each, visit.say(LABELS[each]), address(each, unit)) for each in visit.tabs],
            "unit": unit,
            "unit_name": name_of(unit),
            "title": await self._accounts.organisation() if is_about_all else way[-1].name if way else "",
            "way": [] if is_about_all else [(node.name, address(tab, node.unit)) for node in way[:-1]],
            "inside": what_is_in(way[-1]) if way and not is_about_all else None,
            "is_about_all": is_about_all,
            "is_off": bool(way) and not way[-1].active and not is_about_all,
            "rows": () if visit.is_part else rows(roots, visit.opened(), unit),
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
        }
        return await self.draw_part(visit, "sheet" if visit.is_part else "frame", status, **(common | facts))

    async def draw_part(self, visit: Visit, template: str, status: int = 200, **facts: Any) -> web.Response:
        """Return a part of a page, with what the templates of the Admin Center count on."""
        organisation = "" if visit.is_part else await self._accounts.organisation()
        common = {
            "organisation": organisation,
            "person": visit.identity.person,
            "reach": visit.reach,
            "planned": visit.planned,
            "form": self._gate.form_token(visit.request),
            "is_part": visit.is_part,
            "address": address,
            "name_of": name_of,
        }
        return self._pages.draw(visit.request, f"admin/{template}.html", status, **(common | facts))

    async def roots(self, visit: Visit) -> Sequence[Node]:
        """Return the tree of this visitor, whose fixed roots are named in their language."""
        found = in_language(await self._organisation.tree(visit.actor, visit.now), visit.say)
        return found if visit.planned else in_use(found)

    async def _show(self, action: _Action, tab: Tab | None, request: web.Request) -> web.StreamResponse:
        return await self._answer(action, tab, request, Posted())

    async def _act(self, action: _Action, tab: Tab | None, most: int, request: web.Request) -> web.StreamResponse:
        if await self._gate.identify(request) is None:
            return await self._answer(action, tab, request, Posted())  # which sends strangers away, unread
        try:
            found = await fields(request, most)
        except web.HTTPRequestEntityTooLarge:
            return await self._answer(_Action(_too_much), tab, request, Posted())
        form = MultiDict([(name, value) for name, value in found.items() if isinstance(value, str)])
        sent = {name: value for name, value in found.items() if isinstance(value, web.FileField)}
        files, names = {name: _read(value) for name, value in sent.items()}, _names(sent)
        if not self._gate.is_own_form(request, form.get("form", "")):
            if request.headers.get("HX-Request") == "true":
                raise web.HTTPPreconditionFailed  # the page keeps what was written, and says what to do
            raise OldFormError
        return await self._answer(action, tab, request, Posted(form, files, names))

    async def _answer(
        self, action: _Action, tab: Tab | None, request: web.Request, posted: Posted
    ) -> web.StreamResponse:
        identity, unproved = await self._gate.identify(request), None
        if identity is None and request.method == "POST" and request.headers.get("HX-Request") == "true":
            raise web.HTTPUnauthorized
        if identity is None:
            return self._gate.to_sign_in(request, _elsewhere(request, "/sign-in"))
        say = self._pages.language(request).texts.gettext
        now = datetime.now(UTC)
        if (shown := self._proofs.shown_in(posted.form)) is not None and CANCELLED not in request.query:
            identity, unproved = await self._proofs.take(identity, self._address_of(request), shown, now)
        actor = identity.actor(self._address_of(request))
        reach = await self._organisation.reach(actor, now)
        planned, form = await self._shows_planned(), Reauthentication.without(posted.form)
        visit = Visit(request, identity, actor, reach, say, now, planned, form, posted.files, posted.file_names)
        handler = action.handler
        if CANCELLED in request.query and action.again is not None:
            handler, unproved = action.again, None
        try:
            if unproved is not None:
                return await self._ask_for_proof(visit, tab, unproved, action)
            if visit.is_about_planned(tab) and (tab is None or tab in tabs_of(reach)):
                raise PlannedError(PlannedError.__doc__)
            if not visit.tabs or (tab is None and not reach.may_arrange) or (tab is not None and tab not in visit.tabs):
                raise NotAllowedError(NotAllowedError.__doc__)
            return await handler(visit)
        except ProofNeededError:
            return await self._ask_for_proof(visit, tab, None, action)
        except _REFUSED as error:
            return await self._refuse(visit, error)

    async def _ask_for_proof(
        self, visit: Visit, tab: Tab | None, error: DesksideError | None, action: _Action
    ) -> web.Response:
        """Ask in place who is there; what was to be saved goes along, and is saved with the answer."""
        path = visit.request.path
        facts: dict[str, Any] = {
            "path": path,
            "carried": [(name, value) for name, value in visit.form.items() if name != "form"],
            "asks_code": await self._proofs.asks_code(visit.identity),
            "wrong": problem_of(error),
            "cancel": "" if action.again is None else CANCELLED,
            "title": visit.say(_("Is that you?")),
            "back": address(tab, visit.unit()) if tab is not None and "unit" in visit.request.match_info else "/admin",
        }
        if visit.is_part and (tab is None or visit.request.headers.get("HX-Target") != "sheet"):
            return await self.draw_part(visit, "proof", _FORBIDDEN, **facts)
        if tab is not None and "unit" in visit.request.match_info:
            with contextlib.suppress(NotThereError):  # what is named may stand nowhere in the tree
                return await self.draw(visit, "proof", tab, visit.unit(), _FORBIDDEN, **_without_title(facts))
        return await self.draw_part(visit, "proof_page", _FORBIDDEN, **facts)

    async def _refuse(self, visit: Visit, error: DesksideError) -> web.Response:
        text, status = said(error, visit.say), refusal_of(error).status
        template = "refused_part" if visit.is_part else "refused"
        heading = visit.say(_("Not done")) if status == _TOO_MUCH else ""
        return await self.draw_part(visit, template, status, text=text, is_inside=bool(visit.tabs), heading=heading)


def _without_title(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "title"}


def _names(sent: Mapping[str, web.FileField]) -> dict[str, str]:
    return {name: value.filename for name, value in sent.items()}


def _read(field_: web.FileField) -> bytes:
    with field_.file as file:
        return file.read()


async def _too_much(_visit: Visit) -> web.StreamResponse:
    raise TooLargeError(TooLargeError.__doc__)


def see(visit: Visit, path: str) -> web.Response:
    """Send the browser to another page after something was done."""
    return _elsewhere(visit.request, path)


def _in_place(path: str) -> dict[str, str]:
    """Return what has the sheet redrawn where it is: what was read stays in view, and the tree follows."""
    goal = {"path": path, "target": "#sheet", "push": path.partition("?")[0]}
    return {"HX-Location": json.dumps(goal), "HX-Trigger": "deskside-tree"}


def _elsewhere(request: web.Request, path: str) -> web.Response:
    if request.headers.get("HX-Request") == "true":
        is_in_place = request.headers.get("HX-Target") == "sheet" and path.startswith(_SHEETS)
        return web.Response(headers=_in_place(path) if is_in_place else {"HX-Redirect": path})
    return web.Response(status=303, headers={"Location": path})
