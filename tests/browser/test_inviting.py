"""How customers are invited is what the technician's group says, at once in consoles that are open."""

from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from relay.organization.units import Unit
from tests.support.consoles import console_page, running_console
from tests.support.mail_server import running_mail_server
from tests.support.relays import PASSWORD, RunningRelay, running_relay
from tests.support.staff import BOB, make_technician
from tests.support.text_gateway import running_text_gateway
from tests.support.waiting import eventually

ANNA = "anna@northwind.example"


async def choose(relay: RunningRelay, group: Unit, **values: object) -> None:
    """Choose for the technician's group."""
    change = {"values": {f"connections.{name}": value for name, value in values.items()}, "confirmed": True}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", change)
    assert status == 200, answer


async def mail_of(dialog: Locator) -> tuple[str, str]:
    """Return the subject and the text of the mail that a click begins."""
    href = await dialog.get_by_role("link", name="Open e-mail program").get_attribute("href") or ""
    written = parse_qs(urlsplit(href).query)
    return written["subject"][0], written["body"][0]


async def new_session(page: Page) -> Locator:
    """Open the dialog."""
    await page.get_by_role("button", name="New session", exact=True).first.click()
    return page.get_by_role("dialog")


async def to_tab(dialog: Locator, name: str) -> None:
    """Choose a tab."""
    await dialog.get_by_role("group", name="How the customer joins").get_by_text(name, exact=True).click()


@pytest.mark.req("SESS-17", "SESS-18", "SESS-19", "SESS-22", "SESS-23", "SESS-26", "SESS-40")
async def test_the_dialog_offers_what_the_group_allows(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group = await make_technician(relay.settings, [])
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                dialog = await new_session(page)
                ways = dialog.get_by_role("group", name="How the customer joins").get_by_role("radio")
                await expect(ways).to_have_count(3)
                await expect(dialog.get_by_role("group", name="Who sends the e-mail")).to_have_count(0)
                await choose(relay, group, link=False, server_mail=True)
                await expect(ways).to_have_count(2)
                await to_tab(dialog, "E-mail")
                await expect(
                    dialog.get_by_role("group", name="Who sends the e-mail").get_by_role("radio")
                ).to_have_count(2)
                await choose(relay, group, own_mail=False)
                await expect(dialog.get_by_role("group", name="Who sends the e-mail")).to_have_count(0)
                await expect(dialog.get_by_text("Our server cannot send e-mail yet")).to_be_visible()
                await expect(dialog.get_by_role("button", name="Send e-mail")).to_be_disabled()

                await choose(relay, group, server_mail=False, pin_page="https://northwind.example/help")
                await expect(ways).to_have_count(0)
                await dialog.get_by_role("button", name="Create PIN").click()
                await expect(dialog.get_by_text("northwind.example/help")).to_be_visible()
                await dialog.get_by_role("button", name="Done").click()
                await choose(relay, group, pin=False)
                await new_session(page)
                await expect(dialog.get_by_text("every way to invite customers turned off")).to_be_visible()
                await expect(dialog.get_by_role("button", name="Create")).to_have_count(0)


@pytest.mark.req("SESS-24", "SESS-27", "SESS-28", "SESS-29", "SESS-30", "SESS-32")
async def test_the_own_mail_program_gets_subject_text_and_the_link_once(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group = await make_technician(relay.settings, [])
        await choose(relay, group, pin=False, mail_subject="Reparatie & ü", mail_text="Hello!\nPlease open:")
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                dialog = await new_session(page)
                await dialog.get_by_role("button", name="Create e-mail").click()
                link = await dialog.locator(".link-text").inner_text()
                assert await mail_of(dialog) == ("Reparatie & ü", f"Hello!\r\nPlease open:\r\n\r\n{link}")
                await dialog.get_by_label("Subject").fill("a=b&c #1 + 100%")
                await dialog.get_by_label("Text", exact=True).fill(f"Twice? {link}\nOnce: 😀")
                assert await mail_of(dialog) == ("a=b&c #1 + 100%", f"Twice? \r\nOnce: 😀\r\n\r\n{link}")
                await dialog.get_by_label("Text", exact=True).fill("ü" * 700)
                await expect(dialog.get_by_role("link", name="Open e-mail program")).to_have_count(0)
                await expect(dialog.get_by_text("too long for an e-mail program")).to_be_visible()
                await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
                await dialog.get_by_role("button", name="Copy text and link").click()
                copied: str = await page.evaluate("navigator.clipboard.readText()")
                assert copied.replace("\r\n", "\n") == f"{'ü' * 700}\n\n{link}"


@pytest.mark.req("SESS-25", "SESS-38", "SESS-39")
async def test_a_customer_joins_by_the_link_in_the_mail_that_the_relay_sent(browser: Browser, tmp_path: Path) -> None:
    with running_mail_server() as mails:
        async with running_relay(tmp_path, **mails.settings) as relay:
            group = await make_technician(relay.settings, [])
            await choose(relay, group, pin=False, link=False, own_mail=False, server_mail=True)
            with running_console(relay.url) as console:
                async with console_page(browser, console.link, email=BOB) as page:
                    dialog = await new_session(page)
                    await dialog.get_by_role("button", name="Send e-mail").click()
                    await expect(dialog.get_by_text("Enter one e-mail address.")).to_be_visible()
                    await expect(dialog.get_by_label("E-mail address of the customer")).to_be_focused()
                    await dialog.get_by_label("Name").fill("Anna Jansen")
                    mails.refuses_recipients = "550 no such mailbox"
                    await dialog.get_by_label("E-mail address of the customer").fill(f"x{ANNA}")
                    await dialog.get_by_role("button", name="Send e-mail").click()
                    await expect(dialog.get_by_text("does not accept the address xanna")).to_be_visible()
                    mails.refuses_recipients = ""
                    await dialog.get_by_role("button", name="Change and send again").click()
                    await dialog.get_by_label("E-mail address of the customer").fill(ANNA)
                    await dialog.get_by_role("button", name="Send e-mail").click()
                    await expect(dialog.get_by_text(f"The e-mail to {ANNA} was handed to")).to_be_visible()
                    await eventually(lambda: len(mails.mails) == 1)
                    customer = await browser.new_page()
                    await customer.goto(link_in(mails.mails[0]))
                    await customer.get_by_role("link", name="Show my screen from this page").click()
                    # Without a secret that the relay knows: the two compare words.
                    await expect(page.get_by_text("Does Anna Jansen see these words?")).to_be_visible()
                    await customer.close()


async def test_a_code_that_no_one_can_use_any_more_says_so_and_offers_another(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, [])
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                dialog = await new_session(page)
                await dialog.get_by_label("Name").fill("Anna Jansen")
                await dialog.get_by_role("button", name="Create PIN").click()
                shown = dialog.get_by_role("img", name="PIN")
                first = await shown.inner_text()
                token = await sign_in_as_bob(relay)
                (code,) = (await relay.call("GET", "/codes", None, token))[1]
                await relay.call("DELETE", f"/codes/{code['id']}", None, token)
                await expect(dialog.get_by_text("This PIN was cancelled.")).to_be_visible()
                await expect(shown).to_have_count(0)
                await dialog.get_by_role("button", name="New PIN").click()
                await expect(shown).to_be_visible()
                assert await shown.inner_text() != first


async def sign_in_as_bob(relay: RunningRelay) -> str:
    """Return a token of Bob's, for another program than the console."""
    _, signed_in = await relay.call("POST", "/sign-in", {"email": BOB, "password": PASSWORD, "console": "program"})
    token: str = signed_in["token"]
    return token


@pytest.mark.req("SESS-18", "SESS-34", "SESS-38")
async def test_a_text_message_is_offered_where_there_is_a_gateway_and_its_answer_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_text_gateway() as gateway, running_relay(tmp_path, sms_url=gateway.url) as relay:
        group = await make_technician(relay.settings, [])
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                dialog = await new_session(page)
                await expect(dialog.get_by_text("Text message", exact=True)).to_have_count(0)
                await choose(relay, group, sms=True)
                await to_tab(dialog, "Text message")
                await expect(dialog.get_by_text("1 text message, ")).to_be_visible()
                number = dialog.get_by_label("Mobile number of the customer")
                await number.fill("06 12345678")
                await dialog.get_by_role("button", name="Send text message").click()
                await expect(dialog.get_by_text("with its country code")).to_be_visible()
                await expect(number).to_be_focused()
                gateway.status = 400
                await number.fill("+31 6 12345678")
                await dialog.get_by_role("button", name="Send text message").click()
                await expect(dialog.get_by_text("does not accept the number +31612345678 (answer 400)")).to_be_visible()
                gateway.status = 200
                await dialog.get_by_role("button", name="Change and send again").click()
                await dialog.get_by_role("button", name="Send text message").click()
                await expect(dialog.get_by_text("was handed to the gateway")).to_be_visible()
                assert len(gateway.asked) == 2


def link_in(mail: EmailMessage) -> str:
    """Return the link in a mail."""
    words: list[str] = mail.get_content().split()
    return next(word for word in words if "/s/" in word)
