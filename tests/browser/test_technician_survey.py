"""A technician is asked after a session: a line that waits, what is typed stays, and it is sent when there is time."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.messages import VERSION
from codec.wire.signals import Enter
from tests.browser.test_pages import violations
from tests.relay.surveys.test_service import kept
from tests.support.channels import address_of, make_desk
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import PASSWORD, RunningRelay, running_relay
from tests.support.surveys import OPEN, RATING, ask, asking, at


async def help_and_end(page: Page, relay: RunningRelay, name: str) -> None:
    """Have a customer come by a PIN of the page, and end the session."""
    pin = (await make_pin(page, name)).replace(" ", "")
    async with relay.applet(Enter(VERSION, pin=pin, computer="PC")):
        await page.get_by_role("button", name="End session").click(timeout=10_000)
        await page.get_by_role("dialog").get_by_role("button", name="End session").click()
        await expect(page.get_by_text("The session has ended", exact=True)).to_be_visible()


@pytest.mark.req("SURV-03", "SURV-18", "SURV-19", "SESS-184")
async def test_a_technician_answers_when_there_is_time_and_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, _ = await make_desk(relay, "Bob")
        await ask(relay, at(group), asking("technician_survey"))
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, PASSWORD, address_of("Bob")) as page:
                await help_and_end(page, relay, "Hélène")
                due = page.get_by_role("region", name="Survey")
                await expect(due).to_contain_text("Survey about the session with Hélène")
                assert await violations(page) == []
                await due.get_by_role("button", name="Answer", exact=True).click()
                dialog = page.get_by_role("dialog")
                await dialog.get_by_label(OPEN["text"]).fill("A new mouse")
                assert await violations(page) == []
                await dialog.get_by_role("button", name="Send answers").click()
                await expect(dialog.get_by_label(RATING["text"])).to_be_focused()
                await page.keyboard.press("Escape")
                await expect(due.get_by_role("button", name="Do not answer")).to_have_count(0)
                await page.reload()
                await expect(due.get_by_role("button", name="Continue")).to_be_visible()
                await due.get_by_role("button", name="Continue").click()
                await expect(dialog.get_by_label(OPEN["text"])).to_have_value("A new mouse")
                await dialog.get_by_label(RATING["text"]).select_option("Very")
                await dialog.get_by_role("button", name="Send answers").click()
                await expect(page.get_by_text("Your answers were sent.").first).to_be_visible()
                await expect(due).to_have_count(0)
                (row,) = await kept(relay)
                assert [(each["text"], each["value"]) for each in row.answers] == [("Very", 5), ("A new mouse", None)]
                await help_and_end(page, relay, "Lars")
                await due.get_by_role("button", name="Do not answer").click()
                await expect(due).to_have_count(0)
                assert len(await kept(relay)) == 1


@pytest.mark.req("SURV-06")
async def test_an_own_survey_of_technicians_is_a_page_elsewhere(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, _ = await make_desk(relay, "Bob")
        own = {"technician_survey.mode": "own", "technician_survey.page": f"{relay.url}/how-to-check"}
        await ask(relay, at(group), own)
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, PASSWORD, address_of("Bob")) as page:
                await help_and_end(page, relay, "Hélène")
                due = page.get_by_role("region", name="Survey")
                async with page.context.expect_page() as opened:
                    await due.get_by_role("link", name="Open the survey").click()
                await expect(await opened.value).to_have_url(f"{relay.url}/how-to-check")
                await expect(due).to_have_count(0)
