"""The customer's PIN page in a real browser: secret digits never leave it, with script and without (F35)."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Browser, Request, expect

from tests.support.relays import running_relay


@pytest.mark.parametrize("typed", ["{pin}7421", "{grouped} 7421", "{pin}-74-21"])
@pytest.mark.parametrize("by", ["typing", "pasting", "another script"])
async def test_f35_digits_after_the_pin_stay_in_the_page(browser: Browser, tmp_path: Path, typed: str, by: str) -> None:
    """F35: the four digits that the relay must not know were posted to it."""
    sent: list[Request] = []
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code()
        assert code.pin is not None
        text = typed.format(pin=code.pin, grouped=f"{code.pin[:3]} {code.pin[3:]}")
        page = await browser.new_page()
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        await page.goto(relay.url)
        field = page.locator("#pin")
        match by:
            case "typing":
                await field.press_sequentially(text)
            case "pasting":
                await field.fill(text)
            case _:
                await field.evaluate("(field, text) => { field.value = text; }", text)
        if by != "another script":
            await expect(page.get_by_text("enter them only when you are asked for them")).to_be_visible()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("wants to help you")).to_be_visible()
        await page.close()
    assert [parse_qs(request.post_data or "") for request in sent] == [{"pin": [code.pin]}]


async def test_f35_without_script_the_field_refuses_them(browser: Browser, tmp_path: Path) -> None:
    sent: list[Request] = []
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code()
        assert code.pin is not None
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        await page.goto(relay.url)
        for text in (f"{code.pin}7421", f"{code.pin} 7421", f"{code.pin}7", "912345", "12345"):
            await page.locator("#pin").fill(text)
            await page.get_by_role("button", name="Continue").click()
            assert sent == []
        await page.locator("#pin").fill(f"{code.pin[:3]} {code.pin[3:]}")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("wants to help you")).to_be_visible()
        await context.close()


async def test_a_long_pin_has_nine_boxes(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        page = await browser.new_page()
        await page.goto(relay.url)
        for text, boxes in (("4", 6), ("948213377", 9), ("", 6)):
            await page.locator("#pin").fill(text)
            await expect(page.locator(".digit")).to_have_count(boxes)
        await page.close()
