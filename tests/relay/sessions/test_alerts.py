"""What consoles are told of sessions that wait."""

from datetime import timedelta

import pytest

from codec.wire.api_types import SessionState
from codec.wire.signals import Alert, UnitLimits
from relay.sessions.alerts import alerts_by, unit_limits
from relay.settings.inheritance import Held, Origin

WAITING = SessionState.WAITING


@pytest.mark.req("SESS-137", "SESS-138")
def test_alerts_are_in_the_order_in_which_they_come() -> None:
    stored = [
        {"state": "waiting", "seconds": 300, "colour": "red"},
        {"state": "waiting", "seconds": 60, "colour": "amber"},
    ]
    told = unit_limits(stored, {WAITING: timedelta(minutes=5)}, 7)
    assert told == UnitLimits(300, [Alert(WAITING, 60, "amber"), Alert(WAITING, 300, "red")], 7)


def test_who_may_wait_forever_is_told_as_0() -> None:
    assert unit_limits([], {}, None) == UnitLimits(0, [])


def test_without_a_group_the_settings_own_alerts_hold() -> None:
    assert [each["colour"] for each in alerts_by(None)] == ["amber", "red"]
    assert alerts_by({"timeouts.alerts": Held([], Origin.HERE)}) == []
