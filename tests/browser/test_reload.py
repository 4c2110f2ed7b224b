"""A page that is reloaded shows what it showed before."""

from pathlib import Path

from playwright.async_api import Browser, expect

from codec.wire.signals import Enter
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay


async def test_the_session_in_front_is_in_front_again_after_a_reload(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                title = page.get_by_role("heading", level=1)
                open_sessions = page.get_by_role("navigation", name="Open sessions").get_by_role("button")
                pins = {}
                for name in ("Ada", "Eve"):
                    pins[name] = (await make_pin(page, name)).replace(" ", "")
                    await page.get_by_role("button", name="Done").click()
                async with (
                    relay.applet(Enter(2, pin=pins["Ada"])) as ada,
                    relay.applet(Enter(2, pin=pins["Eve"])) as eve,
                ):
                    await ada.hear()
                    await eve.hear()
                    for name in ("Ada", "Eve"):
                        row = page.get_by_role("row", name=name)
                        await row.get_by_role("button", name="Pick up").click()
                        await expect(title).to_have_text(name)
                        await page.get_by_role("button", name="All sessions").click()
                    await page.reload()
                    await expect(open_sessions).to_have_count(2)
                    await expect(title).to_have_text("Sessions")
                    await open_sessions.nth(1).click()
                    await expect(title).to_have_text("Eve")
                    await page.reload()
                    await expect(title).to_have_text("Eve")
                    await page.get_by_role("button", name="Recordings", exact=True).click()
                    await expect(title).to_have_text("Recordings")
                    await page.reload()
                    await expect(title).to_have_text("Recordings")
