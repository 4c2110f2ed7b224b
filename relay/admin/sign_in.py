"""How somebody else signs in, on his form of the Organization tab: password, second step, invitation."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.rules import FieldError
from relay.admin.entry import Entry, Visit, see
from relay.admin.places import Tab, address
from relay.admin.receipts import Receipts
from relay.organization.guard import OutrankedError
from relay.organization.rules import NotAllowedError
from relay.organization.units import PEOPLE, Unit
from relay.security.credentials import Credentials, NoAddressError, NoInvitationError, NoSecondStepError, WayIn
from relay.texts import _

_TAB = Tab.ORGANIZATION
_REFUSALS = (FieldError, NoAddressError, NoInvitationError, NoSecondStepError, OutrankedError)
Redraw = Callable[[Visit, Unit, DesksideError], Awaitable[web.Response]]


class SignInPart:
    """A part of a person's form, with forms of its own: what is done here is done at once (SEC-43)."""

    def __init__(self, entry: Entry, credentials: Credentials, receipts: Receipts) -> None:
        self._entry = entry
        self._credentials = credentials
        self._receipts = receipts

    def routes(self, redraw: Redraw) -> list[web.RouteDef]:
        """Return the routes to add. `redraw` shows the person's form again, with what went wrong."""

        def posted(path: str, act: Callable[[Visit, Unit], Awaitable[str]]) -> web.RouteDef:
            async def handle(visit: Visit) -> web.Response:
                return await self._done(visit, act, redraw)

            return self._entry.posted(f"/admin/{_TAB.value}/{{unit}}/{path}", handle, _TAB)

        return [
            posted("password", self._set_password),
            posted("two-step", self._reset_two_step),
            posted("invitation", self._invite),
            posted("withdrawal", self._withdraw),
        ]

    async def facts(self, visit: Visit, unit: Unit) -> dict[str, Any]:
        """Return what the form shows of it; nothing for units that cannot sign in."""
        if unit.kind not in PEOPLE:
            return {"sign_in": None}
        sign_in = {
            "is_own": unit.id == visit.actor.person,
            "may_change": await self._credentials.may_change(visit.actor, unit, visit.now),
            "api_keys": await self._credentials.keys_of(unit.id, visit.now),
            "way_in": await self._way_in(visit, unit),
            "least": await self._credentials.least(),
            "can_reset": await self._credentials.can_reset_two_step(visit.actor, unit, visit.now),
        }
        return {"sign_in": sign_in}

    async def _way_in(self, visit: Visit, unit: Unit) -> WayIn | None:
        """Return how somebody can get in; None where it is not for this visitor to know."""
        try:
            return await self._credentials.of_other(visit.actor, unit, visit.now)
        except NotAllowedError:
            return None

    async def _done(self, visit: Visit, act: Callable[[Visit, Unit], Awaitable[str]], redraw: Redraw) -> web.Response:
        unit = visit.unit()
        try:
            text = await act(visit, unit)
        except _REFUSALS as error:
            return await redraw(visit, unit, error)
        receipt = self._receipts.give(visit.identity.person.id, visit.say(text), at=visit.now)
        return see(visit, address(_TAB, unit) + receipt)

    async def _set_password(self, visit: Visit, unit: Unit) -> str:
        new = visit.form.get("password", "")
        if new != visit.form.get("confirm", ""):
            raise FieldError("confirm", "differ", "The two are not the same. Type the new password again.")
        await self._credentials.set_for(visit.actor, unit, new, visit.now)
        return _("The password is set.")

    async def _reset_two_step(self, visit: Visit, unit: Unit) -> str:
        await self._credentials.reset_two_step(visit.actor, unit, visit.now)
        return _("The second step is reset.")

    async def _invite(self, visit: Visit, unit: Unit) -> str:
        await self._credentials.invite(visit.actor, unit, visit.now)
        return _("The invitation is on its way.")

    async def _withdraw(self, visit: Visit, unit: Unit) -> str:
        await self._credentials.withdraw(visit.actor, unit, visit.now)
        return _("The link is worth nothing any more.")
