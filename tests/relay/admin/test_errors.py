"""What people read when something goes wrong: a page in their language, of their organisation, with a way on."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from relay.app import running
from relay.programs.downloads import Downloads
from relay.web.errors import ErrorPages
from relay.web.languages import load_languages
from relay.web.rendering import Renderer
from tests.relay.admin.conftest import Center
from tests.support.passwords import quick_passwords
from tests.support.relays import EMAIL, PASSWORD, settings_for

ADDRESS = "/account/organisation"


async def ask(center: Center, method: str, path: str, **sent: Any) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers of an answer; nothing is followed."""
    url = center.relay.url + path
    async with center.relay.http.request(method, url, allow_redirects=False, **sent) as response:
        return response.status, await response.text(), dict(response.headers)


@pytest.mark.finding("use-B21")
async def test_what_went_wrong_is_said_on_a_page_in_the_readers_language(
    plain: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Downloads) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(Downloads, "all", fail)
    cases = [
        ("GET", "/no/such/page", 404, {}, "Page not found", "Pagina niet gevonden"),
        ("GET", "/download/nothing.exe", 404, {}, "Page not found", "Pagina niet gevonden"),
        ("POST", "/how-to-check", 405, {}, "cannot be opened this way", "kan niet zo worden geopend"),
        ("GET", "/how-to-check", 500, {}, "Something went wrong", "Er ging iets mis"),
        (
            "POST",
            "/sign-in",
            403,
            {"Origin": "https://evil.example"},
            "request was refused",
            "Dit verzoek is geweigerd",
        ),
        ("GET", "/sign-in%00", 400, {}, "This request cannot be read", "Dit verzoek kan niet worden gelezen"),
        ("POST", "/sign-out", 403, {}, "This page has expired", "Deze pagina is verlopen"),
    ]
    for method, path, status, headers, english, dutch in cases:
        for language, words in (("nl", dutch), ("en", english)):
            found, page, answered = await ask(plain, method, path, headers=headers | {"Accept-Language": language})
            assert (found, words in page) == (status, True), (path, language, page)
            assert f'<html lang="{language}"' in page
            assert "Northwind IT" in page
            assert all(way in page for way in ('href="/"', 'href="/sign-in"'))
            assert "default-src 'none'" in answered["Content-Security-Policy"]
            assert ("Allow" in answered) == (status == 405)


@pytest.mark.finding("use-B21")
async def test_programs_are_answered_as_programs(plain: Center) -> None:
    for path in ("/api/v1/nothing", "/static/nothing.js"):
        status, text, headers = await ask(plain, "GET", path, headers={"Accept-Language": "nl"})
        assert (status, "<html" in text) == (404, False), path
        assert headers["Content-Type"] != "text/html", path
    _status, text, _headers = await ask(plain, "GET", "/nothing", headers={"HX-Request": "true"})
    assert "<html" not in text, "a page is never put into a page"


@pytest.mark.finding("use-B21")
async def test_a_relay_that_is_set_up_says_so_at_its_set_up(plain: Center) -> None:
    for method in ("GET", "POST"):
        status, page, _headers = await ask(plain, method, "/setup")
        assert status == 404
        assert "This server is already set up" in page
        assert 'href="/sign-in"' in page
        assert "Northwind IT" in page


@pytest.mark.finding("use-B21")
async def test_pages_of_masters_say_so_to_others(plain: Center) -> None:
    lead = await plain.browser("lead")
    answer = await lead.get(ADDRESS)
    assert (answer.status, "Only master administrators" in answer.text) == (403, True)


@pytest.mark.finding("use-B20")
async def test_every_page_of_strangers_names_the_organisation(plain: Center) -> None:
    for path in ("/", "/sign-in", "/forgotten", "/choose-password", "/how-to-check", "/who-sees-what", "/nothing"):
        page = (await plain.stranger.get(path)).text
        assert "Deskside, run by Northwind IT" in page, path
        assert "– Northwind IT</title>" in page, path
    form = {"email": EMAIL, "password": "not this one"}
    _status, page, _headers = await ask(plain, "POST", "/sign-in", data=form)
    assert "Deskside, run by Northwind IT" in page


@pytest.mark.finding("use-B20")
async def test_the_page_for_foreign_networks_names_the_organisation(
    plain: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"addresses.access": "denied", "addresses.exceptions": ["192.0.2.0/24"]}
    owner, path = await plain.browser("owner"), "/admin/global-settings/technicians"
    form = await owner.form(path)
    form["addresses.access"], form["addresses.exceptions"] = "denied", "\n".join(values["addresses.exceptions"])
    form["proof:current"], form["confirmed"] = PASSWORD, "yes"
    assert (await owner.post(path, form.fields)).status == 303
    status, page, _headers = await ask(plain, "GET", "/sign-in")
    assert (status, ("Access from this network is not allowed") in page, "run by Northwind IT" in page) == (
        403,
        True,
        True,
    )


@pytest.mark.finding("use-B20")
async def test_before_the_set_up_nobody_runs_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings, quick_passwords()), aiohttp.ClientSession() as http:
        for path in ("/", "/setup", "/nothing"):
            async with http.get(f"http://{settings.listen}{path}") as response:
                page = await response.text()
                assert "run by" not in page, path
                assert "– Deskside</title>" in page, path


@pytest.mark.finding("use-B20")
async def test_a_page_is_drawn_even_where_the_database_does_not_answer() -> None:
    async def fail() -> str:
        raise OSError("no database")

    response = await ErrorPages(Renderer(load_languages()), fail).draw(make_mocked_request("GET", "/nothing"), 500)
    assert response is not None
    assert "Something went wrong" in str(response.text)
    assert "– Deskside</title>" in str(response.text)


@pytest.mark.finding("use-B22")
async def test_only_an_organisation_that_says_so_never_calls_first(plain: Center) -> None:
    async def texts() -> str:
        return "".join([(await plain.stranger.get(path)).text for path in ("/", "/how-to-check")])

    before = await texts()
    assert "never calls first" not in before
    assert "Did you expect this call?" in before
    _status, _body = await plain.relay.call(
        "PATCH", "/settings/organisation/0", {"values": {"customers.never_called": True}}
    )
    after = await texts()
    assert after.count("Northwind IT never calls first") == 2
    assert "Did you expect this call?" not in after
