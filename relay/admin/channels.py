"""The Channels tab: which channels bring customers to a group."""

from dataclasses import dataclass

from aiohttp import web

from relay.admin.base import AdminBase, Visit
from relay.admin.navigation import Tab, name_of
from relay.admin.outline import path_to
from relay.organization.units import Unit, UnitKind

_ALL = (UnitKind.CHANNELS, UnitKind.TECHNICIANS, UnitKind.TECHNICIAN_GROUP)
"""Where all channels are in place; a channel shows itself, and everything else has none."""


@dataclass(frozen=True)
class Served:
    """One channel, and whether the group serves it."""

    name: str
    label: str
    is_served: bool
    groups: tuple[str, ...]


class ChannelsTab:
    """Draws it. Assigning and taking off are the same commands as in the tree."""

    def __init__(self, base: AdminBase) -> None:
        self._base = base

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [self._base.shown(f"/admin/{Tab.CHANNELS.value}/{{unit}}", self._show, Tab.CHANNELS)]

    async def _show(self, visit: Visit) -> web.Response:
        unit = visit.unit()
        roots = await self._base.roots(visit)
        way = path_to(roots, unit)
        is_group = unit.kind is UnitKind.TECHNICIAN_GROUP
        mine = {node.unit for node in way[-1].children if node.linked} if way and is_group else set()
        channels = path_to(roots, Unit(UnitKind.CHANNELS))
        serving: dict[Unit, list[str]] = {}
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            waiting += node.children
            for child in node.children:
                if child.linked and child.unit.kind is UnitKind.CHANNEL:
                    serving.setdefault(child.unit, []).append(node.name)
        found = [
            Served(name_of(node.unit), node.name, node.unit in mine, tuple(sorted(serving.get(node.unit, ()))))
            for node in (channels[-1].children if channels else ())
            if unit.kind in _ALL or node.unit == unit
        ]
        return await self._base.draw(
            visit,
            "channels",
            Tab.CHANNELS,
            unit,
            channels=found,
            is_group=is_group,
            has_channels=unit.kind in (*_ALL, UnitKind.CHANNEL),
        )
