"""Recordings in the console's page: found, played by keyboard and by mouse, exactly as they were, and for everybody."""

import os
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.recording.formats import FormatName
from codec.recording.journal import Speaker
from codec.wire.access import Access
from codec.wire.messages import Chat, Granted, Picture
from tests.browser.test_pages import violations
from tests.browser.test_viewer import canvas
from tests.codec.recording.kept import keep
from tests.codec.recording.pictures import as_picture
from tests.codec.recording.sessions import Said
from tests.support.consoles import console_page, running_console
from tests.support.desktops import SCROLL, scrolling
from tests.support.relays import running_relay
from tests.support.waiting import becomes_true

STEP = 200_000
SECONDS = 20.0


def story() -> list[Said]:
    """A page that is scrolled for some seconds, then quiet; a line of chat from each side."""
    told: list[Said] = [(0, Speaker.APPLET, Granted(frozenset({Access.VIEW, Access.RECORD})))]
    encoder: Encoder | None = None
    for number, frame in enumerate(scrolling(SCROLL)):
        encoder = encoder or Encoder(frame.shape[1], frame.shape[0])
        packet = encoder.encode(frame)
        if packet is not None:
            told.append((number * STEP, Speaker.APPLET, Picture(0, number, packet)))
    told += [
        (9_000_000, Speaker.CONSOLE, Chat(1, "Do you see it?", 0)),
        (15_000_000, Speaker.APPLET, Chat(1, "Yes.", 0)),
    ]
    return sorted(told, key=lambda each: each[0])


def frames(film: Path) -> dict[float, Frame]:
    """Return what PyAV shows, with the second from which it is shown."""
    with av.open(str(film)) as container:
        return {float(each.time or 0): as_picture(each) for each in container.decode(video=0)}


async def shows(page: Page, film: dict[float, Frame], second: float) -> None:
    """Return as soon as the canvas has exactly the recorded pixels of a second."""
    wanted = film[max(time for time in film if time <= second)]

    async def is_same() -> bool:
        return np.array_equal((await canvas(page))[..., :3], wanted)

    await becomes_true(is_same)


@pytest.mark.req("REC-33")
async def test_a_recording_is_found_and_played_by_keyboard_and_by_its_marks(browser: Browser, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    journal, film = keep(kept, FormatName.RASC, story(), seconds=SECONDS)
    os.utime(keep(kept, None, closed=False, number=1)[0], (1, 1))
    recorded = frames(film)
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(kept)) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await page.get_by_role("button", name="Recordings").click()
                rows = page.get_by_role("row")
                await expect(rows).to_have_count(3)
                await expect(rows.nth(1)).to_contain_text("Incomplete")
                assert await violations(page) == []
                await page.get_by_label("Search recordings").fill("anna 00000042")
                await expect(rows).to_have_count(2)
                await page.get_by_role("button", name="Play the recording").focus()
                await page.keyboard.press("Enter")
                await shows(page, recorded, 0)
                await by_keyboard(page, recorded)
                await by_marks(page)
                for theme in ("light", "dark"):
                    await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
                    assert await violations(page) == []
                await page.get_by_role("button", name="Back to the recordings").click()
                await page.get_by_role("button", name="More about").click()
                await page.get_by_role("menuitem", name="Play the video").click()
                await expect(page.get_by_role("button", name="0:09 Anna de Vries wrote")).to_be_visible()
                await page.get_by_role("slider", name="Time").fill("2.5")
                await shows(page, recorded, 2.5)
                assert journal.exists()


async def by_keyboard(page: Page, recorded: dict[float, Frame]) -> None:
    """Go everywhere by keys."""
    time = page.locator(".pl-time b")
    await page.keyboard.press("ArrowRight")
    await expect(time).to_have_text("0:05")
    await shows(page, recorded, 5.0)
    for _ in range(3):
        await page.keyboard.press(",")
    await shows(page, recorded, 0.81)
    await page.keyboard.press(".")
    await shows(page, recorded, 1.01)
    await page.keyboard.press("End")
    await expect(time).to_have_text("0:20")
    await page.keyboard.press("Shift+ArrowLeft")
    await expect(time).to_have_text("0:00")
    await shows(page, recorded, 0)
    for _ in range(5):
        await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("button", name="Speed: 16×")).to_be_visible()
    await page.get_by_role("switch", name="Skip quiet parts").check()
    await page.locator("body").click(position={"x": 400, "y": 200})
    await page.keyboard.press(" ")
    await expect(time).to_have_text("0:20")  # at sixteen times as fast, a second and a half
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    await shows(page, recorded, SECONDS)


async def by_marks(page: Page) -> None:
    """Go where something was said, at the side and along the line."""
    time = page.locator(".pl-time b")
    await page.get_by_role("tab", name="Chat 2").click()
    await page.get_by_role("button", name="Do you see it?").last.click()
    await expect(time).to_have_text("0:09")
    await page.get_by_label("Search in this recording").fill("yes")
    await expect(page.locator(".hit")).to_have_count(1)
    await page.get_by_role("button", name="0:15 Hélène/Fournier: ../x wrote: Yes.").click()
    await expect(time).to_have_text("0:15")
    await expect(page.locator(".hit")).to_have_attribute("aria-current", "true")
