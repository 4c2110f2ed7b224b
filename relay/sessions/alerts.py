"""When sessions that wait are marked in consoles, and when they end: what holds for a channel, or a group. Pure."""

from collections.abc import Mapping
from typing import Any

from codec.wire.api_types import SessionState
from codec.wire.signals import Alert, UnitLimits
from relay.sessions.timeouts import Patience
from relay.settings.catalogue import CATALOGUE

ALERTS = "timeouts.alerts"


def unit_limits(alerts: Any, patience: Patience, channel: int | None) -> UnitLimits:
    """Return what consoles are told of a channel, or of a technician's own sessions. `alerts` is as it is stored."""
    waiting = patience.get(SessionState.WAITING)
    rows = [Alert(SessionState(each["state"]), each["seconds"], each["colour"]) for each in alerts]
    return UnitLimits(
        waiting_seconds=0 if waiting is None else round(waiting.total_seconds()),
        alerts=sorted(rows, key=lambda each: each.seconds),
        channel=channel,
    )


def alerts_by(values: Mapping[str, Any] | None) -> Any:
    """Return the alerts that hold; the setting's own where there is no unit to choose."""
    return CATALOGUE.setting(ALERTS).default if values is None else values[ALERTS].value
