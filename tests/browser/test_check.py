"""The page that tests before a session what will work: real relay, real browsers, each fault really there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from relay.signalling.check_socket import OF_ADDRESS
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_admin_pages import overflow
from tests.browser.test_pages import violations
from tests.support.firefox import firefox_page
from tests.support.forwarder import forwarder
from tests.support.join_customers import is_error
from tests.support.relays import free_port, running_relay
from tests.support.xvfb import virtual_display

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36"
NARROW: ViewportSize = {"width": 320, "height": 640}
NO_SCREEN = "delete MediaDevices.prototype.getDisplayMedia"
LATE_CLOCK = "{ const now = Date.now.bind(Date); Date.now = () => now() + 600_000; }"
FORGETS = "Storage.prototype.setItem = () => { throw new Error('nothing is kept'); }"
READY = "You can show your screen. The connection is direct."


@asynccontextmanager
async def visitor(browser: Browser, address: str, script: str = "", **options: Any) -> AsyncIterator[Page]:
    """A visitor whose tests are over. What the page logs as an error fails the test."""
    context = await browser.new_context(**({"viewport": DESK} | options))
    page = await context.new_page()
    logged: list[str] = []
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.on("console", lambda said: logged.append(said.text) if is_error(said) else None)
    if script:
        await page.add_init_script(script)
    await page.goto(f"{address}/check")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(re.compile("Testing|getest"), timeout=30_000)
    yield page
    await context.close()
    assert logged == []


def row(page: Page, name: str) -> Any:
    """The line of one test."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


async def test_it_says_in_one_sentence_what_will_work_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    allowed = ["clipboard-read", "clipboard-write", "camera"]  # what is not listed, Playwright forbids
    async with (
        running_relay(tmp_path, stun_port=free_port()) as relay,
        visitor(browser, relay.url, permissions=allowed) as page,
    ):
        await expect(page.get_by_role("heading", name="You are ready")).to_be_visible()
        await expect(page.get_by_text(READY)).to_be_visible()
        await page.get_by_role("button", name="Copy the results").click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        report = await page.evaluate("navigator.clipboard.readText()")
        assert "Chrome, Linux" in report
        assert "Speed: " in report
        assert "WebSocket ✓" in report
        assert "192.0.2" not in report, "an address of the customer"
        assert await violations(page) == []
        await page.get_by_role("button", name="Test again").click()
        await expect(page.get_by_role("heading", name="You are ready")).to_be_visible(timeout=30_000)
        await page.get_by_role("link", name="Enter a PIN").click()
        await expect(page.get_by_role("textbox", name="PIN")).to_be_visible()


async def test_a_network_that_cuts_sockets_is_told_from_a_relay_that_is_gone(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, forwarder(relay.url) as way:
        context = await browser.new_context(viewport=DESK)
        page = await context.new_page()
        await page.route_web_socket("**/ws/check", lambda socket: socket.close())
        await page.goto(f"{way.url}/check")
        await expect(page.get_by_text("but blocks live connections (WebSocket)")).to_be_visible(timeout=30_000)
        await expect(page.get_by_role("heading", name="Help from this page does not work yet")).to_be_visible()
        await expect(page.get_by_text("ask your IT department to allow WebSocket connections")).to_be_visible()
        assert await violations(page) == []
        way.cut()
        await page.get_by_role("button", name="Test again").click()
        await expect(page.get_by_text(re.compile("does not answer$"))).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("Check your internet connection.")).to_be_visible()
        way.restore()
        await context.close()


async def test_where_udp_is_blocked_help_goes_through_the_server(browser: Browser, tmp_path: Path) -> None:
    nowhere = "203.0.113.1"  # no one answers there (RFC 5737)
    async with (
        running_relay(tmp_path, stun_port=free_port(), stun_host=nowhere) as relay,
        visitor(browser, relay.url) as page,
    ):
        await expect(
            page.get_by_text("You can show your screen. The connection goes through the server.")
        ).to_be_visible()
        await expect(row(page, "Direct connection")).to_contain_text("Your network blocks it (UDP)")


async def test_a_narrow_line_is_measured_and_named(browser: Browser, tmp_path: Path) -> None:
    async with (
        running_relay(tmp_path) as relay,
        forwarder(relay.url, 40_000) as way,
        visitor(browser, way.url) as page,
    ):
        await expect(row(page, "Speed")).to_contain_text("Too slow. The picture is blurred and late")
        told = float((await row(page, "Speed").locator(".res").inner_text()).split()[0])
        assert 0.1 < told < 0.5
        await expect(page.get_by_text("Pause downloads, uploads and video calls.")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "name", "said"),
    [
        (NO_SCREEN, "Screen sharing", "This browser cannot show your screen"),
        (LATE_CLOCK, "Clock", "Your clock is 10 minutes fast"),
        (FORGETS, "Browser", "If you reload it, you need a new PIN"),
        ("delete globalThis.RTCPeerConnection", "Direct connection", "Off in this browser."),
        ("delete globalThis.WebAssembly", "Browser", "This browser is too old"),
    ],
)
async def test_what_the_browser_lacks_is_named(
    browser: Browser, tmp_path: Path, script: str, name: str, said: str
) -> None:
    async with running_relay(tmp_path) as relay, visitor(browser, relay.url, script) as page:
        await expect(row(page, name)).to_contain_text(said)


async def test_a_busy_relay_is_no_lasting_cause(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        for _ in range(OF_ADDRESS.misses):
            async with relay.http.ws_connect(f"{relay.url}/ws/check"):
                pass
        async with visitor(browser, relay.url) as page:
            await expect(page.get_by_role("heading", name="The test could not finish")).to_be_visible()
            await expect(page.get_by_text("Test again in a minute.")).to_be_visible()


async def test_it_fits_any_window_in_dutch_on_a_dark_phone(browser: Browser, tmp_path: Path) -> None:
    dutch: dict[str, Any] = {"locale": "nl-NL", "user_agent": ANDROID, "color_scheme": "dark", "viewport": PHONE}
    async with (
        running_relay(tmp_path, stun_port=free_port()) as relay,
        visitor(browser, relay.url, NO_SCREEN, permissions=["camera"], **dutch) as page,
    ):
        await expect(page.get_by_role("heading", name="U bent er klaar voor")).to_be_visible()
        await expect(page.get_by_text("Uw netwerk laat de directe verbinding door")).to_be_visible()
        await expect(page.get_by_text("Uw klok loopt goed")).to_be_visible()
        await expect(page.get_by_text("U kunt met uw technicus chatten.")).to_be_visible()
        assert await violations(page) == []
        for window in (PHONE, NARROW):
            await page.set_viewport_size(window)
            assert await overflow(page) == 0
        await page.evaluate("document.documentElement.dir = 'rtl'")
        assert await overflow(page) == 0
        await page.get_by_text("Taal: Nederlands").click()
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="You are ready")).to_be_visible()


async def test_without_scripts_it_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{relay.url}/check")
        said = page.locator(".noscript").first  # Playwright looks for no text in it
        await expect(said).to_be_visible()
        assert "This page needs JavaScript to test your connection." in await said.inner_text()
        await context.close()


async def test_firefox_is_ready_too(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, firefox_page(1000, 800, display) as page:
            await page.goto(f"{relay.url}/check")
            await page.sees("You are ready")
            assert page.errors == []


async def test_the_page_for_customers_and_the_start_lead_to_it(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        page = await browser.new_page(viewport=DESK)
        await page.goto(f"{relay.url}/join")
        link = page.get_by_role("link", name="Test your connection")
        assert await link.get_attribute("href") == "/check"
        code = await relay.make_code()
        await page.goto(relay.url)
        await page.get_by_role("textbox", name="PIN").fill(str(code.pin))
        await page.get_by_role("button", name="Continue").click()
        assert await page.get_by_role("link", name="Test your connection first").get_attribute("href") == "/check"
        await page.close()
