"""A session behind another tab or another window, as nearly all of a page that shows the screen is.

A browser lets the timers of such a page stand still, and draws nothing. Playwright lets every page believe that it is
seen, so these pages are driven by raw DevTools messages.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from codec.picture.diff import Frame
from codec.picture.packet import PLANES_VERSION
from codec.wire.access import Access
from codec.wire.messages import Ask, Displays, Granted, Stopped, Watch
from console.page import messages as said
from tests.support.devtools import PlainBrowser, Tab, plain_browser
from tests.support.join_customers import WHOLE_SCREEN
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

SOON = 1.0
"""Seconds. What waits for a timer of the page comes later, or with many others at once."""
STANDS_STILL = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1"
"""Lets timers of a hidden page come once a minute, which begins after five minutes otherwise."""
CHANGES = 12
COUNTS = """globalThis.ticks = globalThis.drawn = 0;
    setInterval(() => { ticks += 1; }, 10);
    requestAnimationFrame(() => { drawn += 1; });"""
"""Counts how often a timer and a drawing of the page have their turn."""
Hide = Callable[[VirtualDisplay, Tab], Awaitable[None]]


@asynccontextmanager
async def browsing(display: VirtualDisplay, relay: str) -> AsyncIterator[tuple[PlainBrowser, Tab]]:
    """A customer in front of the page, in a window of the display."""
    async with plain_browser(
        WHOLE_SCREEN, STANDS_STILL, "--window-size=1000,700", "--window-position=0,0", display=display
    ) as browser:
        tab = await browser.open(f"{relay}/join")
        await tab.until("document.querySelector('input')")
        yield browser, tab


async def enters(tab: Tab, code: str) -> None:
    """Type a PIN."""
    await tab.evaluate(f"""(() => {{
        const field = document.querySelector("input");
        field.value = {json.dumps(code)};
        field.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }})()""")
    await press(tab, "Continue")


async def press(tab: Tab, name: str) -> None:
    """Press a button, as soon as it takes an answer."""
    button = f"""[...document.querySelectorAll("button")].find((each) =>
        each.textContent.startsWith({json.dumps(name)}) && each.ariaDisabled !== "true")"""
    await tab.until(f"{button} !== undefined")
    await tab.evaluate(f"{button}.click()")


async def reads(tab: Tab, text: str) -> None:
    """Wait until the page, which is hidden, says this."""
    await tab.until(f"document.body.innerText.includes({json.dumps(text)})")
    assert await tab.evaluate("document.visibilityState") == "hidden"


async def behind_a_tab(_display: VirtualDisplay, tab: Tab) -> None:
    await tab.hide()


async def behind_a_window(display: VirtualDisplay, tab: Tab) -> None:
    display.start("xterm", "-geometry", "220x70+0+0", "-title", "front", "-e", "sleep 600")
    display.wait_for_window("front")
    display.run("xdotool", "search", "--name", "front", "windowsize", "100%", "100%", "windowraise")
    await tab.until("document.visibilityState === 'hidden'")


@asynccontextmanager
async def seen(folder: Path) -> AsyncIterator[tuple[VirtualDisplay, Technician, Tab]]:
    """A customer whose whole screen is shown. The page is in front."""
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(folder) as relay,
            technician(relay.url) as anna,
            browsing(display, relay.url) as (_browser, tab),
        ):
            await enters(tab, await spoken_code(anna))
            await picked_up(anna)
            anna.send(Ask(1, Access.VIEW))
            await press(tab, "Yes, choose what to show")
            await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW})
            yield display, anna, tab


@pytest.mark.parametrize("hide", [behind_a_tab, behind_a_window])
async def test_all_that_follows_the_yes_happens_behind_another_tab_or_window(tmp_path: Path, hide: Hide) -> None:
    async with seen(tmp_path) as (display, anna, tab):
        await hide(display, tab)
        hidden = time.monotonic()
        await tab.evaluate(COUNTS)
        displays = await anna.hear(Displays)
        anna.send(Watch(displays.displays[0].id, packets=PLANES_VERSION))
        await anna.sees(lambda _frame: True)
        delays = await changes(display, anna)
        print(f"hidden: a change is seen after {1000 * median(delays):.0f} ms, at most {1000 * max(delays):.0f} ms")
        assert median(delays) < SOON

        anna.say(said.Say(anna.session, "Could you scroll down?"))
        await reads(tab, "Could you scroll down?")
        anna.send(Ask(2, Access.RECORD))
        await reads(tab, "record")
        await stops_at_once(tab, anna)
        await reads(tab, "Anna de Vries sees nothing")
        ticks, drawn = await tab.evaluate("[ticks, drawn]")
        assert drawn == 0
        assert ticks <= 1 + time.monotonic() - hidden, "else this proves nothing"


async def changes(display: VirtualDisplay, anna: Technician) -> list[float]:
    """Put a black and a white window in front of one another in turn. Return how soon each was seen."""
    windows = {}
    for colour in ("black", "white"):
        display.start("xterm", "-geometry", "30x10-0-0", "-bg", colour, "-title", colour, "-e", "sleep 600")
        windows[colour] = display.wait_for_window(colour)
    delays = []
    for colour in ("black", "white") * (CHANGES // 2):
        began = time.monotonic()
        display.run("xdotool", "windowraise", windows[colour])
        await anna.sees(partial(shows, colour == "white"))
        delays.append(time.monotonic() - began)
    return delays


def shows(light: bool, frame: Frame) -> bool:
    """Whether the window in front is the light one."""
    return bool(frame[760:780, 1200:1240, :3].mean() > 128) == light


async def stops_at_once(tab: Tab, anna: Technician) -> None:
    """Press Stop, as the small window over everything does it."""
    began = time.monotonic()
    await press(tab, "Stop")
    await anna.hear(Granted, lambda granted: granted.access == frozenset())
    await anna.hear(Stopped)
    assert time.monotonic() - began < SOON
    assert await tab.evaluate("document.visibilityState") == "hidden"


async def test_a_customer_who_waits_behind_another_tab_is_connected_there_and_asked_when_they_come_back(
    tmp_path: Path,
) -> None:
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            browsing(display, relay.url) as (_browser, tab),
        ):
            await enters(tab, await spoken_code(anna))
            await tab.until("document.body.innerText.includes('Anna de Vries')")
            await tab.hide()
            await picked_up(anna)
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
            anna.say(said.Say(anna.session, "Are you there?"))
            await reads(tab, "Are you there?")
            anna.send(Ask(1, Access.VIEW))
            await reads(tab, "-".join(connected.words))
            await tab.show()
            await press(tab, "Yes, choose what to show")
            await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW})
            await anna.watch()


async def test_the_small_window_follows_at_once_while_its_page_is_behind_another_tab(tmp_path: Path) -> None:
    """The page draws it, and lets effects wait for a drawing of its own: Chromium goes on with those for the window."""
    async with seen(tmp_path) as (_display, anna, tab):
        await press(tab, "Keep on top")
        await tab.until("documentPictureInPicture.window?.document.querySelector('.stop') != null")
        await tab.hide()
        for number in range(5):
            began = time.monotonic()
            anna.say(said.Say(anna.session, f"Line {number}"))
            await tab.until(f"documentPictureInPicture.window.document.body.innerText.includes('Line {number}')")
            assert time.monotonic() - began < SOON / 2
        await tab.evaluate("documentPictureInPicture.window.document.querySelector('.stop').click()")
        await anna.hear(Stopped)
        await tab.until("documentPictureInPicture.window === null")
        assert await tab.evaluate("document.visibilityState") == "hidden"
