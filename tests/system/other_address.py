"""A customer goes from one network to another. Run by test_links.py in namespaces of its own, for it changes addresses.

The customer's computer is a namespace that a pair of virtual network cards joins to the one with relay and console.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.page import messages as said
from console.page.messages import Path as Way
from tests.codec.stores.grounds import certificates
from tests.support.applets import headless_applet
from tests.support.forwarder import forwarder
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import written
from tests.support.xvfb import virtual_display

HERE, WIFI, MOBILE = "10.77.0.1", "10.77.0.2", "10.77.0.3"
SECONDS = 30.0
BACK_SECONDS = 8.0
"""About 3 on a quiet computer."""


def ip(*words: str) -> None:
    """Change the network."""
    subprocess.run(["ip", *words], check=True)


@contextmanager
def customers_network() -> Iterator[list[str]]:
    """Make it; what comes out leads a command line into it."""
    Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
    ip("netns", "add", "customer")
    ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", "customer")
    ip("addr", "add", f"{HERE}/24", "dev", "here")
    ip("link", "set", "here", "up")
    for words in (("link", "set", "lo", "up"), ("addr", "add", f"{WIFI}/24", "dev", "there")):
        ip("-n", "customer", *words)
    ip("-n", "customer", "link", "set", "there", "up")
    try:
        yield ["ip", "netns", "exec", "customer"]
    finally:
        ip("netns", "del", "customer")


async def test_the_session_goes_on_over_the_other_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = certificates(tmp_path, address=HERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.authority))  # for the applet: only HTTPS leads over a network
    with virtual_display() as display, customers_network() as inside:
        async with (
            running_relay(tmp_path) as relay,
            forwarder(relay.url, here=HERE, tls=trusted.serve()) as outside,
            technician(relay.url) as anna,
        ):
            code = await spoken_code(anna)
            with headless_applet(display, outside.url, code, said=tmp_path / "said", inside=inside):
                await picked_up(anna)
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is Way.DIRECT)
                anna.say(said.Say(anna.session, "before"))
                await written(tmp_path / "said", "before")
                ip("-n", "customer", "addr", "del", f"{WIFI}/24", "dev", "there")
                ip("-n", "customer", "addr", "add", f"{MOBILE}/24", "dev", "there")
                began = time.monotonic()
                anna.say(said.Say(anna.session, "on the way meanwhile"))
                await written(tmp_path / "said", "on the way meanwhile", SECONDS)
                took = time.monotonic() - began
    print(f"back after {took:.1f} s")  # (a measurement)
    assert took < BACK_SECONDS
