"""The invitations that were not used yet, what became of each, and what to do about it."""

from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import Tab, address
from relay.admin.receipts import Receipts
from relay.credentials.invitations import NoAddressError, NoInvitationError
from relay.credentials.password_links import LinkState
from relay.credentials.service import Credentials
from relay.field_errors import FieldError
from relay.organization.guard import OutrankedError
from relay.texts import _

PATH = "/admin/invitations"
_REFUSALS = (FieldError, NoAddressError, NoInvitationError, OutrankedError)
STATES = {
    LinkState.COPIED: _("Link copied"),
    LinkState.WAITING: _("Waiting to be sent"),
    LinkState.RETRYING: _("Not sent, trying again"),
    LinkState.FAILED: _("Not sent"),
    LinkState.SENT: _("Sent"),
    LinkState.OPENED: _("Opened"),
}


class InvitationsPage:
    """Draws the list, sends again, copies and withdraws."""

    def __init__(self, base: AdminBase, credentials: Credentials, receipts: Receipts) -> None:
        self._base = base
        self._credentials = credentials
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [self._base.shown(PATH, self._show), self._base.posted(PATH, self._act)]

    async def _show(self, visit: Visit) -> web.Response:
        return await self._draw(visit, None)

    async def _act(self, visit: Visit) -> web.Response:
        (unit,), do = visit.units()[:1], visit.form.get("do", "")
        link = None
        try:
            if do == "withdraw":
                await self._credentials.invitations.withdraw(visit.actor, unit, visit.now)
                text = _("The link no longer works.")
            else:
                link = await self._credentials.invitations.invite(visit.actor, unit, visit.now, by_mail=do == "send")
                mailed = link.url is None
                text = _("The invitation will be sent by e-mail.") if mailed else _("The invitation link is ready.")
        except _REFUSALS as error:
            return await self._draw(visit, error)
        person = visit.identity.person.id
        return see(visit, PATH + self._receipts.give(person, visit.say(text), at=visit.now, link=link))

    async def _draw(self, visit: Visit, error: DesksideError | None) -> web.Response:
        facts: dict[str, Any] = {
            "invitations": [
                (each, visit.say(STATES[each.link.state]), address(Tab.ORGANIZATION, each.unit))
                for each in await self._credentials.invitations.listed(visit.actor, visit.now)
            ],
            "can_mail": self._credentials.invitations.can_mail,
            "problem": said(error, visit.say) if error else "",
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
        }
        title = visit.say(_("Invitations"))
        return await self._base.draw_part(visit, "invitations", 422 if error else 200, title=title, **facts)
