"""Tells consoles how long the sessions that they see may wait, and when they are marked."""

from weakref import WeakKeyDictionary

from codec.wire.signals import TimeLimits, write
from relay.bus.base import ORGANISATION, Bus
from relay.permissions.service import Permissions
from relay.sessions.alerts import ALERTS, alerts_by, unit_limits
from relay.sessions.timeouts import Belonging, PatienceOf
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.signalling.hub import Hub
from relay.tasks.news import NewsFollower
from relay.web.send_queue import SendQueue


class LimitsTold(NewsFollower):
    """Tells them. `note` that a console may have to be told."""

    purpose = "telling consoles how long sessions may wait"
    gather_seconds = 0.05
    """Consoles that come together are told together."""

    def __init__(
        self, permissions: Permissions, settings: AppliedSettings, patience: PatienceOf, hub: Hub, bus: Bus
    ) -> None:
        super().__init__()
        self._permissions = permissions
        self._settings = settings
        self._patience = patience
        self._hub = hub
        self._told: WeakKeyDictionary[SendQueue, TimeLimits] = WeakKeyDictionary()
        bus.follow([ORGANISATION], self)

    async def follow(self) -> None:
        """Tell each console for which something else holds than it was told."""
        consoles = [(each, self._hub.served_by(each).channels) for each in self._hub.consoles()]
        groups = {
            person: held.group
            for person, held in (await self._permissions.held_by({each.person for each, _ in consoles})).items()
        }
        channels = frozenset[int]().union(*(served for _, served in consoles))
        own = {person: Holder(HolderKind.GROUP, group) for person, group in groups.items() if group is not None}
        units = {*own.values(), *(Holder(HolderKind.CHANNEL, each) for each in channels)}
        held = await self._settings.held_by(units, [ALERTS])
        belongings = {*(Belonging(None, person) for person in groups), *(Belonging(each, None) for each in channels)}
        patience = await self._patience(belongings)
        for console, served in consoles:
            mine = own.get(console.person)
            limits = [
                unit_limits(
                    alerts_by(None if mine is None else held.get(mine)),
                    patience[Belonging(None, console.person)],
                    None,
                )
            ]
            for channel in sorted(served):
                alerts = alerts_by(held.get(Holder(HolderKind.CHANNEL, channel)))
                limits.append(unit_limits(alerts, patience[Belonging(channel, None)], channel))
            told = TimeLimits(limits)
            if self._told.get(console.queue) != told:
                self._told[console.queue] = told
                console.queue.say(write(told), about=TimeLimits)
