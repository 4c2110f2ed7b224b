"""The ways that a session can travel, and what happens when one breaks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codec.session.links.direct import DirectPath
from codec.wire.access import Access
from codec.wire.api_types import SessionState
from codec.wire.signals import Desk, SessionChanged
from console.page import messages as said
from console.page.messages import Path as Way
from tests.support.applets import headless_applet
from tests.support.forwarder import forwarder
from tests.support.relay_process import RelayProcess
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, session, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import written
from tests.support.xvfb import virtual_display

SECONDS = 240
LINES = 60
"""More than are handed over at once: a line of chat waits so that an honest flood is none (codec/session/lines.py)."""
HANDED_OVER_SECONDS = 30.0


@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")
def test_without_udp_everything_goes_through_the_relay() -> None:
    tests = Path(__file__).with_name("without_udp.py")
    inner = f"ip link set lo up && exec {sys.executable} -m pytest -q -p no:cacheprovider {tests}"
    command = ["unshare", "--net", "sh", "-c", inner]
    done = subprocess.run(command, timeout=SECONDS, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.finding("field-20")
@pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces of its own need root")
def test_a_customer_whose_address_changes_is_back_within_seconds() -> None:
    tests = Path(__file__).with_name("other_address.py")
    inner = f"ip link set lo up && exec {sys.executable} -m pytest -q -s -p no:cacheprovider {tests}"
    command = ["unshare", "--net", "--mount", "sh", "-c", inner]
    done = subprocess.run(command, timeout=SECONDS, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_the_relay_first_and_then_the_direct_path_without_a_lost_message(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display, said=tmp_path / "said") as (_, anna):
            for number in range(LINES):
                anna.say(said.Say(anna.session, f"line {number}"))
            await anna.until(lambda each: isinstance(each, said.Connected) and each.path is Way.DIRECT)
            anna.say(said.Say(anna.session, "the end"))
            lines = (await written(tmp_path / "said", "the end", HANDED_OVER_SECONDS)).splitlines()
            arrived = [line.removeprefix("> ") for line in lines if "line" in line]
            assert arrived == [f"Anna de Vries: line {number}" for number in range(LINES)]
            await anna.watch()
            ways = [each.path for each in anna.heard if isinstance(each, said.Connected)]
            assert ways.index(Way.RELAYED) < ways.index(Way.DIRECT)
            assert direct_bytes(anna) > anna.picture_bytes


def direct_bytes(anna: Technician) -> int:
    """Return what WebRTC's own statistics say has arrived by the direct path."""
    connection = anna.engine._sessions._open_sessions[anna.session].peer.connection
    assert connection is not None
    (path,) = [held.link for held in connection._held.values() if isinstance(held.link, DirectPath)]
    assert path._peer.sctp is not None
    report = path._peer.sctp.transport._get_stats()
    return sum(each.bytesReceived for each in report.values() if each.type == "transport")


async def test_a_direct_session_outlives_its_relay(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, forwarder(relay.url) as cable, technician(cable.url) as anna:
            with headless_applet(display, cable.url, await spoken_code(anna)):
                await picked_up(anna)
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is Way.DIRECT)
                await anna.may(Access.CONTROL)
                await anna.watch()
                cable.cut()
                await anna.until(lambda each: isinstance(each, said.Online) and not each.online)
                display.run("xsetroot", "-solid", "#884422")
                await anna.sees(lambda frame: same(frame, screenshot(display)))
                anna.heard.clear()
                cable.restore()
                await anna.until(lambda each: isinstance(each, said.Online) and each.online)
                display.run("xsetroot", "-solid", "#224488")
                await anna.sees(lambda frame: same(frame, screenshot(display)))


async def test_the_relay_may_be_killed_and_started_anew_in_the_middle_of_a_session(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path)
    with virtual_display() as display:
        try:
            await relay.start()
            async with technician(relay.url) as anna:
                with headless_applet(display, relay.url, await spoken_code(anna)):
                    await picked_up(anna)
                    await anna.until(lambda each: isinstance(each, said.Connected) and each.path is Way.DIRECT)
                    await anna.watch()
                    relay.kill()
                    await anna.until(lambda each: isinstance(each, said.Online) and not each.online)
                    anna.heard.clear()
                    await relay.start()
                    await anna.until(lambda each: _says_active(each, anna.session))
                    display.run("xsetroot", "-solid", "#446688")
                    await anna.sees(lambda frame: same(frame, screenshot(display)))
                    assert anna.granted == {Access.VIEW}
        finally:
            relay.end()


def _says_active(heard: object, session: int) -> bool:
    sessions = (
        heard.sessions if isinstance(heard, Desk) else [heard.session] if isinstance(heard, SessionChanged) else []
    )
    return any(each.id == session and each.state is SessionState.ACTIVE for each in sessions)
