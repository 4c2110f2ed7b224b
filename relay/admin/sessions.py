"""The Sessions tab: the open sessions of a unit, which stay current by themselves, and what can be done with them.

Each deed is asked on a page of its own, or in the dialog where there is script. It names how its session looked then.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from codec.wire.api_types import MAX_COMMENT, NewTransfer, SessionState, TargetKind
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import Tab, address
from relay.admin.receipts import Receipts
from relay.organization.rules import NotThereError
from relay.organization.units import Unit
from relay.refusals import refusal_of
from relay.sessions.moves import EndedError, MovedOnError, NoSuchSessionError, NotNowError, SecretStaysError
from relay.sessions.overview import WITH_SESSIONS, Line, Order
from relay.sessions.starting import NoOneThereError, NotStartedError, Starting
from relay.sessions.supervision import Intent, Subject, Supervision, possible
from relay.sessions.transfers import NoSuchTargetError, NotAvailableError
from relay.texts import _
from relay.web.numbers import whole

SECONDS = 4
"""How often an open list asks whether it is still current."""
_REFUSALS = (
    EndedError,
    MovedOnError,
    NoOneThereError,
    NoSuchSessionError,
    NoSuchTargetError,
    NotAvailableError,
    NotNowError,
    NotStartedError,
    SecretStaysError,
)
STATES: Mapping[SessionState, tuple[str, str]] = {
    SessionState.CONNECTING: ("connecting", _("Connecting")),
    SessionState.WAITING: ("waiting", _("Waiting")),
    SessionState.ACTIVE: ("active", _("Active")),
    SessionState.ON_HOLD: ("hold", _("On hold")),
    SessionState.TRANSFERRING: ("transferring", _("Being transferred")),
    SessionState.RECONNECTING: ("reconnecting", _("Reconnecting")),
    SessionState.OFFLINE: ("offline", _("Customer offline")),
    SessionState.DISCONNECTED: ("reconnecting", _("Technician not there")),
}
"""How each open state looks, and what it is called."""
COLUMNS: Mapping[Order, str] = {
    Order.STATE: _("State"),
    Order.CUSTOMER: _("Customer"),
    Order.TECHNICIAN: _("Technician"),
    Order.WAY: _("Private or channel"),
    Order.SINCE: _("Started or waiting since"),
}
_TO_SOMEONE = (Intent.START, Intent.TRANSFER)
_DONE: Mapping[Intent, str] = {
    Intent.START: _("Started"),
    Intent.TRANSFER: _("Handed over"),
    Intent.HOLD: _("Is on hold now"),
    Intent.CLOSE: _("Closed"),
}


@dataclass(frozen=True)
class Sight:
    """What of the list is looked at: how it is sorted, and which page."""

    order: Order = Order.STATE
    backwards: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Sight":
        """Return what an address says; what makes no sense is as in a new list."""
        by = query.get("sort", "")
        name = by.removeprefix("-")
        order = Order(name) if name in set(Order) else Order.STATE
        return cls(order, by == f"-{order}", min(whole(query.get("page", "")) or 1, 1_000_000))

    def query(self, **changes: Any) -> str:
        """Return the end of the address of this, or of what it is changed to."""
        wanted = Sight(**(vars(self) | changes))
        by = f"-{wanted.order}" if wanted.backwards else wanted.order.value
        said = {"sort": by if by != Order.STATE else "", "page": wanted.page if wanted.page > 1 else ""}
        return "?" + urlencode({name: value for name, value in said.items() if value}) if any(said.values()) else ""

    def sorted_by(self, order: Order) -> str:
        """Return the end of the address where the list is sorted by a column: the other way round where it is."""
        return self.query(order=order, backwards=order is self.order and not self.backwards, page=1)

    def direction(self, order: Order) -> str:
        """Return what `aria-sort` says of a column."""
        return ("descending" if self.backwards else "ascending") if order is self.order else ""


class SessionsTab:
    """Draws it."""

    def __init__(self, base: AdminBase, supervision: Supervision, starting: Starting, receipts: Receipts) -> None:
        self._base = base
        self._supervision = supervision
        self._starting = starting
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        tab, path = Tab.SESSIONS, f"/admin/{Tab.SESSIONS.value}/{{unit}}"
        intents = "|".join(Intent)
        ask = f"{path}/{{session}}/{{intent:{intents}}}"
        return [
            self._base.shown(path, self._show, tab),
            self._base.shown(f"{path}/list", self._list, tab),
            self._base.shown(ask, self._ask, tab),
            self._base.posted(ask, self._do, tab),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        unit = visit.unit()
        return await self._base.draw(visit, "sessions", Tab.SESSIONS, unit, **await self._facts(visit, unit))

    async def _list(self, visit: Visit) -> web.Response:
        """Return the list alone; nothing at all where it is as the page has it."""
        unit = visit.unit()
        if unit.kind not in WITH_SESSIONS:
            raise NotThereError(NotThereError.__doc__)
        facts = await self._facts(visit, unit)
        if facts["digest"] == visit.request.query.get("was"):
            return web.Response(status=204, headers={"Cache-Control": "no-store"})
        return await self._base.draw_part(visit, "session_list", **facts)

    async def _facts(self, visit: Visit, unit: Unit) -> dict[str, Any]:
        sight = Sight.of(visit.request.query)
        path = address(Tab.SESSIONS, unit)
        facts: dict[str, Any] = {
            "has_sessions": unit.kind in WITH_SESSIONS,
            "path": path,
            "sight": sight,
            "columns": [(order, visit.say(label)) for order, label in COLUMNS.items()],
            "seconds": SECONDS,
            "lines": [],
            "digest": "",
        }
        if unit.kind not in WITH_SESSIONS:
            return facts
        found = await self._supervision.listed(
            visit.actor, unit, visit.now, sight.order, sight.page, backwards=sight.backwards
        )
        lines = [(line, *self._state(visit, line), possible(line.state)) for line in found.lines]
        digest = hashlib.sha256(msgspec.json.encode([found.count, [vars(line) for line in found.lines]]))
        return facts | {"lines": lines, "found": found, "digest": digest.hexdigest()[:16]}

    @staticmethod
    def _state(visit: Visit, line: Line) -> tuple[str, str]:
        look, word = STATES[line.state]
        if line.to:
            return look, visit.say(_("Being transferred to {to}")).format(to=line.to)
        return look, visit.say(word)

    async def _ask(self, visit: Visit) -> web.Response:
        return await self._asked(visit, "")

    async def _asked(self, visit: Visit, problem: str, status: int = 200) -> web.Response:
        """Ask whether it is meant. `problem` says why it was not done."""
        unit, intent = visit.unit(), Intent(visit.request.match_info["intent"])
        facts: dict[str, Any] = {
            "intent": intent.value,
            "path": visit.request.path,
            "back": address(Tab.SESSIONS, unit),
            "problem": problem,
            "subject": None,
            "chosen": visit.form.get("target", ""),
            "comment": visit.form.get("comment", ""),
            "longest": MAX_COMMENT,
        }
        try:
            subject = await self._supervision.look_at(visit.actor, _number(visit), visit.now)
            facts |= await self._about(visit, intent, subject)
        except _REFUSALS as error:
            facts["problem"], status = problem or said(error, visit.say), refusal_of(error).status
        if visit.is_part and visit.request.headers.get("HX-Target") != "sheet":
            return await self._base.draw_part(visit, "session_ask", status, **facts)
        return await self._base.draw(visit, "session_ask", Tab.SESSIONS, unit, status, **facts)

    async def _about(self, visit: Visit, intent: Intent, subject: Subject) -> dict[str, Any]:
        if intent not in possible(subject.line.state):
            raise NotNowError(NotNowError.__doc__)
        targets = None
        if intent is Intent.START:
            targets = await self._starting.targets(visit.actor, subject, visit.now)
        elif intent is Intent.TRANSFER:
            targets = await self._supervision.targets(visit.actor, subject, visit.now)
        state = self._state(visit, subject.line)
        return {"subject": subject, "line": subject.line, "state": state[1], "look": state[0], "targets": targets}

    async def _do(self, visit: Visit) -> web.Response:
        intent, number, seen = Intent(visit.request.match_info["intent"]), _number(visit), visit.form.get("seen", "")
        to = _target(visit.form.get("target", ""))
        if intent in _TO_SOMEONE and to is None:
            return await self._asked(visit, visit.say(_("Choose a technician, a group or a channel.")), 422)
        try:
            details = await self._carry_out(visit, intent, number, seen, to)
        except _REFUSALS as error:
            return await self._asked(visit, said(error, visit.say), refusal_of(error).status)
        receipt = self._receipts.give(visit.identity.person.id, visit.say(_DONE[intent]), details, at=visit.now)
        return see(visit, address(Tab.SESSIONS, visit.unit()) + receipt)

    async def _carry_out(
        self, visit: Visit, intent: Intent, number: int, seen: str, to: tuple[TargetKind, int] | None
    ) -> tuple[str, ...]:
        """Do it; return whose session it is, and whose it becomes."""
        who, to_whom = (visit.actor, number, seen), ""
        match intent:
            case Intent.START if to is not None:
                customer, to_whom = await self._starting.start(*who, NewTransfer(kind=to[0], target=to[1]), visit.now)
                return customer or visit.say(_("Customer")), to_whom
            case Intent.TRANSFER if to is not None:
                comment = visit.form.get("comment", "")[:MAX_COMMENT]
                asked = NewTransfer(kind=to[0], target=to[1], comment=comment)
                done = await self._supervision.transfer(*who, asked, visit.now)
                to_whom = "" if done.transfer is None else done.transfer.to
            case Intent.HOLD:
                done = await self._supervision.hold(*who, visit.now)
            case _:
                done = await self._supervision.close(*who, visit.now)
        return tuple(filter(None, (done.name or visit.say(_("Customer")), to_whom)))


def _number(visit: Visit) -> int:
    number = whole(visit.request.match_info["session"])
    if number is None:
        raise NotThereError(NotThereError.__doc__)
    return number


def _target(value: str) -> tuple[TargetKind, int] | None:
    kind, _dash, number = value.partition("-")
    found = whole(number)
    return (TargetKind(kind), found) if kind in set(TargetKind) and found and found < 1 << 31 else None
