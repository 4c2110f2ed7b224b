"""The pages of account security as a browser meets them: what is asked, what is open meanwhile, who may not come."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from codec.wire.api_types import SignIn
from codec.wire.signals import ConsoleSignIn, write
from relay.app import make_app
from relay.credentials.model import SignInEventRow
from relay.credentials.password_hashing import Passwords
from relay.mail.model import MailRow
from relay.notifications.events import Event
from relay.sessions.model import SessionRow
from relay.settings.model import SettingValueRow
from relay.store.database import Store, open_store
from tests.relay.admin.browsers import Browser
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, enter_with, form_token, free_port, running_relay
from tests.support.staff import BOB, make_technician
from tests.support.waiting import becomes_true, eventually

NEW = "Roses in the snow 8"
BEFORE_SIGN_IN = {
    "/setup",
    "/sign-in",
    "/forgotten",
    "/choose-password",
    "/start",
    "/not-them",
}
"""Forms of people whom no cookie stands for yet; a foreign page cannot send them either (the guard sees to that)."""


@pytest_asyncio.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay that is set up."""
    async with running_relay(tmp_path, metrics_listen=f"127.0.0.1:{free_port()}") as relay:
        yield relay


@pytest_asyncio.fixture
async def store(relay: RunningRelay) -> AsyncIterator[Store]:
    """Its database."""
    store = await open_store(relay.settings.database)
    yield store
    await store.close()


async def choose(store: Store, key: str, value: Any) -> None:
    """Choose a setting of the organisation."""
    async with store.transaction() as transaction:
        row = SettingValueRow(unit_kind="organisation", unit_id=0, key=key, value=value, set_by=1)
        row.set_at = datetime.now(UTC)
        transaction.add(row)


async def begin(relay: RunningRelay, cookie: str = "", email: str = EMAIL, password: str = PASSWORD) -> tuple[str, str]:
    """Show a password on the page; return the new cookie, and where it leads."""
    form, sent = {"email": email, "password": password}, {"Cookie": f"deskside={cookie}"}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, headers=sent, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return response.cookies["deskside"].value, response.headers["Location"]


async def post(relay: RunningRelay, cookie: str, path: str, **fields: str) -> tuple[int, str, str]:
    """Post a form; return status, text, and the cookie that it sets."""
    sent = {"Cookie": f"deskside={cookie}"}
    async with relay.http.post(relay.url + path, data=fields, headers=sent, allow_redirects=False) as response:
        new = response.cookies.get("deskside")
        return response.status, await response.text(), cookie if new is None else new.value


@pytest.mark.req("SEC-37", "SEC-42")
async def test_setting_up_and_using_an_authenticator_on_the_pages(relay: RunningRelay, store: Store) -> None:
    await choose(store, "two_step.required", ["administrators"])
    half, where = await begin(relay)
    assert where == "/sign-in/next"
    browser = Browser(relay, half)
    for closed in ("/account", "/admin", "/account/password"):
        assert (await browser.get(closed)).status == 303, closed
    page = (await browser.get("/sign-in/next")).text
    assert "<svg" in page
    secret = re.search(r'<code class="key ltr">([A-Z2-7 ]+)</code>', page)
    assert secret is not None
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    form = form_token(page)
    status, page, same = await post(relay, half, "/sign-in/authenticator", form=form, code="000000")
    assert (status, same) == (422, half)
    assert "The code is wrong" in page
    status, page, cookie = await post(relay, half, "/sign-in/authenticator", form=form, code=app.now())
    assert status == 200
    codes = re.findall(r'<code class="ltr">([a-z2-9-]+)</code>', page)
    assert len(codes) == 10
    assert (await Browser(relay, cookie).get("/account")).status == 200
    assert (await Browser(relay, half).get("/sign-in/next")).location == "/sign-in", "half a sign-in is over"
    half, _where = await begin(relay)
    form = form_token((await Browser(relay, half).get("/sign-in/next")).text)
    assert (await post(relay, half, "/sign-in/code", form=form, code=codes[0].upper()))[0] == 303
    assert (await post(relay, half, "/sign-in/code", form=form, code=codes[1]))[0] == 303, "it leads to the start"
    status, body = await relay.call("POST", "/sign-in", SignIn(email=EMAIL, password=PASSWORD))
    assert (status, body["problem"]) == (401, "second_step_needed")
    status, body = await relay.call("POST", "/sign-in", SignIn(email=EMAIL, password=PASSWORD, code="000000"))
    assert (status, body["problem"]) == (401, "wrong_code")
    status, body = await relay.call("POST", "/sign-in", SignIn(email=EMAIL, password=PASSWORD, code=codes[2]))
    assert (status, body["person"]["email"]) == (200, EMAIL)


async def test_each_step_gives_a_new_cookie_and_none_that_was_planted_is_taken(relay: RunningRelay) -> None:
    planted = "planted-by-somebody-else"
    first, _where = await begin(relay, planted)
    second, _where = await begin(relay, first)
    assert len({planted, first, second}) == 3
    assert (await Browser(relay, planted).get("/account")).status == 303


async def test_a_cookie_is_of_no_use_to_another_sites_page(relay: RunningRelay) -> None:
    cookie, _where = await begin(relay)
    browser = Browser(relay, cookie)
    fields = [("form", await browser.token("/account"))]
    for foreign in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert (await browser.post("/sign-out-everywhere", fields, **foreign)).status == 403
    assert (await browser.get("/account")).status == 200


async def test_every_form_of_somebody_who_is_signed_in_needs_its_token(relay: RunningRelay, store: Store) -> None:
    """Walks the router, so that a form which is added later is found."""
    cookie, _where = await begin(relay)
    browser = Browser(relay, cookie)
    app = await make_app(relay.settings, store)
    paths = {
        re.sub(r"\{[^}]*\}", "1", resource.canonical)
        for resource in app.router.resources()
        for route in resource
        if route.method == "POST" and not resource.canonical.startswith("/api/")
    }
    app.freeze()
    await app.cleanup()
    assert paths > BEFORE_SIGN_IN
    assert len(paths - BEFORE_SIGN_IN) > 10
    for path in sorted(paths - BEFORE_SIGN_IN):
        answer = await browser.post(path, [("form", "forged"), ("token", "forged")])
        assert answer.status in (400, 403, 404), f"{path}: {answer.status} {answer.location}"
    assert (await browser.get("/account")).status == 200


async def test_signing_out_somewhere_else_ends_just_that(relay: RunningRelay) -> None:
    here, there = (await begin(relay))[0], (await begin(relay))[0]
    page = (await Browser(relay, here).get("/account")).text
    numbers = re.findall(r'name="sign_in" value="(\d+)"', page)
    assert len(numbers) == 3, "the console, the other browser, and the one of the set-up"
    form = form_token(page)
    async with relay.console() as console:
        for number in [*numbers, "999999", "nonsense"]:
            await post(relay, here, "/sign-out-there", form=form, sign_in=number)
        assert await console.hear() is not None
    assert (await Browser(relay, there).get("/account")).status == 303
    assert (await relay.call("GET", "/me"))[0] == 401
    assert (await Browser(relay, here).get("/account")).status == 200


async def test_nobody_signs_somebody_else_out(relay: RunningRelay) -> None:
    await make_technician(relay.settings, ())
    bob, _where = await begin(relay, email=BOB)
    form = form_token((await Browser(relay, bob).get("/account")).text)
    await post(relay, bob, "/sign-out-there", form=form, sign_in="1")
    assert (await relay.call("GET", "/me"))[0] == 200


async def test_changing_ones_password_on_the_page(relay: RunningRelay) -> None:
    cookie, _where = await begin(relay)
    form = form_token((await Browser(relay, cookie).get("/account/password")).text)
    for fields, sentence in (
        ({"current": "x", "password": NEW, "confirm": NEW}, "This is not your current password"),
        ({"current": PASSWORD, "password": NEW, "confirm": "x"}, "The passwords do not match"),
        ({"current": PASSWORD, "password": "Abc1", "confirm": "Abc1"}, "Use at least 8 characters"),
        ({"current": PASSWORD, "password": "abcdefgh", "confirm": "abcdefgh"}, "Use at least three of these"),
        ({"current": PASSWORD, "password": PASSWORD, "confirm": PASSWORD}, "Choose a password that differs"),
    ):
        status, page, _cookie = await post(relay, cookie, "/account/password", form=form, **fields)
        assert status == 422
        assert sentence in page
        assert 'aria-invalid="true"' in page
    fields = {"current": PASSWORD, "password": NEW, "confirm": NEW}
    assert (await post(relay, cookie, "/account/password", form=form, **fields))[0] == 303
    assert (await relay.call("GET", "/me"))[0] == 401
    await begin(relay, password=NEW)


@pytest.mark.req("COMP-25")
async def test_everybody_has_an_account_page_apart_from_the_admin_center(relay: RunningRelay) -> None:
    await make_technician(relay.settings, ())
    for email, rules in ((BOB, False), (EMAIL, True)):
        cookie, where = await begin(relay, email=email)
        async with relay.http.get(relay.url + where, headers={"Cookie": f"deskside={cookie}"}) as response:
            page = await response.text()
        assert (where, "deskside-console --relay" in page, "/account?lang=nl" in page) == ("/account", True, True)
        for path in ("/admin", "/account/notifications"):
            assert (f'"{path}"' in page) is rules, (email, path)
            async with relay.http.get(relay.url + path, headers={"Cookie": f"deskside={cookie}"}) as response:
                assert response.status == (200 if rules else 403), (email, path)


@pytest.mark.req("SEC-01", "SEC-02")
async def test_notifications_are_for_masters_and_kept_one_by_one(relay: RunningRelay) -> None:
    await make_technician(relay.settings, ())
    bob = Browser(relay, (await begin(relay, email=BOB))[0])
    assert "Notifications" not in (await bob.get("/account")).text
    assert (await bob.get("/account/notifications")).status == 403
    token = await bob.token("/account")
    chosen = [("form", token), ("event", "login_failed")]
    assert (await bob.post("/account/notifications", chosen)).status == 403
    anna = Browser(relay, (await begin(relay))[0])
    page = await anna.get("/account/notifications")
    assert page.text.count('type="checkbox"') == len(Event)
    assert " checked" not in page.text
    fields = [("form", await anna.token("/account")), ("event", "login_failed"), ("event", "nonsense")]
    assert (await anna.post("/account/notifications", fields)).status == 303
    page = await anna.get("/account/notifications")
    assert page.text.count(" checked") == 1


async def test_contact_details_are_kept_and_shown_again_when_they_are_refused(relay: RunningRelay) -> None:
    cookie, _where = await begin(relay)
    browser = Browser(relay, cookie)
    form = await browser.token("/account/organisation")
    fields = {"form": form, "version": "1", "contact_details": "Desk 4", "billing_details": "<b>VAT</b>"}
    assert (await post(relay, cookie, "/account/organisation", **fields))[0] == 303
    assert "&lt;b&gt;VAT" in (await browser.get("/account/organisation")).text
    status, page, _cookie = await post(relay, cookie, "/account/organisation", **fields | {"contact_details": "New"})
    assert (status, "changed this in the meantime" in page) == (422, True)
    long = "y" * 4_001
    fields |= {"version": "2", "contact_details": long}
    status, page, _cookie = await post(relay, cookie, "/account/organisation", **fields)
    assert (status, long in page, "Use at most 4000 characters." in page) == (422, True, True)


async def test_a_forgotten_password_by_mail_from_the_page_to_the_new_sign_in(tmp_path: Path) -> None:
    with running_mail_server() as server:
        async with running_relay(tmp_path, **server.settings) as relay:
            await forget(relay, server)


async def forget(relay: RunningRelay, server: MailServer) -> None:
    """Forget the password, choose a new one by the link in the mail, and sign in with it."""
    pages = []
    for email in ("nobody@northwind.example", EMAIL):
        status, page, _cookie = await post(relay, "", "/forgotten", email=email)
        pages.append(page)
        assert status == 200
    assert pages[0] == pages[1]
    await eventually(lambda: len(server.links) == 1)
    fields = {"secret": f"/choose-password#{server.links[0]}", "password": NEW, "confirm": NEW}
    status, page, _cookie = await post(relay, "", "/choose-password", **fields | {"confirm": "x"})
    assert status == 422
    assert "The passwords do not match" in page
    assert (await post(relay, "", "/choose-password", **fields))[0] == 303
    status, page, _cookie = await post(relay, "", "/choose-password", **fields)
    assert status == 422
    assert "This link was used already" in page
    await begin(relay, password=NEW)


@pytest.mark.req("SEC-49", "SEC-57", "SEC-59", "EDGE-34", "EDGE-35")
async def test_a_global_rule_cuts_staff_off_at_once_and_no_customer(tmp_path: Path) -> None:
    async with running_relay(tmp_path, trusted_proxies=["127.0.0.0/8"]) as relay:
        store = await open_store(relay.settings.database)
        cookie, _where = await begin(relay)
        code = await relay.make_code()
        await choose(store, "addresses.exceptions", ["198.51.100.0/24"])
        await store.close()
        from_there = {"X-Forwarded-For": "198.51.100.9", "Cookie": f"deskside={cookie}"}
        bearer = {"X-Forwarded-For": "198.51.100.9", "Authorization": f"Bearer {relay.token}"}
        for path in ("/account", "/admin", "/sign-in", "/account/password", "/forgotten", "/ws/console", "/nothing"):
            async with relay.http.get(relay.url + path, headers=from_there) as response:
                assert response.status == 403, path
                assert "certain networks" in await response.text()
        async with relay.http.get(relay.url + "/api/v1/me", headers=bearer) as response:
            assert (response.status, (await response.json())["problem"]) == (403, "not_from_here")
        for path in ("/", "/how-to-check", "/who-sees-what", "/static/pages.css", "/health"):
            async with relay.http.get(relay.url + path, headers=from_there) as response:
                assert response.status == 200, path
        async with relay.http.ws_connect(relay.url + "/ws/applet", headers=from_there) as socket:
            await socket.send_str(write(enter_with(code)))
            assert '"entered"' in await socket.receive_str(timeout=5)
        assert (await relay.call("GET", "/me"))[0] == 200, "from elsewhere nothing changes"


@pytest.mark.req("SEC-67", "SEC-68")
async def test_a_console_of_a_group_that_is_shut_out_hears_so(relay: RunningRelay, store: Store) -> None:
    group = await make_technician(relay.settings, ())
    _status, body = await relay.call("POST", "/sign-in", SignIn(email=BOB, password=PASSWORD))
    token = body["token"]
    async with store.transaction() as transaction:
        transaction.add(
            SettingValueRow(
                unit_kind="technician_group",
                unit_id=group.id,
                key="console_addresses.exceptions",
                value=["127.0.0.0/8"],
                set_by=1,
                set_at=datetime.now(UTC),
            )
        )
    assert (await relay.call("POST", "/sign-in", SignIn(email=BOB, password=PASSWORD)))[1]["problem"] == "not_from_here"
    assert (await relay.call("GET", "/me", token=token))[1]["problem"] == "not_from_here"
    async with relay.http.ws_connect(relay.url + "/ws/console") as socket:
        await socket.send_str(write(ConsoleSignIn(token, "console-of-bob", 1)))
        assert '"signed_out"' in await socket.receive_str(timeout=5)
    await begin(relay, email=BOB)


@pytest.mark.req("SEC-16", "SEC-17", "SEC-18", "SEC-20", "SEC-21", "EDGE-30")
async def test_addresses_of_customers_are_stored_unless_the_organisation_wants_none(
    relay: RunningRelay, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def customer() -> None:
        async with relay.applet(enter_with(await relay.make_code())) as applet:
            await relay.enter(applet)

    async def stored() -> list[str | None]:
        async with store.transaction() as transaction:
            return list(await transaction.scalars(select(SessionRow.customer_ip).order_by(SessionRow.id)))

    await customer()
    await choose(store, "privacy.store_addresses", False)
    caplog.set_level("DEBUG")
    await customer()
    assert await stored() == ["127.0.0.1", None], "what was stored before stays"
    async with relay.http.get(f"http://{relay.settings.metrics_listen}/metrics") as response:
        assert "127.0.0.1" not in await response.text()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("relay")]
    assert not any("127.0.0.1" in line for line in ours)
    async with store.transaction() as transaction:
        everywhere = await tables_with(transaction, "127.0.0.1")
        noted = await transaction.scalar(select(func.count()).select_from(SignInEventRow))
    assert everywhere - {"session"} <= {"sign_in", "sign_in_event", "audit_event"}, "only where staff signed in"
    assert noted


async def tables_with(transaction: Any, address: str) -> set[str]:
    """Return the tables in which an address stands, in whatever column."""
    names = await transaction.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    found = set()
    for name in list(names):
        rows = await transaction.execute(text(f'SELECT * FROM "{name}"'))
        if any(address in str(value) for row in rows for value in row):
            found.add(name)
    return found


async def test_no_secret_reaches_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running_mail_server() as server:
        async with running_relay(tmp_path, **server.settings) as relay:
            store = await open_store(relay.settings.database)
            await look_for_secrets(relay, store, server, caplog)
            await store.close()


async def look_for_secrets(
    relay: RunningRelay, store: Store, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Use every secret once, and look for it in the log and in the database."""
    caplog.set_level("DEBUG")
    cookie, _where = await begin(relay)
    form = form_token((await Browser(relay, cookie).get("/account/two-step")).text)
    _status, page, _cookie = await post(relay, cookie, "/account/two-step/propose", form=form, current=PASSWORD)
    key = re.search(r'<code class="key ltr">([A-Z2-7 ]+)</code>', page)
    assert key is not None
    secret = key[1].replace(" ", "")
    code = pyotp.TOTP(secret).now()
    _status, page, _cookie = await post(relay, cookie, "/account/two-step/confirm", form=form, code=code)
    codes = re.findall(r'<code class="ltr">([a-z2-9-]+)</code>', page)
    await post(relay, "", "/forgotten", email=EMAIL)
    await eventually(lambda: len(server.links) == 1)
    (link,) = server.links
    written = "\n".join(record.getMessage() for record in caplog.records if "sqlite" not in record.name)
    for each in (PASSWORD, cookie, secret, codes[0], codes[0].replace("-", ""), link):
        assert each not in written

    async def is_sent() -> bool:
        async with store.reading() as transaction:
            return await transaction.scalar(select(func.count()).select_from(MailRow)) == 0

    await becomes_true(is_sent)
    async with store.transaction() as transaction:
        assert await tables_with(transaction, link) == set()


@pytest.mark.parametrize("email", [EMAIL, "nobody@northwind.example"])
async def test_a_refused_sign_in_costs_one_hash(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    hashed: list[str | None] = []
    verify = Passwords._verify

    def counting(self: Passwords, stored: str | None, password: str) -> bool:
        hashed.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(Passwords, "_verify", counting)
    async with relay.http.post(f"{relay.url}/sign-in", data={"email": email, "password": "wrong"}) as response:
        assert response.status == 422
    assert len(hashed) == 1


@pytest.mark.parametrize(
    "page", ["/admin/channels/technicians", "/admin/people?find=Bob%20Fournier", "/account/password"]
)
async def test_signing_in_leads_to_the_page_that_was_asked_for(relay: RunningRelay, page: str) -> None:
    """It led to one's own account, wherever a bookmark pointed to."""
    async with relay.http.get(relay.url + page, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/sign-in")
        kept = response.cookies["deskside-return"]
        assert (kept["path"], kept["httponly"]) == ("/sign-in", True)
    assert await signed_in_with(relay, kept.value) == page


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example/admin",
        "/\\evil.example",
        "https://evil.example/admin",
        "/adminevil",
        "/sign-out",
        "/admin\\..",
        "/admin/" + 501 * "a",
    ],
)
async def test_a_browser_cannot_be_led_elsewhere_by_what_it_keeps(relay: RunningRelay, hostile: str) -> None:
    assert await signed_in_with(relay, f'"{hostile}"') == "/account"


async def test_a_form_of_a_page_is_not_what_signing_in_leads_to(relay: RunningRelay) -> None:
    async with relay.http.post(f"{relay.url}/admin/people", data={}, allow_redirects=False) as response:
        assert "deskside-return" not in response.cookies


async def signed_in_with(relay: RunningRelay, kept: str) -> str:
    """Sign in with a browser that keeps this; return where that leads."""
    form, sent = {"email": EMAIL, "password": PASSWORD}, {"Cookie": f"deskside-return={kept}"}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, headers=sent, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return response.headers["Location"]
