"""Tabs and pages whose feature is not there yet: each says so, and what will be there."""

from collections.abc import Mapping

from aiohttp import web

from relay.admin.base import AdminBase, Handler, Visit
from relay.admin.navigation import Tab
from relay.organization.rules import PlannedError
from relay.texts import _

_TABS: Mapping[Tab, tuple[str, str]] = {
    Tab.COMPUTERS: (
        "unattended",
        _("Computers that can be reached when no one is there, and who can connect to them."),
    ),
}


class PlannedTabs:
    """Draws them."""

    def __init__(self, base: AdminBase) -> None:
        self._base = base

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            *(self._base.shown(f"/admin/{tab.value}/{{unit}}", self._drawn_by(tab), tab) for tab in _TABS),
            self._base.shown("/admin/command-center", self._command_center, Tab.REPORTS),
            self._base.shown("/admin/help", self._help, Tab.REPORTS),
        ]

    def _drawn_by(self, tab: Tab) -> Handler:
        async def draw(visit: Visit) -> web.Response:
            symbol, about = _TABS[tab]
            return await self._base.draw(visit, "waiting", tab, visit.unit(), symbol=symbol, about=visit.say(about))

        return draw

    async def _command_center(self, visit: Visit) -> web.Response:
        if not visit.planned:
            raise PlannedError(PlannedError.__doc__)
        about = visit.say(
            _("Live figures: who is waiting, who is helping, how long it takes, and what needs attention.")
        )
        title = visit.say(_("Command Center"))
        return await self._base.draw_part(visit, "apart", symbol="chart", about=about, title=title)

    async def _help(self, visit: Visit) -> web.Response:
        return await self._base.draw_part(visit, "help", title=visit.say(_("Help and feedback")))
