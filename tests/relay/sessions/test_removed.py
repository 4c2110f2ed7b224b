"""Sessions of a technician who is disabled or deleted: all of them end, and those handed to them come back."""

import msgspec
import pytest

from codec.wire.api_types import Code, PickUp
from codec.wire.api_types import SessionState as S
from relay.events.kinds import ActorKind, Moved
from tests.relay.events.test_log import kept
from tests.relay.sessions.test_transfers import Desk, desk, row_of, until
from tests.support.relays import RunningRelay, enter_with


async def came(it: Desk, *steps: tuple[str, object]) -> int:
    """Let a customer come by a PIN of Bob's, and Bob do this with the session; return its number."""
    _, made = await it.relay.call("POST", "/codes", {"method": "pin"}, it.of_bob)
    async with it.relay.applet(enter_with(msgspec.convert(made, Code))) as customer:
        number = (await it.relay.enter(customer)).session
        for what, body in steps:
            status, answer = await it.relay.call("POST", f"/sessions/{number}/{what}", body, it.of_bob)
            assert status == 200, answer
    return number


@pytest.mark.req("SESS-183")
@pytest.mark.parametrize("how", ["disabled", "deleted"])
async def test_every_open_session_of_a_technician_who_goes_is_aborted(relay: RunningRelay, how: str) -> None:
    pick_up = "pick-up", PickUp(console="console-of-bob")
    async with desk(relay) as it:
        waiting, active, ended = await came(it), await came(it, pick_up), await came(it, pick_up, ("end", None))
        assert (await it.hands_over())[0] == 200, "Anna hands hers over to Bob"
        unit = {"kind": "technician", "id": it.bob.id}
        if how == "disabled":
            status, answer = await relay.call("POST", "/units/status", {"units": [unit], "status": "disabled"})
        else:
            status, answer = await relay.call("POST", "/units/delete", {"units": [unit]})
        assert status == 204, answer
        back = await until(it.annas, S.ACTIVE)
        assert back.id == it.number, "what was on its way to Bob is Anna's again"
        for number in (waiting, active):
            assert (await row_of(relay, number)).state == S.ABORTED_TECHNICIAN_REMOVED
        assert (await row_of(relay, ended)).state == S.CLOSED_BY_TECHNICIAN, "what had ended stays as it ended"
    last = [each for each in await kept(relay, active) if isinstance(each.what, Moved)][-1]
    assert isinstance(last.what, Moved)
    assert (last.actor.kind, last.what.cause) == (ActorKind.ADMINISTRATOR, "technician_removed")
