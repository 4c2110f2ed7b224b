"""The relay's front door, with real sockets: who is calling, and what comes before anybody is known."""

from pathlib import Path

import msgspec
import pytest
from multidict import CIMultiDict

from codec.desk import SignIn
from relay.store import open_store
from tests.relay.security.test_pages import choose
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay

STAFF, STRANGER = "192.0.2.9", "203.0.113.9"


def as_proxies_write(invented: str, caller: str) -> dict[str, CIMultiDict[str]]:
    """Return the header lines of a caller who invented one: as nginx passes them on, and as HAProxy does."""
    return {
        "nginx": CIMultiDict({"X-Forwarded-For": f"{invented}, {caller}"}),
        "HAProxy": CIMultiDict([("X-Forwarded-For", invented), ("X-Forwarded-For", caller)]),
        "many lines": CIMultiDict([("X-Forwarded-For", invented)] * 20 + [("X-Forwarded-For", caller)]),
    }


@pytest.mark.req("SEC-49", "EDGE-35")
async def test_nobody_chooses_their_own_address_behind_a_listed_proxy(tmp_path: Path) -> None:
    """F7: networks of staff and what is kept of a sign-in go by the line that the proxy wrote."""
    async with running_relay(tmp_path, trusted_proxies=["127.0.0.0/8"]) as relay:
        for headers in as_proxies_write(STAFF, STRANGER).values():
            body = msgspec.json.encode(SignIn(email=EMAIL, password=PASSWORD, console="forwarded"))
            async with relay.http.post(f"{relay.url}/api/v1/sign-in", data=body, headers=headers) as response:
                assert response.status == 200
        _, sign_ins = await relay.call("GET", "/me/sign-ins")
        assert {each["address"] for each in sign_ins if each["console"] == "forwarded"} == {STRANGER}
        await only_staff_networks(relay)
        for proxy, headers in as_proxies_write(STAFF, STRANGER).items():
            async with relay.http.get(f"{relay.url}/sign-in", headers=headers) as response:
                assert response.status == 403, proxy
        for proxy, headers in as_proxies_write(STRANGER, STAFF).items():
            async with relay.http.get(f"{relay.url}/sign-in", headers=headers) as response:
                assert response.status == 200, proxy


async def only_staff_networks(relay: RunningRelay) -> None:
    store = await open_store(relay.settings.database)
    await choose(store, "addresses.access", "denied")
    await choose(store, "addresses.exceptions", ["192.0.2.0/24"])
    await store.close()
