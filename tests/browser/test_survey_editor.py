"""The questions of a survey in the Admin Center: each is opened to edit it, and what is wrong is said beside it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_pages import violations
from tests.support.channels import make_desk
from tests.support.relays import EMAIL, PASSWORD, running_relay

KEY = "customer_survey"


@pytest.mark.req("SURV-01", "SURV-12", "SURV-13", "SURV-17", "SURV-23")
async def test_questions_are_edited_one_by_one_and_saved(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, _ = await make_desk(relay, "Bob")
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await page.goto(f"{relay.url}/sign-in")
        await page.fill("#email", EMAIL)
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".rows")
        address = f"{relay.url}/admin/settings/technician_group-{group.id}#{KEY}"
        await page.goto(address)
        section = page.locator(f"#{KEY}")
        await section.get_by_text("Deskside survey", exact=True).click()
        questions = section.locator(".row-list > li")
        await expect(questions).to_have_count(10)
        first = questions.first
        await expect(first.get_by_role("textbox", name="Question 1")).to_be_hidden()
        await first.locator("summary").focus()
        await page.keyboard.press("Enter")
        await first.get_by_role("combobox", name="Answered by 1").select_option("Choosing")
        await first.get_by_label("Answer 1", exact=True).fill("Yes")
        await first.get_by_label("Value 1", exact=True).fill("5")
        await expect(first.get_by_label("Answer 5", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(section.get_by_text("Enter each question that is shown.")).to_be_visible()
        opened = section.locator(".row-list > li").first
        await opened.locator("summary").click()
        await expect(opened.get_by_label("Answer 1", exact=True)).to_have_value("Yes")
        await opened.get_by_role("textbox", name="Question 1").fill("Were we quick?")
        await opened.get_by_label("Answer 2", exact=True).fill("No")
        await opened.get_by_label("Value 2", exact=True).fill("-1")
        await page.set_viewport_size({"width": 320, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        await page.set_viewport_size({"width": 1280, "height": 900})
        assert await violations(page) == []
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(section.locator(".row-list summary bdi").first).to_have_text("Were we quick?")
        _, settings = await relay.call("GET", f"/settings/technician_group/{group.id}")
        (row,) = settings[f"{KEY}.questions"]["value"]
        assert (row["text"], row["type"], row["shown"]) == ("Were we quick?", "list", True)
        assert row["answers"] == [{"text": "Yes", "value": 5}, {"text": "No", "value": -1}]
        await context.close()
