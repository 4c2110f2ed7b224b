"""The first people: an administrator adds a technician by one form, and the technician signs in to the real console."""

from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from relay.accounts.setup_token import SetupToken
from relay.app import running
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_admin_pages import overflow, tab_to
from tests.browser.test_pages import violations
from tests.relay.admin.test_first_steps import png
from tests.support.consoles import running_console
from tests.support.passwords import quick_passwords
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay, settings_for

NEW, NEWER = "Roses in the snow 8", "Snow on the roses 9"
NOOR = "noor@northwind.example"


async def administrator(browser: Browser, relay: RunningRelay, **options: object) -> Page:
    """Return the Admin Center of the administrator of a fresh relay."""
    page = await (await browser.new_context(**{"viewport": DESK} | options)).new_page()  # type: ignore[arg-type]
    await page.goto(f"{relay.url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/account")
    await page.goto(f"{relay.url}/admin")
    return page


async def add_technician(page: Page) -> None:
    """Add a technician with a password, by the one form."""
    await page.get_by_role("link", name="Add technician").click()
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await page.keyboard.type("Noor Bouzid")
    await page.get_by_label("E-mail").fill(NOOR)
    await page.get_by_label("Set a password now").check()
    await page.get_by_label("Password", exact=True).fill(NEW)
    assert await violations(page) == []
    await page.get_by_role("button", name="Add technician").click()
    await expect(page.locator(".receipt")).to_contain_text("Added: Noor Bouzid")


@pytest.mark.finding("use-A7")
async def test_a_new_technician_signs_in_to_the_console_and_changes_the_password_there(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        await add_technician(await administrator(browser, relay))
        with running_console(relay.url) as process:
            page = await browser.new_page(viewport=DESK)
            await page.goto(process.link)
            await page.get_by_label("E-mail address").fill(NOOR)
            await page.get_by_label("Password").fill(NEW)
            await page.keyboard.press("Enter")
            new = page.get_by_label("New password", exact=True)
            await expect(new).to_be_focused()
            rules = page.locator(".rules .is-met")
            await expect(rules).to_have_count(0)
            await page.keyboard.type("short")
            await expect(rules).to_have_count(0)
            assert await violations(page) == []
            await new.fill("only small letters")
            await expect(rules).to_have_count(1)
            await page.get_by_label("Repeat").fill("something else")
            await page.keyboard.press("Enter")
            await expect(page.get_by_label("Repeat")).to_be_focused()
            await expect(page.get_by_text("The two are not the same")).to_be_visible()
            await new.fill(NEW)
            await page.get_by_label("Repeat").fill(NEW)
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Choose a password that differs from the present one.")).to_be_visible()
            await expect(new).to_be_focused()
            await expect(new).to_have_value(NEW)
            assert await violations(page) == []
            await page.get_by_label("Show the password").check()
            await new.fill(NEWER)
            await expect(rules).to_have_count(2)
            await page.get_by_role("button", name="Save and sign in").click()
            await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
        status, _signed_in = await relay.call("POST", "/sign-in", {"email": NOOR, "password": NEWER, "serving": True})
        assert status == 200


@pytest.mark.finding("use-A7")
async def test_each_refusal_at_the_console_says_why_and_whom_to_ask(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group = (await relay.call("GET", "/organisation/tree"))[1]
        technicians = next(root for root in group if root["kind"] == "technicians")
        place = {"kind": "technician_group", "id": technicians["children"][0]["id"]}
        person = {"kind": "technician", "place": place, "name": "Noor", "email": NOOR, "licences": [], "password": NEW}
        noor = (await relay.call("POST", "/people/new", person))[1]
        contact = {"version": 1, "contact_details": "Pat Miller, extension 12"}
        assert (await relay.call("PATCH", "/organisation/details", contact))[0] == 200
        at = f"/units/technician/{noor['id']}"
        with running_console(relay.url) as process:
            page = await browser.new_page(viewport=DESK)
            await page.goto(process.link)
            await page.get_by_label("E-mail address").fill(NOOR)
            password, alert = page.get_by_label("Password"), page.get_by_role("alert")
            await password.fill("wrong")
            await page.keyboard.press("Enter")
            await expect(alert).to_contain_text("Passwords are case-sensitive.")
            await expect(alert).not_to_contain_text("Pat Miller")
            await expect(password).to_be_focused()
            await password.fill(NEW)
            await page.keyboard.press("Enter")
            await expect(alert).to_contain_text("no licence for the console")
            await expect(alert).to_contain_text("Pat Miller, extension 12")
            await expect(page.get_by_label("E-mail address")).to_have_value(NOOR)
            assert await violations(page) == []
            shown = (await relay.call("GET", at))[1]
            off = {"version": shown["version"], "values": {"status": "disabled"}}
            assert (await relay.call("PATCH", at, off))[0] == 200
            await page.get_by_role("button", name="Sign in").click()
            await expect(alert).to_contain_text("Your account is disabled.")


@pytest.mark.finding("use-A7")
async def test_a_second_step_that_is_due_is_set_up_in_the_console(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        recording_policy = {"values": {"two_step.required": ["administrators", "technicians"]}}
        assert (await relay.call("PATCH", "/settings/organisation/0", recording_policy))[0] == 200
        with running_console(relay.url) as process:
            page = await browser.new_page(viewport=DESK)
            await page.goto(process.link)
            await page.get_by_label("E-mail address").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.keyboard.press("Enter")
            code = page.get_by_label("Code that the app shows")
            await expect(code).to_be_focused()
            await expect(page.get_by_role("img", name="QR code")).to_be_visible()
            assert await violations(page) == []
            await page.keyboard.type("000000")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
            secret = (await page.locator(".key").inner_text()).replace(" ", "")
            await code.fill(pyotp.TOTP(secret).now())
            await page.keyboard.press("Enter")
            await expect(page.locator(".codes li")).to_have_count(10)
            assert await violations(page) == []
            await page.get_by_role("button", name="Continue").click()
            await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()


@pytest.mark.finding("use-B2")
async def test_without_a_mail_server_the_link_is_copied_and_used(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        allowed = ["clipboard-read", "clipboard-write"]
        page = await administrator(browser, relay, viewport=PHONE, permissions=allowed, color_scheme="dark")
        await page.goto(f"{relay.url}/admin/organization/technicians")
        await page.get_by_role("link", name="Add technician").click()
        await page.get_by_label("Name", exact=True).fill("Noor Bouzid")
        await page.get_by_label("E-mail").fill(NOOR)
        await page.keyboard.press("Enter")
        link = page.get_by_label("Invitation link").and_(page.get_by_role("textbox"))
        await expect(link).to_be_visible()
        assert await violations(page) == []
        assert await overflow(page) == 0
        await page.get_by_role("button", name="Copy", exact=True).click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == await link.input_value()
        await page.reload()
        await expect(link).to_have_count(0)
        theirs = await browser.new_page()
        await theirs.goto(copied)
        await theirs.get_by_label("New password", exact=True).fill(NEW)
        await theirs.get_by_label("Repeat the new password").fill(NEW)
        await theirs.keyboard.press("Enter")
        await expect(theirs.get_by_text("Your new password is saved.")).to_be_visible()
        await theirs.goto("about:blank")
        await theirs.goto(copied)
        await expect(theirs.get_by_text("This link was used already")).to_be_visible()


async def go_on(page: Page, words: str) -> None:
    """Press the button of a step by keyboard alone."""
    await tab_to(page, page.get_by_role("button", name=words, exact=True))
    await page.keyboard.press("Enter")


@pytest.mark.finding("use-A7")
async def test_the_first_steps_in_dutch_by_keyboard_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    """From the set-up page to a technician who has chosen a password, in twelve actions."""
    made = settings_for(tmp_path)
    async with running(made, quick_passwords()):
        url, pressed = f"http://{made.listen}", 0
        context = await browser.new_context(viewport=PHONE, locale="nl")
        page = await context.new_page()
        await page.goto(f"{url}/setup")
        assert await violations(page) == []
        for name, text in (
            ("token", SetupToken(made.data).show()),
            ("organisation", "Noordenwind"),
            ("name", "Anna de Vries"),
            ("email", EMAIL),
            ("password", PASSWORD),
        ):
            await tab_to(page, page.locator(f"#{name}"))
            await page.keyboard.type(text)
        await page.keyboard.press("Enter")
        for title, button in (
            ("Uw organisatie", "Opslaan en doorgaan"),
            ("E-mail", "Verder"),
            ("Opnamen", "Deze stap overslaan"),
            ("Eerste groep", "Opslaan en doorgaan"),
        ):
            await expect(page.get_by_role("heading", level=1)).to_have_text(title)
            assert await violations(page) == [], title
            assert await overflow(page) == 0, title
            await go_on(page, button)
            pressed += 1
        await expect(page.get_by_role("heading", level=1)).to_have_text("Eerste technicus")
        await expect(page.get_by_label("Naam")).to_be_focused()
        await page.keyboard.type("Noor Bouzid")
        await tab_to(page, page.get_by_label("E-mail"))
        await page.keyboard.type(NOOR)
        assert await violations(page) == []
        await go_on(page, "Technicus toevoegen")
        link = await page.get_by_label("Uitnodigingslink").and_(page.get_by_role("textbox")).input_value()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Eerste pincode")
        assert await violations(page) == []
        assert await overflow(page) == 0
        await go_on(page, "Voltooien")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Klaar")
        await expect(page.get_by_text("E-mail instellen")).to_be_visible()
        assert await violations(page) == []
        await page.goto(f"{url}/admin/organization/technicians")
        await expect(page.get_by_text("Instellen afmaken")).to_be_visible()
        assert pressed + 3 <= 12
        theirs = await browser.new_page()
        await theirs.goto(link)
        await theirs.locator("#password").fill(NEW)
        await theirs.locator("#confirm").fill(NEW)
        await theirs.keyboard.press("Enter")
        await theirs.wait_for_url("**/sign-in?done=password")
        await theirs.fill("#email", NOOR)
        await theirs.fill("#password", NEW)
        await theirs.keyboard.press("Enter")
        await expect(theirs.get_by_role("heading", name="Noor Bouzid")).to_be_visible()
        await context.close()


@pytest.mark.finding("use-A7")
async def test_the_console_shows_whose_server_it_is_before_anybody_signs_in(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        headers = {"Authorization": f"Bearer {relay.token}", "Content-Type": "application/octet-stream"}
        async with relay.http.put(f"{relay.url}/api/v1/organisation/logo", data=png(), headers=headers) as response:
            assert response.status == 204
        with running_console(relay.url) as process:
            page = await browser.new_page(viewport=PHONE)
            await page.goto(process.link)
            await expect(page.get_by_text("Northwind IT")).to_be_visible()
            logo = page.locator(".gate-logo")
            await expect(logo).to_be_visible()
            assert await logo.evaluate("image => image.naturalWidth") == 40
            assert await violations(page) == []
