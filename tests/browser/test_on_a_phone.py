"""Pages of administrators as narrow as a phone, or read from right to left: nothing is squeezed, nothing is astray."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import PHONE, Center
from tests.browser.test_admin_pages import overflow

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sizes(places: Locator) -> list[tuple[float, float]]:
    """Return width and height of each."""
    boxes = [await place.bounding_box() for place in await places.all()]
    return [(box["width"], box["height"]) for box in boxes if box is not None]


async def test_columns_of_a_report_are_as_wide_as_words(center: Center) -> None:
    async with center.page(viewport=PHONE, locale="nl") as page:
        await page.goto(f"{center.url}/admin/reports/technicians?report=audit_list&period=last_7_days")
        cells = await sizes(page.locator(".report-rows tbody tr").first.locator("td"))
        assert len(cells) > 3
        assert min(width for width, _ in cells) >= 96
        assert await overflow(page) == 0


async def test_ways_to_sign_in_have_their_explanation_below(center: Center) -> None:
    async with center.page(viewport=PHONE, locale="nl") as page:
        await page.goto(f"{center.url}/admin/organization/technicians/add/technician")
        explanations = await sizes(page.locator(".ways .limits"))
        assert len(explanations) == 2
        assert min(width for width, _ in explanations) >= 240


async def test_the_card_of_the_first_steps_says_how_many_are_done_in_one_line(center: Center) -> None:
    async with center.page(viewport=PHONE, locale="nl") as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        ((_, height),) = await sizes(page.locator(".first-steps .second"))
        assert height < 30


async def test_boxes_beside_long_sentences_keep_their_size(center: Center) -> None:
    async with center.page(viewport=PHONE, locale="nl") as page:
        await page.goto(f"{center.url}/account/notifications")
        assert set(await sizes(page.locator(".events input"))) == {(18, 18)}


async def test_an_invitation_says_what_each_of_its_facts_is(center: Center) -> None:
    async with center.page(viewport=PHONE, locale="nl") as page:
        await page.goto(f"{center.url}/admin/organization/technicians/add/technician")
        await page.locator("#field-name").fill("Noor Bouzid")
        await page.locator("#field-email").fill("noor@northwind.example")
        await page.locator(".savebar .btn--primary").click()
        await expect(page.locator("#handed-link")).to_be_visible()
        await page.goto(f"{center.url}/admin/invitations")
        labels = await page.locator("tbody td[data-label]").evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
        )
        assert labels == ['"Toestand"', '"Werkt tot"']
        assert await overflow(page) == 0


async def test_the_first_pin_is_where_reading_begins(center: Center) -> None:
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/welcome/pin")
        await page.locator("button[value=pin]").click()
        await expect(page.locator(".big-pin")).to_be_visible()
        await page.evaluate("document.documentElement.dir = 'rtl'")
        pin, words = await page.locator(".big-pin").bounding_box(), await page.locator(".banner p").first.bounding_box()
        assert pin is not None
        assert words is not None
        assert pin["x"] + pin["width"] == pytest.approx(words["x"] + words["width"], abs=1)
