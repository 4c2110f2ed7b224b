"""Finding one's way in the tree: branches as they are opened, the search above it, the commands of an item."""

from typing import Any

from aiohttp import web

from relay.admin.base import AdminBase, Visit, see
from relay.admin.navigation import START, Tab, address
from relay.admin.outline import branch, rows, search
from relay.organization.rules import NotThereError
from relay.web.numbers import whole

MAX_SEARCH = 200


class TreeBrowser:
    """Draws parts of the tree."""

    def __init__(self, base: AdminBase) -> None:
        self._base = base

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add. The tree is also for those who only read reports (ORG-58b)."""
        return [
            self._base.shown("/admin", self._begin, Tab.REPORTS),
            self._base.shown("/admin/tree/{unit}", self._tree, Tab.REPORTS),
            self._base.shown("/admin/branch/{unit}", self._branch, Tab.REPORTS),
            self._base.shown("/admin/search", self._search, Tab.REPORTS),
        ]

    async def _begin(self, visit: Visit) -> web.Response:
        return see(visit, address(visit.tabs[0], START))

    async def _tree(self, visit: Visit) -> web.Response:
        roots = await self._base.roots(visit)
        drawn = rows(roots, visit.opened(), visit.unit())
        return await self._base.draw_part(visit, "rows", rows=drawn, tab=_tab(visit), left_out=0, branch_name="")

    async def _branch(self, visit: Visit) -> web.Response:
        start = whole(visit.request.query.get("from", "0"))
        if start is None:
            raise NotThereError(NotThereError.__doc__)
        found = branch(await self._base.roots(visit), visit.unit(), visit.opened(), visit.unit(), start)
        if found is None:
            raise NotThereError(NotThereError.__doc__)
        facts: dict[str, Any] = {"rows": found.inside, "left_out": found.left_out, "branch_name": found.name}
        next_ = start + len(found.inside)
        return await self._base.draw_part(visit, "rows", tab=_tab(visit), next=next_, **facts)

    async def _search(self, visit: Visit) -> web.Response:
        text = visit.request.query.get("q", "").strip()[:MAX_SEARCH]
        found, count = search(await self._base.roots(visit), text) if text else ([], 0)
        template = "found" if visit.is_part else "found_page"
        return await self._base.draw_part(visit, template, found=found, count=count, text=text, tab=_tab(visit))


def _tab(visit: Visit) -> Tab:
    """Return the tab that links in the tree lead to: the one that is open."""
    asked = visit.request.query.get("tab", "")
    return Tab(asked) if asked in {tab.value for tab in visit.tabs} else visit.tabs[0]
