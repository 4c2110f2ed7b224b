"""A technician at the console and a customer with a phone: seen, frozen, drawn on, photographed and recorded."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from codec.picture.diff import Frame
from codec.recording.journal import Speaker, read_journal
from codec.wire.messages import Mark, Photo, unpack
from console.player.journal_source import JournalSource
from tests.browser.test_join_camera import is_the_camera
from tests.browser.test_pages import violations
from tests.browser.test_viewer import canvas
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.phones import ALLOWS, TWO_CAMERAS, phone
from tests.support.relays import running_relay


async def draw(page: Page, shape: str) -> None:
    """Choose a shape, and draw it with the mouse over the middle of the picture."""
    await page.get_by_role("button", name=shape).click()
    box = await page.locator(".drawn").bounding_box()
    assert box is not None
    across, along = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(across, along)
    await page.mouse.down()
    await page.mouse.move(across + 60, along + 30, steps=4)
    await page.mouse.up()


def shown_at_the_end(journal: Path) -> Frame:
    """Return what a recording shows at its end."""
    source = JournalSource(journal.read_bytes())
    *_, (_, frame, _) = source.pictures(len(source.outline.stretches) - 1)
    return np.array(frame)


@pytest.mark.req("MOB-147")
async def test_a_phones_camera_at_the_console_from_the_pin_to_the_recording(browser: Browser, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    options = ("--recordings", str(kept), "--data", str(tmp_path / "console"))
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, *options) as console:
            async with (
                console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page,
                phone(relay.url, (TWO_CAMERAS, ALLOWS)) as customer,
            ):
                await customer.enter(await make_pin(page, "Hélène"))
                await expect(page.get_by_role("button", name="Request the camera")).to_be_visible(timeout=20_000)
                for beyond in ("Request viewing", "Request control"):
                    await expect(page.get_by_role("button", name=beyond)).to_have_count(0)
                await expect(page.get_by_text("A phone can show its camera, but not its screen")).to_be_visible()

                await page.get_by_role("button", name="Request the camera").click()
                await customer.page.get_by_role("button", name="Yes, show my camera").tap()
                await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                async with asyncio.timeout(15):
                    while not is_the_camera(await canvas(page)):
                        pass
                await expect(page.get_by_role("toolbar").get_by_role("button", name="Control")).to_have_count(0)
                await page.get_by_role("button", name="Record", exact=True).click()
                await customer.page.get_by_role("button", name="Yes, record it").tap()
                await expect(page.get_by_role("button", name="Recording, 0:0")).to_be_visible(timeout=15_000)

                await page.get_by_role("button", name="Freeze the picture").click()
                await expect(customer.page.get_by_text("sees a still picture")).to_be_visible()
                await expect(page.get_by_text("You froze the picture")).to_be_visible()
                await draw(page, "Draw an arrow")
                await draw(page, "Draw by hand")
                await expect(page.locator(".drawn .mark-line")).to_have_count(2)
                await expect(customer.page.locator(".mark-line")).to_have_count(2)

                await page.get_by_role("button", name="for a photo").click()
                await customer.page.get_by_role("button", name="Take the photo").tap()
                await page.get_by_role("button", name="Photos from Hélène: 1").click()
                image = page.get_by_role("img", name="Photo from Hélène")
                await expect(image).to_be_visible()
                assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1280
                async with page.expect_download() as saved:
                    await page.get_by_role("link", name="Save").click()
                name = (await saved.value).suggested_filename
                assert name.startswith("photo-")
                assert name.endswith(".jpg")
                assert await violations(page) == []
                await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()

                await page.get_by_role("button", name="Clear what is drawn").click()
                await expect(customer.page.locator(".mark-line")).to_have_count(0)
                await page.get_by_role("button", name="Continue live").click()
                await expect(customer.page.get_by_text("sees your camera")).to_be_visible()
                await customer.page.get_by_role("button", name="Freeze").tap()
                await expect(page.get_by_text("Hélène froze the picture")).to_be_visible()
                await customer.page.get_by_role("button", name="Continue").tap()
                await expect(page.get_by_text("froze the picture")).to_have_count(0)
                await page.get_by_role("button", name="to switch cameras").click()
                await customer.page.get_by_role("button", name="Switch cameras").tap()
                await expect(page.get_by_role("button", name="to turn on the light")).to_have_count(0)
                await customer.page.get_by_role("button", name="Stop", exact=True).tap()
                await expect(page.get_by_text("Recording saved")).to_be_visible()
                await expect(page.get_by_role("button", name="Photos from Hélène: 1")).to_be_visible()
                await customer.page.get_by_role("button", name="End session").tap()
                await expect(page.get_by_text("You can no longer see the customer’s camera.")).to_be_visible()
                await page.get_by_role("button", name="Photos from Hélène: 1").click()
                await expect(image).to_be_visible()
                async with page.expect_download() as saved:
                    await page.get_by_role("link", name="Save").click()
                assert (await (await saved.value).path()).stat().st_size > 1_000
    (journal,) = kept.glob("*.dsr")
    records = read_journal(journal.read_bytes()).records()
    said = [unpack(record.data) for record in records if record.source != Speaker.RECORDER]
    assert len([each for each in said if isinstance(each, Photo)]) == 1
    assert len([each for each in said if isinstance(each, Mark)]) == 2
    assert (await asyncio.to_thread(shown_at_the_end, journal)).shape[1] == 1280
