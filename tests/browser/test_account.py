"""Account security in a real browser: what is typed, what is seen, and who can use it by keyboard and screen reader."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_pages import VIEWPORT, violations
from tests.support.consoles import running_console
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay
from tests.support.waiting import eventually

NEW = "Roses in the snow 8"


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay that is set up."""
    async with running_relay(tmp_path) as relay:
        yield relay


async def sign_in(page: Page, relay: RunningRelay, password: str = PASSWORD) -> None:
    """Show a password."""
    await page.goto(f"{relay.url}/sign-in")
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(password)
    await page.keyboard.press("Enter")


async def set_up(page: Page, relay: RunningRelay) -> tuple[pyotp.TOTP, str]:
    """Set an authenticator up on the account's pages; return the app and a recovery code."""
    await sign_in(page, relay)
    await page.get_by_role("link", name="Two-step verification").click()
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    app = pyotp.TOTP((await page.locator(".key").inner_text()).replace(" ", ""))
    await page.get_by_role("textbox", name="Code").fill(app.now())
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Save these recovery codes")).to_be_visible()
    for keep in ("Copy", "Print"):
        await expect(page.get_by_role("button", name=keep)).to_be_visible()
    return app, await page.locator(".recovery-codes code").first.inner_text()


@pytest.mark.parametrize("look", ["light", "dark"])
async def test_axe_finds_nothing_on_the_pages_of_the_account(browser: Browser, relay: RunningRelay, look: str) -> None:
    scheme = "dark" if look == "dark" else "light"
    page = await browser.new_page(viewport=VIEWPORT, color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/sign-in", "/forgotten", "/choose-password"):
        await page.goto(relay.url + path)
        assert await violations(page) == [], path
    await set_up(page, relay)
    assert await violations(page) == []
    for path in (
        "/account",
        "/account/password",
        "/account/two-step",
        "/account/notifications",
        "/account/organisation",
    ):
        await page.goto(relay.url + path)
        assert await violations(page) == [], path
    await page.goto(relay.url + "/account")
    await page.get_by_role("button", name="Sign out", exact=True).last.click()
    await sign_in(page, relay)
    await expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    await page.get_by_label("Code from your authenticator app").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await violations(page) == []


@pytest.mark.req("ORG-28")
async def test_strength_is_shown_while_one_types(browser: Browser, relay: RunningRelay) -> None:
    page = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
    await sign_in(page, relay)
    await page.get_by_role("link", name="Password", exact=True).click()
    meter = page.locator(".strength output")
    for typed, level in (("Sample1", "None"), ("Sampla12", "Good"), ("Sample12", "Strong"), ("Sample1%", "Excellent")):
        await page.get_by_label("New password", exact=True).fill(typed)
        await expect(meter).to_have_text(level)


async def test_the_secret_of_a_link_leaves_the_address_at_once(browser: Browser, tmp_path: Path) -> None:
    with running_mail_server() as server:
        async with running_relay(tmp_path, **server.settings) as relay:
            await choose_by_mail(browser, relay, server)


async def choose_by_mail(browser: Browser, relay: RunningRelay, server: MailServer) -> None:
    """Forget the password, and choose a new one by the link in the mail."""
    page = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{relay.url}/sign-in")
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    await eventually(lambda: len(server.links) == 1)
    (secret,) = server.links
    await page.goto(f"{relay.url}/choose-password#{secret}")
    await expect(page.get_by_label("Your link")).to_be_hidden()
    assert page.url == f"{relay.url}/choose-password"
    await page.get_by_label("New password", exact=True).fill(NEW)
    await page.get_by_label("Repeat the new password").fill(NEW)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Your new password is saved.")).to_be_visible()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(NEW)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Anna de Vries")).to_be_visible()
    assert not any(secret in url.partition("#")[0] for url in asked)


@pytest.mark.finding("use-F2")
@pytest.mark.req("SEC-38")
async def test_the_console_asks_for_the_code_once_the_password_was_right(browser: Browser, relay: RunningRelay) -> None:
    page = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
    _app, recovery = await set_up(page, relay)
    with running_console(relay.url) as process:
        console = await browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
        await console.goto(process.link)
        await console.get_by_label("E-mail address").fill(EMAIL)
        await console.get_by_label("Password").fill(PASSWORD)
        await expect(console.get_by_label("Code")).to_have_count(0)
        await console.keyboard.press("Enter")
        await expect(console.get_by_label("Code")).to_be_focused()
        assert await violations(console) == []
        await console.keyboard.type("000000")
        await console.keyboard.press("Enter")
        await expect(console.get_by_role("alert")).to_contain_text("The code is wrong")
        await console.get_by_label("Code").fill(recovery)
        await console.keyboard.press("Enter")
        await expect(console.get_by_role("heading", name="Sessions")).to_be_visible()


async def test_on_a_phone_no_sign_in_and_no_page_of_the_account_is_out_of_sight(
    browser: Browser, relay: RunningRelay
) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await sign_in(page, relay)
    await expect(page.get_by_role("heading", name="Anna de Vries")).to_be_visible()
    links = await page.locator(".account-nav a").all()
    ends = await page.locator(".rows").get_by_role("button", name="Sign out").all()
    assert links
    assert ends
    for each in links + ends:
        box = await each.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390, await each.text_content()
