"""A way to invite customers that a technician's group turned off is refused, whatever their console offers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from codec.wire.api_types import Method, NewCode
from codec.wire.messages import VERSION
from codec.wire.signals import Enter, Refusal
from relay.codes.model import CodeRow
from relay.store.database import open_store
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


@pytest.mark.req("SESS-118")
async def test_who_comes_too_late_reads_that_it_has_expired_and_there_is_no_session(relay: RunningRelay) -> None:
    pin, link = await relay.make_code(), await relay.make_code(Method.LINK)
    store = await open_store(relay.settings.database)
    try:
        async with store.transaction() as transaction:
            await transaction.execute(update(CodeRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    finally:
        await store.close()
    async with relay.http.get(f"{relay.url}{link.path}") as response:
        assert "This link has expired. Ask your technician for a new one." in await response.text()
    async with relay.http.post(f"{relay.url}/start", data={"pin": pin.pin}) as response:
        assert "This PIN has expired. Ask your technician for a new one." in await response.text()
    for first in (Enter(VERSION, pin=pin.pin), Enter(VERSION, link=str(link.path).removeprefix("/s/"))):
        async with relay.applet(first) as applet:
            assert (await applet.hear()).reason is Refusal.EXPIRED
    assert (await relay.call("GET", "/sessions"))[1] == []
