"""What happens where UDP does not pass. Run by test_links.py in a network namespace with a loopback and nothing else:
no computer there can find a direct path, so everything goes through the relay's tunnel.
"""

import asyncio
import time
from pathlib import Path

from codec.wire.access import Access
from codec.wire.messages import Asking
from console.page import messages as said
from console.page.messages import Path as Way
from tests.support.applets import headless_applet
from tests.support.forwarder import forwarder
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, same, screenshot, session, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import written
from tests.support.xvfb import virtual_display

CUT_SECONDS = 60.0
DOWN = "written while the line was down"
BACK_SECONDS = 3.0


async def test_a_session_goes_through_the_relay_and_stays_exact(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_, anna):
            await anna.watch()
            display.run("xsetroot", "-solid", "#226644")
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            ways = [each.path for each in anna.heard if isinstance(each, said.Connected)]
            assert Way.RELAYED in ways
            assert Way.DIRECT not in ways


async def test_a_cut_line_comes_back_without_a_question_and_with_the_present_picture(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, forwarder(relay.url) as cable, technician(cable.url) as anna:
            with headless_applet(display, cable.url, await spoken_code(anna), said=tmp_path / "said"):
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                await anna.watch()
                cable.cut()
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is Way.LOST)
                anna.say(said.Say(anna.session, DOWN))
                display.run("xsetroot", "-solid", "#662244")
                await asyncio.sleep(CUT_SECONDS)  # this is how long the line is down
                anna.heard.clear()
                cable.restore()
                began = time.monotonic()
                await anna.sees(lambda frame: same(frame, screenshot(display)))
                assert time.monotonic() - began <= BACK_SECONDS
                assert (await written(tmp_path / "said", DOWN)).count(DOWN) == 1
                assert not [each for each in anna.heard if isinstance(each, Asking)]
                assert anna.granted == {Access.VIEW, Access.CONTROL}
