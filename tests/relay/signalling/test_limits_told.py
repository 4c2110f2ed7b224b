"""Consoles are told how long sessions may wait: at the beginning, and when it changes."""

import pytest

from codec.wire.api_types import SessionState
from codec.wire.signals import Alert, TimeLimits, UnitLimits
from tests.support.channels import assign, choose, make_desk, sign_in
from tests.support.relays import ConsoleEnd, RunningRelay

DEFAULT = [Alert(SessionState.WAITING, 120, "amber"), Alert(SessionState.WAITING, 300, "red")]


async def told(console: ConsoleEnd, *units: UnitLimits) -> None:
    """Wait until a console hears that this holds."""
    while (await console.hear_a(TimeLimits)).units != list(units):
        pass


@pytest.mark.req("SESS-136", "SESS-138")
async def test_a_console_hears_of_its_channels_and_of_its_own_sessions(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    async with relay.console("console-of-bob", await sign_in(relay, "Bob")) as bob:
        await told(bob, UnitLimits(1_800, DEFAULT), UnitLimits(1_800, DEFAULT, 1))
        alert = {"state": "connecting", "seconds": 30, "colour": "violet"}
        await choose(relay, 1, {"timeouts.waiting": 0, "timeouts.alerts": [alert]})
        await told(bob, UnitLimits(1_800, DEFAULT), UnitLimits(0, [Alert(SessionState.CONNECTING, 30, "violet")], 1))
