"""The list of sessions and the dialog that begins one, while the customer has yet to arrive."""

from pathlib import Path

from playwright.async_api import Browser, expect

from codec.wire.session_types import SessionType
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import enter_with, running_relay


async def test_a_technician_closes_a_session_whose_customer_never_came(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                pin = (await make_pin(page, "Hélène")).replace(" ", "")
                dialog = page.get_by_role("dialog")
                done = dialog.get_by_role("button", name="Done")
                before = await done.bounding_box()
                async with relay.http.post(relay.url + "/start", data={"pin": pin}) as response:
                    assert response.status == 200
                await expect(dialog).to_contain_text("Hélène has entered the PIN and is choosing how to continue")
                after = await done.bounding_box()
                assert before is not None
                assert after is not None
                assert after["y"] - before["y"] < after["height"], "the button stays in its line"
                await done.click()

                row = page.get_by_role("row", name="Hélène")
                await expect(row).to_contain_text("Connecting")
                await row.get_by_role("button", name="Close").click()
                await expect(dialog).to_contain_text("Hélène has not arrived yet, or has left.")
                await dialog.get_by_role("button", name="Close the session").click()
                await expect(row).to_contain_text("Ended")
                await expect(row.get_by_role("button")).to_have_count(0)


async def test_a_lens_session_says_so_from_the_pin_on(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                made = await relay.make_code(name="Hélène", session_type=SessionType.LENS)
                row = page.get_by_role("row", name="Hélène")
                await expect(row).to_contain_text("Waiting for the customer")
                await expect(row).to_contain_text("Lens")
                async with relay.applet(enter_with(made)) as applet:
                    await relay.enter(applet)
                    await expect(row.get_by_role("button", name="Pick up")).to_be_visible()
                    await expect(row).to_contain_text("Lens")
