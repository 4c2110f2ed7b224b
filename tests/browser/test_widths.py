"""No page is wider than its window: on a phone, with a wide logo, long names and long words."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Center
from tests.browser.test_admin_pages import overflow
from tests.relay.admin.test_first_steps import png
from tests.support.relays import EMAIL, PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")
NARROW = {"width": 320, "height": 640}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
OPEN = ("/", "/how-to-check", "/sign-in", "/nowhere")
OWN = ("/account", "/account/password", "/account/two-step", "/account/notifications", "/account/organisation")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def branded(center: Center) -> AsyncIterator[Center]:
    """The organisation has a logo as wide as may be, and a name without a place to break it."""
    async with aiohttp.ClientSession() as http:
        who = {"email": EMAIL, "password": PASSWORD, "console": "x"}
        async with http.post(f"{center.url}/api/v1/sign-in", json=who) as response:
            headers = {"Authorization": f"Bearer {(await response.json())['token']}"}
        kind = {"Content-Type": "application/octet-stream"}
        async with http.put(
            f"{center.url}/api/v1/organisation/logo", data=png(300, 80), headers=headers | kind
        ) as response:
            assert response.status == 204
        async with http.get(f"{center.url}/api/v1/organisation/details", headers=headers) as response:
            version = (await response.json())["version"]
        change = {"name": LONG, "version": version}
        async with http.patch(f"{center.url}/api/v1/organisation/details", json=change, headers=headers) as response:
            assert response.status < 300, await response.text()
        wanted = {"values": {"recording.forced": True}}
        async with http.patch(f"{center.url}/api/v1/settings/organisation/0", json=wanted, headers=headers) as response:
            assert response.status == 200, await response.text()
    yield center


async def too_wide(page: Page, addresses: tuple[str, ...]) -> list[str]:
    """Return the addresses whose pages are wider than a window, with the window's width."""
    found = []
    for address in addresses:
        await page.goto(address)
        for window in (PHONE, NARROW):
            await page.set_viewport_size(window)  # type: ignore[arg-type]
            if too_much := await overflow(page):
                found.append(f"{address} at {window['width']}: {too_much}")
    return found


async def test_no_page_for_customers_is_wider_than_its_window(branded: Center) -> None:
    page = await branded.browser.new_page(viewport=PHONE, base_url=branded.url)
    assert await too_wide(page, OPEN) == []
    await page.goto("/")
    await expect(page.locator(".brand-logo")).to_be_visible()
    for language in ("nl", "de"):
        assert await too_wide(page, (f"/?lang={language}",)) == []
    await page.close()


async def test_no_page_of_ones_own_is_wider_than_its_window(branded: Center) -> None:
    async with branded.page(viewport=PHONE, base_url=branded.url) as page:
        assert await too_wide(page, OWN) == []
        await expect(page.locator(".brand-logo")).to_be_visible()


async def test_the_choices_beside_a_setting_do_not_touch(branded: Center) -> None:
    async with branded.page(viewport=PHONE) as page:
        await page.goto(f"{branded.url}/admin/settings/technicians")
        boxes = """rows => rows.map(row => [row.querySelector('.again'), row.querySelector('.as-lock')])
            .filter(([again, lock]) => again && lock)
            .map(([again, lock]) => [again.getBoundingClientRect(), lock.getBoundingClientRect()])
            .filter(([again, lock]) => Math.abs(again.top - lock.top) < again.height)
            .map(([again, lock]) => lock.left - again.right)"""
        gaps = await page.locator(".origin").evaluate_all(boxes)
        assert gaps, "there is a setting with both"
        assert min(gaps) >= 8
