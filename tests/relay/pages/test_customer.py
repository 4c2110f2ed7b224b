"""The relay's pages as a browser meets them, without a browser."""

import hashlib
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from sqlalchemy import select

from codec.wire.api_types import Code, Method
from codec.wire.session_types import SessionType
from codec.wire.signals import Missed
from relay.accounts.model import OrganisationRow
from relay.accounts.setup_token import SetupToken
from relay.app import running
from relay.config.reference import as_markdown
from relay.organization.model import ChannelRow, RootRow
from relay.pages.built_page import NotBuiltError
from relay.store.database import open_store
from tests.support.passwords import quick_passwords
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, cookie_of, form_token, offer_program, settings_for

PEOPLE: dict[str, Any] = {
    "organisation": "Northwind IT",
    "name": "Anna de Vries",
    "email": EMAIL,
    "password": PASSWORD,
}


async def page(relay: RunningRelay, path: str, **headers: str) -> str:
    """Return a page's text."""
    async with relay.http.get(relay.url + path, headers=headers) as response:
        return await response.text()


async def test_the_first_administrator_is_made_once_with_the_token(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    url = f"http://{settings.listen}"
    async with running(settings), aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with http.get(url) as response:
            assert response.status == 503
            assert "has not been set up" in await response.text()
        async with http.post(f"{url}/setup", data=PEOPLE | {"token": "guess"}) as response:
            assert response.status == 422
            assert "not the setup token" in await response.text()
        token = SetupToken(settings.data).show()
        async with http.post(f"{url}/setup", data=PEOPLE | {"token": token, "password": "short"}) as response:
            assert "at least 8 characters" in await response.text()
        async with http.post(f"{url}/setup", data=PEOPLE | {"token": token}, allow_redirects=False) as response:
            assert response.status == 303
        for again in (http.get(f"{url}/setup"), http.post(f"{url}/setup", data=PEOPLE | {"token": token})):
            async with again as response:
                assert response.status == 404
    assert not (settings.data / "setup-token").exists()
    assert settings.data.stat().st_mode & 0o077 == 0


@pytest.mark.req("I18N-09", "EDGE-51")
async def test_an_organisation_that_registers_in_dutch_has_a_dutch_tree(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings), aiohttp.ClientSession() as http:
        form = PEOPLE | {"token": SetupToken(settings.data).show()}
        address, headers = f"http://{settings.listen}/setup", {"Accept-Language": "nl"}
        async with http.post(address, data=form, headers=headers, allow_redirects=False) as response:
            assert response.status == 303
    store = await open_store(settings.database)
    async with store.transaction() as transaction:
        roots = {row.kind: row.name for row in await transaction.scalars(select(RootRow))}
        channels = list(await transaction.scalars(select(ChannelRow.name).order_by(ChannelRow.position)))
        language = await transaction.scalar(select(OrganisationRow.registration_language))
    await store.close()
    assert (roots["administrators"], channels[9], language) == ("Beheerders", "Kanaal 10", "nl")


async def test_f13_guessing_the_setup_token_keeps_nobody_from_setting_up(tmp_path: Path) -> None:
    """F13: nobody guesses 256 bits, so tries of strangers are not held against the owner."""
    settings = settings_for(tmp_path)
    async with running(settings, quick_passwords()), aiohttp.ClientSession() as http:
        for _ in range(20):
            async with http.post(f"http://{settings.listen}/setup", data=PEOPLE | {"token": "guess"}) as response:
                assert response.status == 422
        form = PEOPLE | {"token": SetupToken(settings.data).show()}
        async with http.post(f"http://{settings.listen}/setup", data=form, allow_redirects=False) as response:
            assert response.status == 303


async def test_the_pin_page_says_what_is_wrong_in_one_sentence(relay: RunningRelay) -> None:
    for pin, sentence in [
        ("12", "This PIN is incomplete"),
        ("999999", "A PIN that begins with 9 has nine digits"),
        ("000000", "No technician has this PIN"),
    ]:
        async with relay.http.post(f"{relay.url}/start", data={"pin": pin}) as response:
            assert response.status == 422
            assert sentence in await response.text()


async def test_the_pin_may_be_typed_in_groups(relay: RunningRelay) -> None:
    pin = str((await relay.make_code()).pin)
    for typed in (pin, f"{pin[:3]} {pin[3:]}", f" {pin[:3]}-{pin[3:]} "):
        async with relay.http.post(f"{relay.url}/start", data={"pin": typed}) as response:
            assert "wants to help you" in await response.text()


@pytest.mark.finding("use-B10")
async def test_a_customer_can_disown_a_caller(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.http.post(f"{relay.url}/start", data={"pin": str(code.pin)}) as response:
        found = re.search(r'name="code" value="([^"]+)"', await response.text())
    assert found is not None
    forged = found[1][:-1] + ("1" if found[1].endswith("0") else "0")
    async with relay.http.post(f"{relay.url}/not-them", data={"code": forged}) as response:
        pass
    assert (await relay.call("GET", "/codes"))[1][0]["state"] == "issued", "a forged code changes nothing"
    async with relay.console() as console:
        async with relay.http.post(f"{relay.url}/not-them", data={"code": found[1]}) as response:
            assert "This code was cancelled" in await response.text()
        assert (await console.hear_a(Missed)).disowned
    assert (await relay.call("GET", "/codes"))[1][0]["state"] == "cancelled"


async def test_hostile_names_are_text(relay: RunningRelay) -> None:
    async with relay.http.post(f"{relay.url}/start", data={"pin": '"><script>alert(1)</script>'}) as response:
        assert "<script>alert" not in await response.text()


async def test_signing_in_and_out_by_cookie(relay: RunningRelay) -> None:
    form = {"email": EMAIL.upper(), "password": PASSWORD}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        assert response.status == 303
        cookie = cookie_of(response)
        morsel = response.cookies["deskside"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
    async with relay.http.get(f"{relay.url}/account", cookies=cookie) as response:
        text = await response.text()
        assert EMAIL in text
    async with relay.http.post(f"{relay.url}/sign-out-everywhere", cookies=cookie, data={"form": "forged"}) as response:
        assert response.status == 403
    data = {"form": form_token(text)}
    async with relay.http.post(f"{relay.url}/sign-out-everywhere", cookies=cookie, data=data) as response:
        assert str(response.url).endswith("/sign-in")
    async with relay.http.get(f"{relay.url}/account", cookies=cookie, allow_redirects=False) as response:
        assert response.status == 303
    assert (await relay.call("GET", "/me"))[0] == 401, "the console's token is dead too"


async def test_wrong_passwords_and_unknown_people_get_the_same_answer_and_then_wait(relay: RunningRelay) -> None:
    answers = set()
    for email in (EMAIL, "nobody@northwind.example"):
        form = {"email": email, "password": "not the password"}
        async with relay.http.post(f"{relay.url}/sign-in", data=form) as response:
            answers.add((await response.text()).replace(email, "…"))
    assert len(answers) == 1
    for number in range(30):
        guess = {"email": f"nobody{number}@northwind.example", "password": "still not it"}
        status, body = await relay.call("POST", "/sign-in", guess)
    assert (status, body["problem"]) == (429, "too_many")
    assert body["retry_seconds"] > 0


async def test_another_sites_page_can_do_nothing(relay: RunningRelay) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with relay.http.post(f"{relay.url}/sign-in", data={}, headers=headers) as response:
            assert response.status == 403


async def test_every_answer_carries_the_security_headers(relay: RunningRelay) -> None:
    for path in ("/", "/nothing-here", "/static/pages.css", "/health", "/api/v1/me"):
        async with relay.http.get(relay.url + path) as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_speaks_the_visitors_language(relay: RunningRelay) -> None:
    assert "Voer de pincode van uw technicus in" in await page(relay, "/", **{"Accept-Language": "nl-BE,en;q=0.5"})
    assert "Enter the PIN" in await page(relay, "/?lang=en", **{"Accept-Language": "nl"})
    assert "Enter the PIN" in await page(relay, "/?lang=../../etc", **{"Accept-Language": "x" * 5_000})


async def test_downloads_are_offered_by_name_only(tmp_path: Path, relay: RunningRelay) -> None:
    for name in ("../key", "relay.sqlite3", "%2e%2e%2fkey", "deskside-help.pyz"):
        async with relay.http.get(f"{relay.url}/download/{name}") as response:
            assert response.status == 404
    relay.settings.downloads.mkdir()
    (relay.settings.downloads / "deskside-help.pyz").write_bytes(b"PK program")
    async with relay.http.get(f"{relay.url}/download/deskside-help.pyz") as response:
        assert await response.read() == b"PK program"
    code = await relay.make_code(Method.LINK)
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    async with relay.http.get(f"{relay.url}{code.path}", headers=headers) as response:
        shown = await response.text()
    port = relay.settings.address[1]
    assert f"deskside_127.0.0.1_{port}_help.pyz" in shown
    async with relay.http.get(f"{relay.url}/how-to-check") as response:
        checked = unescape(await response.text())
    assert "deskside-help.pyz" not in checked, "that is not what it is called where it was downloaded"
    for page in (unescape(shown), checked):
        assert f'sha256sum "$(xdg-user-dir DOWNLOAD)/deskside_127.0.0.1_{port}_help.pyz"' in page
    async with relay.http.get(f"{relay.url}/download/deskside-help.pyz") as response:
        assert f'filename="deskside_127.0.0.1_{port}_help.pyz"' in response.headers["Content-Disposition"]


WINDOWS, MAC, LINUX = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
    "Mozilla/5.0 (X11; Linux x86_64)",
)
PROGRAMS = {
    "deskside-help-windows.exe": (WINDOWS, "deskside_{}_pin{}_help.exe", "Open the file"),
    "deskside-help-macos.zip": (MAC, "deskside-help-macos.zip", "Install it"),
    "deskside-help-linux-x86_64": (LINUX, "deskside_{}_pin{}_help", "Allow it to run"),
    "deskside-help_amd64.deb": (LINUX, "deskside-help_amd64.deb", "Install it"),
}


@pytest.mark.finding("use-A2")
@pytest.mark.parametrize("file", PROGRAMS)
async def test_a_program_is_offered_with_its_size_and_digest_and_takes_relay_and_pin_along(
    relay: RunningRelay, file: str
) -> None:
    agent, saved_as, step = PROGRAMS[file]
    content = file.encode() * 100_000
    relay.settings.downloads.mkdir()
    (relay.settings.downloads / file).write_bytes(content)
    code = await relay.make_code(Method.PIN)
    name = saved_as.format(f"127.0.0.1_{relay.settings.address[1]}", code.pin)
    async with relay.http.post(f"{relay.url}/start", data={"pin": code.pin}, headers={"User-Agent": agent}) as response:
        shown = await response.text()
    assert f"{len(content) / 1_000_000:.1f} MB" in shown
    assert hashlib.sha256(content).hexdigest() in shown
    assert name in shown
    assert step in shown
    assert f"deskside://open?relay={quote(relay.url, safe='')}&amp;pin={code.pin}" in shown
    assert f"/download/{file}?" not in shown, "the PIN is in no address that a log could keep"
    async with relay.http.post(f"{relay.url}/download/{file}", data={"pin": code.pin}) as response:
        assert f'filename="{name}"' in response.headers["Content-Disposition"]
        assert await response.read() == content
    for pin in ("4821", "../../x", '"; x="', "999999"):
        async with relay.http.post(f"{relay.url}/download/{file}", data={"pin": pin}) as response:
            assert "pin" not in response.headers["Content-Disposition"]


async def test_a_program_for_another_processor_is_not_offered(relay: RunningRelay) -> None:
    relay.settings.downloads.mkdir()
    for name in ("deskside-help-linux-x86_64", "deskside-help_amd64.deb"):
        (relay.settings.downloads / name).write_bytes(b"x")
    code = await relay.make_code(Method.PIN)
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux aarch64)"}
    async with relay.http.post(f"{relay.url}/start", data={"pin": code.pin}, headers=agent) as response:
        shown = await response.text()
    assert "There is no help program for Linux yet" in shown
    assert "Download for" not in shown


SYSTEMS = {
    "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0": "Download for Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)": "There is no help program for Windows yet",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)": "There is no help program for macOS yet",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)": "There is no help program for this computer yet",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile": "Go to the computer that needs help",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)": "Go to the computer that needs help",
}


@pytest.mark.finding("use-A2")
async def test_each_system_is_told_whether_there_is_a_program_for_it(relay: RunningRelay) -> None:
    _offer_linux(relay)
    code = await relay.make_code(Method.LINK)
    for agent, expected in SYSTEMS.items():
        async with relay.http.get(f"{relay.url}{code.path}", headers={"User-Agent": agent}) as response:
            shown = await response.text()
        assert expected in shown, agent
        assert ("Download for" in shown) == ("Download for" in expected), agent
        if "no help program" in expected:
            assert "Tell Anna which computer you use" in shown
            assert "Linux (X11)" in shown


async def test_the_first_way_in_is_the_page_with_the_pin_where_no_server_reads_it(relay: RunningRelay) -> None:
    code = await relay.make_code(Method.PIN)
    async with relay.http.post(f"{relay.url}/start", data={"pin": code.pin}) as response:
        shown = await response.text()
    assert f'href="/join#{code.pin}"' in shown
    assert shown.index("Show my screen from this page") < shown.index("Use the help program")
    link = await relay.make_code(Method.LINK)
    assert link.path is not None
    async with relay.http.get(relay.url + link.path) as response:
        assert f'href="/join/{link.path.removeprefix("/s/")}"' in await response.text()
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile"}
    async with relay.http.get(relay.url + link.path, headers=phone) as response:
        shown = await response.text()
    assert "Chat on this page" in shown
    assert "Show my screen" not in shown, "a phone cannot"


async def test_a_page_that_is_not_there_or_was_changed_is_not_offered(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_built() -> None:
        raise NotBuiltError("changed")

    monkeypatch.setattr("relay.pages.customer.read_page", not_built)
    code = await relay.make_code(Method.LINK)
    async with relay.http.get(f"{relay.url}{code.path}") as response:
        shown = await response.text()
    assert "/join" not in shown
    assert "There is no help program" in shown or "help program is not available" in shown


@pytest.mark.finding("use-A2")
async def test_the_page_says_what_a_first_start_downloads(relay: RunningRelay) -> None:
    _offer_linux(relay)
    code = await relay.make_code(Method.LINK)
    agent = next(iter(SYSTEMS))
    async with relay.http.get(f"{relay.url}{code.path}", headers={"User-Agent": agent}) as response:
        assert "The first start downloads 154 MB more and needs 475 MB of disk space." in await response.text()


@pytest.mark.finding("use-A2")
async def test_technicians_are_told_which_computers_can_be_helped(relay: RunningRelay) -> None:
    for offer, systems in ((None, []), (_offer_linux, ["Linux (X11)"])):
        if offer is not None:
            offer(relay)
        async with relay.console() as console:
            assert console.desk.systems == systems


def _offer_linux(relay: RunningRelay) -> None:
    relay.settings.downloads.mkdir(exist_ok=True)
    with zipfile.ZipFile(relay.settings.downloads / "deskside-help.pyz", "w") as program:
        program.writestr("size.json", '{"fetch_bytes": 154711930, "disk_bytes": 475577043}')


async def test_health_and_metrics_answer(relay: RunningRelay) -> None:
    assert '"ok": true' in await page(relay, "/health")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"method": "fax"}', b'{"method": "pin", "name": 5}', b"\xff\xfe"])
async def test_a_malformed_body_is_a_named_refusal(relay: RunningRelay, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {relay.token}"}
    async with relay.http.post(f"{relay.url}/api/v1/codes", data=body, headers=headers) as response:
        assert (response.status, (await response.json())["problem"]) == (400, "bad_body")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("GET", "/codes"),
        ("POST", "/codes"),
        ("DELETE", "/codes/1"),
        ("GET", "/sessions"),
        ("POST", "/sessions/1/pick-up"),
        ("POST", "/sessions/1/end"),
        ("POST", "/sign-out"),
    ],
)
async def test_nothing_works_without_a_token(relay: RunningRelay, method: str, path: str) -> None:
    status, body = await relay.call(method, path, {}, token="forged")
    assert (status, body["problem"]) == (401, "not_signed_in")


async def test_what_is_not_there_is_a_named_refusal(relay: RunningRelay) -> None:
    for path in ("/sessions/77/end", "/sessions/999999999999999/end"):
        assert (await relay.call("POST", path))[0] == 404
    assert (await relay.call("DELETE", "/codes/77"))[1]["problem"] == "no_such_code"
    assert (await relay.call("GET", "/nothing"))[1]["problem"] == "not_found"


def test_the_list_of_settings_is_current() -> None:
    file = Path(__file__).parents[3] / "docs/relay-settings.md"
    assert file.read_text() == as_markdown(), "run deskside-relay settings --markdown > docs/relay-settings.md"


@pytest.mark.finding("use-F3")
async def test_each_page_says_once_how_to_check_who_is_calling(relay: RunningRelay) -> None:
    for path in ("/", "/who-sees-what"):
        assert (await page(relay, path)).count("How to check who is calling") == 1, path


@pytest.mark.finding("use-F3")
async def test_a_phone_is_sent_to_the_computer_and_told_that_it_is_done(relay: RunningRelay) -> None:
    code = await relay.make_code()
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"}
    async with relay.http.post(f"{relay.url}/start", data={"pin": str(code.pin)}, headers=phone) as response:
        text = await response.text()
    assert "You can close this one" in text
    assert "Compare three words" not in text


@pytest.mark.finding("use-F3")
async def test_a_long_wait_is_told_in_minutes(relay: RunningRelay) -> None:
    for _ in range(30):
        async with relay.http.post(f"{relay.url}/start", data={"pin": "100001"}) as response:
            text = await response.text()
        if "Too many wrong attempts" in text:
            break
    assert re.search(r"Too many wrong attempts\. Try again in \d+ minutes\.", text)


@pytest.mark.req("APP-20", "CHAT-01", "CHAT-02")
@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
async def test_who_comes_for_a_chat_is_offered_nothing_to_download(relay: RunningRelay, method: Method) -> None:
    offer_program(relay)
    code = await relay.make_code(method, session_type=SessionType.CHAT)
    text = await _drawn(relay, code)
    assert "Chat on this page" in text
    assert "Show my screen" not in text
    assert "/download/" not in text
    assert "/download/" in await _drawn(relay, await relay.make_code(method))


@pytest.mark.req("LENS-08", "LENS-23")
@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
async def test_who_comes_with_a_camera_is_offered_that_and_nothing_to_download(
    relay: RunningRelay, method: Method
) -> None:
    offer_program(relay)
    text = await _drawn(relay, await relay.make_code(method, session_type=SessionType.LENS))
    assert "Show my camera from this page" in text
    assert "Show my screen" not in text
    assert "/download/" not in text
    assert "A phone is easier to point" in text


async def _drawn(relay: RunningRelay, code: Code) -> str:
    if code.pin is None:
        async with relay.http.get(f"{relay.url}{code.path}") as response:
            return await response.text()
    async with relay.http.post(relay.url + "/start", data={"pin": code.pin}) as response:
        return await response.text()
