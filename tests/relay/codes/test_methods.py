"""A way to invite customers that a technician's group turned off is refused, whatever their console offers."""

import pytest

from codec.wire.api_types import Method, NewCode
from tests.support.relays import PASSWORD, RunningRelay
from tests.support.staff import BOB, make_technician


@pytest.mark.req("SESS-17")
async def test_what_the_group_turned_off_is_refused(relay: RunningRelay) -> None:
    group = await make_technician(relay.settings, [])
    change = {"values": {"connections.pin": False}, "confirmed": True}
    assert (await relay.call("PATCH", f"/settings/technician_group/{group.id}", change))[0] == 200
    _, signed_in = await relay.call("POST", "/sign-in", {"email": BOB, "password": PASSWORD, "console": "bob"})
    for method, wanted in ((Method.PIN, (403, "method_off")), (Method.LINK, (201, None))):
        status, answer = await relay.call("POST", "/codes", NewCode(method=method, name=""), signed_in["token"])
        assert (status, answer.get("problem")) == wanted
    await relay.make_code()  # who is in no group has all ways
