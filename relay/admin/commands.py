"""What is done to units from the tree: create, enable, move, assign, remove, and take back what was just done."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.rules import Status
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.menu import CREATE, menu_for
from relay.admin.menu import creatable as offered
from relay.admin.navigation import START, Tab, address, name_of, unit_named
from relay.admin.outline import all_below, path_to, units_below
from relay.admin.receipts import Receipts
from relay.organization.fields import fields_of
from relay.organization.guard import OutrankedError, ProofNeededError
from relay.organization.queries import Node
from relay.organization.rules import (
    ChangedMeanwhileError,
    CycleError,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotEmptyError,
    NotThereError,
    WrongPlaceError,
)
from relay.organization.service import Organisation
from relay.organization.tree import Drag, what_a_drag_means
from relay.organization.units import Unit, UnitKind
from relay.texts import _

_REFUSALS = (
    CycleError,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotEmptyError,
    WrongPlaceError,
    ChangedMeanwhileError,
    OutrankedError,
)


class Commands:
    """Carries them out."""

    def __init__(self, base: AdminBase, organisation: Organisation, receipts: Receipts) -> None:
        self._base = base
        self._organisation = organisation
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            self._base.shown("/admin/menu", self._menu),
            self._base.shown("/admin/place", self._ask_where),
            self._base.shown("/admin/delete", self._ask_to_delete),
            self._base.posted("/admin/create", self._create),
            self._base.posted("/admin/status", self._set_status),
            self._base.posted("/admin/preview", self._preview),
            self._base.posted("/admin/place", self._place),
            self._base.posted("/admin/unlink", self._unlink),
            self._base.posted("/admin/delete", self._delete),
            self._base.posted("/admin/undo", self._undo),
        ]

    async def _menu(self, visit: Visit) -> web.Response:
        units, under = visit.units(), visit.request.query.get("under", "")
        creatable: Sequence[UnitKind] = ()
        if len(units) == 1:
            found = await self._organisation.creatable(visit.actor, units[0], visit.now)
            creatable = offered(found, planned=visit.planned)
        is_linked = bool(visit.request.query.get("linked")) and bool(under)
        switched = [unit for unit in units if "status" in fields_of(unit.kind)]
        shown = [await self._organisation.show(visit.actor, unit, visit.now) for unit in switched]
        statuses = {each.values.get("status") for each in shown}
        menu = menu_for(visit.reach, visit.say, units, creatable, statuses=statuses, is_linked=is_linked)
        names = [name_of(unit) for unit in units]
        facts: dict[str, Any] = {"menu": menu, "names": names, "under": under}
        if visit.is_part:
            return await self._base.draw_part(visit, "menu", **facts)
        return await self._base.draw(visit, "menu", Tab.ORGANIZATION, units[0], **facts)

    async def _create(self, visit: Visit) -> web.Response:
        place, kind = unit_named(visit.form.get("place", "")), visit.form.get("kind", "")
        if kind not in CREATE:
            raise NotThereError(NotThereError.__doc__)
        values = {"name": visit.say(CREATE[UnitKind(kind)][1])}
        try:
            unit = await self._organisation.create(visit.actor, UnitKind(kind), place, values, visit.now)
        except _REFUSALS as error:
            return await self._complain(visit, place, error)
        return see(visit, address(Tab.ORGANIZATION, unit) + "?new=1")

    async def _set_status(self, visit: Visit) -> web.Response:
        units, wanted = visit.units(), visit.form.get("status", "")
        if wanted not in set(Status):
            raise NotThereError(NotThereError.__doc__)
        status = Status(wanted)
        shown = [await self._organisation.show(visit.actor, unit, visit.now) for unit in units]
        turned = [each.unit for each in shown if each.values.get("status") != status]
        try:
            await self._organisation.set_status(visit.actor, units, status, visit.now)
        except _REFUSALS as error:
            return await self._complain(visit, units[0], error)

        async def undo(later: Visit) -> str:
            back = Status.DISABLED if status is Status.ENABLED else Status.ENABLED
            await self._organisation.set_status(later.actor, turned, back, later.now)
            return address(Tab.ORGANIZATION, units[0])

        text = visit.say(_("Enabled") if status is Status.ENABLED else _("Disabled"))
        done = self._receipts.give(
            visit.identity.person.id, text, tuple(each.name for each in shown), undo if turned else None, at=visit.now
        )
        return see(visit, address(Tab.ORGANIZATION, units[0]) + done)

    async def _preview(self, visit: Visit) -> web.Response:
        """Say what a drop would do, before it happens (EDGE-02)."""
        units, target = visit.units(), unit_named(visit.form.get("target", ""))
        try:
            meaning = await self._organisation.preview_drag(visit.actor, units, target, visit.now)
        except DesksideError as error:
            return web.json_response({"possible": False, "text": said(error, visit.say)})
        text = visit.say(
            _("Will be moved here")
            if meaning is Drag.MOVE
            else _("Will be added here and stay in its current place too")
        )
        return web.json_response({"possible": True, "text": text})

    async def _ask_where(self, visit: Visit) -> web.Response:
        units = visit.units()
        meaning = Drag.MOVE if visit.request.query.get("how") == Drag.MOVE else Drag.ADD
        roots = await self._base.roots(visit)
        targets = [
            ("\u2003" * depth + node.name, name_of(node.unit))
            for node, depth in all_below(roots)
            if all(what_a_drag_means(unit.kind, node.unit.kind) is meaning for unit in units) and node.unit not in units
        ]
        facts: dict[str, Any] = {
            "nodes": _nodes(roots, units),
            "targets": targets,
            "meaning": meaning.value,
            "chosen": units,
        }
        if visit.is_part:
            return await self._base.draw_part(visit, "place", **facts)
        return await self._base.draw(visit, "place", Tab.ORGANIZATION, units[0], **facts)

    async def _place(self, visit: Visit) -> web.Response:
        units, target = visit.units(), unit_named(visit.form.get("target", ""))
        meanings = {what_a_drag_means(unit.kind, target.kind) for unit in units}
        before = (
            [(await self._organisation.show(visit.actor, unit, visit.now)).place for unit in units]
            if meanings == {Drag.MOVE}
            else []
        )
        nodes = _nodes(await self._base.roots(visit), [*units, target])
        try:
            if meanings == {Drag.MOVE}:
                await self._organisation.move(visit.actor, units, target, visit.now)
            elif meanings == {Drag.ADD}:
                await self._organisation.link(visit.actor, units, target, visit.now)
            else:
                raise WrongPlaceError(WrongPlaceError.__doc__)
        except _REFUSALS as error:
            return await self._complain(visit, units[0], error)

        async def undo(later: Visit) -> str:
            if meanings == {Drag.ADD}:
                await self._organisation.unlink(later.actor, units, target, later.now)
            for unit, place in zip(units, before, strict=False):
                if place is not None:
                    await self._organisation.move(later.actor, [unit], place, later.now)
            return address(Tab.ORGANIZATION, units[0])

        template = _("Moved to {place}") if meanings == {Drag.MOVE} else _("Added to {place}")
        text = visit.say(template).format(place=nodes[-1].name if nodes else "")
        names = tuple(node.name for node in nodes if node.unit in units)
        is_undone = all(place is not None for place in before)
        done = self._receipts.give(visit.identity.person.id, text, names, undo if is_undone else None, at=visit.now)
        shown = units[0] if meanings == {Drag.MOVE} else target
        return see(visit, address(_tab_of(visit), shown) + done)

    async def _unlink(self, visit: Visit) -> web.Response:
        units, target = visit.units(), unit_named(visit.form.get("target", ""))
        nodes = _nodes(await self._base.roots(visit), [*units, target])
        try:
            await self._organisation.unlink(visit.actor, units, target, visit.now)
        except _REFUSALS as error:
            return await self._complain(visit, target, error)

        async def undo(later: Visit) -> str:
            await self._organisation.link(later.actor, units, target, later.now)
            return address(Tab.ORGANIZATION, target)

        names = tuple(node.name for node in nodes if node.unit in units)
        done = self._receipts.give(visit.identity.person.id, visit.say(_("Unassigned")), names, undo, at=visit.now)
        return see(visit, address(_tab_of(visit), target) + done)

    async def _ask_to_delete(self, visit: Visit) -> web.Response:
        units = visit.units()
        facts: dict[str, Any] = {"nodes": _nodes(await self._base.roots(visit), units), "chosen": units}
        if visit.is_part:
            return await self._base.draw_part(visit, "delete", **facts)
        return await self._base.draw(visit, "delete", Tab.ORGANIZATION, units[0], **facts)

    async def _delete(self, visit: Visit) -> web.Response:
        units = visit.units()
        roots = await self._base.roots(visit)
        way = path_to(roots, units[0])
        names = tuple(node.name for node in _nodes(roots, units))
        try:
            await self._organisation.delete(visit.actor, units, visit.now)
        except _REFUSALS as error:
            return await self._complain(visit, units[0], error)
        place = way[-2].unit if len(way) > 1 else START
        done = self._receipts.give(visit.identity.person.id, visit.say(_("Removed")), names, at=visit.now)
        return see(visit, address(Tab.ORGANIZATION, place if place not in units else START) + done)

    async def _undo(self, visit: Visit) -> web.Response:
        receipt = self._receipts.take(visit.form.get("done", ""), visit.identity.person.id)
        if receipt is None or receipt.undo is None:
            text = visit.say(_("This can no longer be undone here. Change it in its form."))
            return await self._tell(visit, START, text)
        try:
            path = await receipt.undo(visit)
        except (NotThereError, ProofNeededError):
            raise
        except DesksideError as error:
            return await self._tell(visit, START, said(error, visit.say))
        self._receipts.forget(receipt.key)
        return see(
            visit,
            path + self._receipts.give(visit.identity.person.id, visit.say(_("Undone")), receipt.details, at=visit.now),
        )

    async def _complain(self, visit: Visit, unit: Unit, error: DesksideError) -> web.Response:
        return await self._tell(visit, unit, said(error, visit.say))

    async def _tell(self, visit: Visit, unit: Unit, text: str) -> web.Response:
        """Say why something was not done; from inside the page as a part of it."""
        if visit.is_part and visit.request.headers.get("HX-Target") != "sheet":
            return await self._base.draw_part(visit, "told", 422, text=text)
        return await self._base.draw(visit, "told", Tab.ORGANIZATION, unit, 422, text=text)


def _tab_of(visit: Visit) -> Tab:
    """Return the tab that a command was given on, where its form says so."""
    wanted = visit.form.get("tab", "")
    return Tab(wanted) if wanted in {tab.value for tab in visit.tabs} else Tab.ORGANIZATION


def _nodes(roots: Sequence[Node], units: Sequence[Unit]) -> list[Node]:
    """Return the nodes of these units, in their order. Raises NotThereError when this visitor does not see one."""
    by_unit = {node.unit: node for root in roots for node in (root, *units_below(root))}
    missing = [unit for unit in units if unit not in by_unit]
    if missing:
        raise NotThereError(NotThereError.__doc__)
    return [by_unit[unit] for unit in units]
