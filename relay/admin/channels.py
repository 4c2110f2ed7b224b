"""The Channels tab: which channels bring customers to a group, who of it works on them, and the ways into a channel."""

from dataclasses import dataclass

from aiohttp import web

from relay.admin.base import AdminBase, Visit, see
from relay.admin.navigation import Tab, address, name_of, unit_named
from relay.admin.outline import path_to
from relay.channels.form_code import form_code
from relay.channels.service import Channels
from relay.organization.service import Organisation
from relay.organization.units import Unit, UnitKind
from relay.pages.channel_form import FORM

_ALL = (UnitKind.CHANNELS, UnitKind.TECHNICIANS, UnitKind.TECHNICIAN_GROUP)
"""Where all channels are in place; a channel shows itself, and everything else has none."""


@dataclass(frozen=True)
class Served:
    """One channel, whether the group serves it, and whether the technician was taken off it."""

    name: str
    label: str
    is_served: bool
    groups: tuple[str, ...]
    is_off: bool = False


class ChannelsTab:
    """Draws it. Assigning and unassigning are the same commands as in the tree. `url` is the relay's."""

    def __init__(self, base: AdminBase, organisation: Organisation, channels: Channels, url: str) -> None:
        self._base = base
        self._organisation = organisation
        self._channels = channels
        self._url = url

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            self._base.shown(f"/admin/{Tab.CHANNELS.value}/{{unit}}", self._show, Tab.CHANNELS),
            self._base.posted("/admin/exclude", self._exclude),
        ]

    async def _exclude(self, visit: Visit) -> web.Response:
        """Take a technician off a channel of their group, or put them on it again."""
        channel, technician = unit_named(visit.form.get("unit", "")), unit_named(visit.form.get("target", ""))
        excluded = visit.form.get("excluded") == "yes"
        await self._organisation.exclude(visit.actor, technician, channel, excluded, visit.now)
        return see(visit, address(Tab.CHANNELS, technician))

    async def _show(self, visit: Visit) -> web.Response:
        unit = visit.unit()
        roots = await self._base.roots(visit)
        way = path_to(roots, unit)
        is_group, is_technician = unit.kind is UnitKind.TECHNICIAN_GROUP, unit.kind is UnitKind.TECHNICIAN
        group = way[-2 if is_technician else -1] if len(way) > is_technician else None
        mine = {node.unit for node in group.children if node.linked} if group and (is_group or is_technician) else set()
        off = await self._organisation.excluded_channels(visit.actor, unit, visit.now) if is_technician else ()
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
            Served(
                name_of(node.unit),
                node.name,
                node.unit in mine,
                tuple(sorted(serving.get(node.unit, ()))),
                node.unit in off,
            )
            for node in (channels[-1].children if channels else ())
            if unit.kind in _ALL or node.unit == unit or (is_technician and node.unit in mine)
        ]
        link, code = await self._ways_in(visit, unit)
        return await self._base.draw(
            visit,
            "channels",
            Tab.CHANNELS,
            unit,
            channels=found,
            is_group=is_group,
            is_technician=is_technician,
            has_channels=unit.kind in (*_ALL, UnitKind.CHANNEL),
            link=link,
            code=code,
        )

    async def _ways_in(self, visit: Visit, unit: Unit) -> tuple[str, str]:
        """Return the link and the form of a channel, for those who put them into web sites (CHAN-20)."""
        if unit.kind is not UnitKind.CHANNEL or not visit.reach.all:
            return "", ""
        link, action = f"{self._url}/join?channel={unit.id}", f"{self._url}{FORM.format(channel=unit.id)}"
        return link, form_code(action, link, await self._channels.asks(unit.id), visit.say)
