"""Whom the members of a group may transfer to or invite, where a permission says “only to those selected”."""

from typing import Any

from aiohttp import web

from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import Tab, address, name_of, unit_named
from relay.admin.outline import all_below
from relay.admin.receipts import Receipts
from relay.organization.rules import LockedError, NotThereError, WrongPlaceError
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import BY_KEY
from relay.permissions.service import Permissions
from relay.texts import _

_TAB = Tab.ORGANIZATION


class TargetPages:
    """Draws and saves the lists (PERM-15b, PERM-21b)."""

    def __init__(self, base: AdminBase, permissions: Permissions, receipts: Receipts) -> None:
        self._base = base
        self._permissions = permissions
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        path = f"/admin/{_TAB.value}/{{unit}}/targets/{{key}}"
        return [self._base.shown(path, self._show, _TAB), self._base.posted(path, self._save, _TAB)]

    async def _show(self, visit: Visit) -> web.Response:
        unit, key = visit.unit(), _key(visit)
        chosen = await self._permissions.targets_of_group(visit.actor, unit, key, visit.now)
        return await self._draw(visit, unit, key, chosen, "")

    async def _draw(self, visit: Visit, unit: Unit, key: str, chosen: frozenset[Unit], trouble: str) -> web.Response:
        kinds = BY_KEY[key].target_kinds
        found = [(node, depth) for node, depth in all_below(await self._base.roots(visit)) if node.unit.kind in kinds]
        facts: dict[str, Any] = {
            "key": key,
            "label": visit.say(BY_KEY[key].label),
            "places": [(node.name, name_of(node.unit), depth, node.unit in chosen) for node, depth in found],
            "unseen": sorted(name_of(each) for each in chosen - {node.unit for node, _depth in found}),
            "trouble": trouble,
        }
        return await self._base.draw(visit, "targets", _TAB, unit, 422 if trouble else 200, **facts)

    async def _save(self, visit: Visit) -> web.Response:
        unit, key = visit.unit(), _key(visit)
        chosen = frozenset(unit_named(name) for name in visit.form.getall("target", []))
        before = await self._permissions.targets_of_group(visit.actor, unit, key, visit.now)
        if chosen == before:
            return see(visit, address(_TAB, unit))
        try:
            await self._permissions.set_targets(visit.actor, unit, key, chosen, visit.now)
        except (LockedError, WrongPlaceError) as error:
            return await self._draw(visit, unit, key, chosen, said(error, visit.say))

        async def undo(later: Visit) -> str:
            await self._permissions.set_targets(later.actor, unit, key, before, later.now)
            return address(_TAB, unit)

        details = (visit.say(BY_KEY[key].label),)
        done = self._receipts.give(visit.identity.person.id, visit.say(_("Saved")), details, undo, at=visit.now)
        return see(visit, address(_TAB, unit) + done)


def _key(visit: Visit) -> str:
    """Return the permission that the address names. Raises NotThereError for one without targets."""
    key = visit.request.match_info["key"]
    is_group = visit.unit().kind is UnitKind.TECHNICIAN_GROUP
    if not is_group or key not in BY_KEY or not BY_KEY[key].target_kinds:
        raise NotThereError(NotThereError.__doc__)
    return key
