"""The page of API keys: made and shown once, listed, revoked after a question; each sees his own."""

from datetime import UTC, datetime, timedelta

import pytest

from relay.admin.api_keys import SCOPES, KeyForm, check
from relay.api_keys.rules import Scope
from tests.relay.admin.browsers import Browser
from tests.relay.admin.conftest import Center

PATH = "/admin/api-keys"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def made(browser: Browser, name: str = "CRM", scope: str = "org:read") -> str:
    """Make a key on the page; return its secret."""
    form = await browser.form(PATH)
    form["name"], form["scopes"] = name, scope
    answer = await browser.post(PATH, form.fields)
    assert answer.status == 200, answer.text
    return answer.text.partition('id="secret" value="')[2].partition('"')[0]


@pytest.mark.req("API-18")
async def test_a_key_is_shown_once_works_and_is_revoked_after_a_question(center: Center) -> None:
    browser = await center.browser("owner")
    assert "No keys yet" in (await browser.get(PATH)).text
    secret = await made(browser)
    assert secret.startswith("dk_")
    page = (await browser.get(PATH)).text
    assert secret not in page
    assert "<bdi>CRM</bdi>" in page
    assert "never" in page
    assert (await center.relay.call("GET", "/organisation/tree", token=secret))[0] == 200
    page = (await browser.get(PATH)).text
    assert "from 127.0.0.1" in page
    question = page.partition(f'href="{PATH}/')[2].partition('"')[0]
    asked = await browser.get(f"{PATH}/{question}")
    assert "Revoke “CRM”?" in asked.text
    answer = await browser.post(f"{PATH}/{question}", [("form", await browser.token())])
    assert answer.status == 303
    page = (await browser.get(answer.location)).text
    assert "<b>Revoked</b>: <bdi>CRM</bdi>" in page
    assert question not in page, "what is revoked is not revoked again"
    assert (await center.relay.call("GET", "/organisation/tree", token=secret))[0] == 401


@pytest.mark.req("API-18")
async def test_each_sees_his_own_keys_and_a_master_administrator_everybodys(center: Center) -> None:
    owner, lead, reader = await center.browser("owner"), await center.browser("lead"), await center.browser("reader")
    await made(owner, "Owner's")
    await made(lead, "Hers")
    await made(reader, "Reports", "reports:read")
    page = (await owner.get(PATH)).text
    assert all(f"<bdi>{name}</bdi>" in page for name in ("Owner&#39;s", "Hers", "Reports", "Eva Lindqvist"))
    page = (await lead.get(PATH)).text
    assert "Hers" in page
    assert "Reports</bdi>" not in page
    token = ("form", await lead.token())
    for number in ("1", "3", "99999999999", "x"):
        assert (await lead.get(f"{PATH}/{number}/revoke")).status == 404
        assert (await lead.post(f"{PATH}/{number}/revoke", [token])).status == 404
    assert (await owner.post(f"{PATH}/2/revoke", [("form", await owner.token())])).status == 303


async def test_all_that_is_wrong_is_said_at_its_field_and_what_was_entered_stays(center: Center) -> None:
    browser = await center.browser("owner")
    form = await browser.form(PATH)
    form["name"], form["expires_at"], form["networks"] = " ", "2020-01-01", "10.1.2.0/24\nhome"
    answer = await browser.post(PATH, form.fields)
    assert answer.status == 422
    for field, problem in (
        ("name", "Enter a name."),
        ("scopes", "Choose at least one permission for the key."),
        ("expires_at", "within two years"),
        ("networks", "one network per line"),
    ):
        assert problem in answer.text.partition(f'id="problem-{field}"')[2].partition("</div>")[0]
    form["name"], form["scopes"] = "Kept", "org:read"
    answer = await browser.post(PATH, form.fields)
    assert 'value="Kept"' in answer.text
    assert 'value="org:read" aria-describedby="about-1" checked' in answer.text
    assert "No keys yet" in answer.text


def test_a_key_ends_with_its_last_day() -> None:
    assert check(KeyForm("n", ("org:read",), "2026-03-01", ""), NOW).ends == datetime(2026, 3, 2, tzinfo=UTC)
    usual = KeyForm.empty(NOW)
    assert usual.last_day == (NOW + timedelta(days=365)).date().isoformat()
    for day in ("2026-02-28", "2028-03-04", "9999-12-31", "tomorrow", "2026-02-30"):
        assert list(check(KeyForm("n", ("org:read", "no such"), day, ""), NOW).problems) == ["expires_at"], day


async def test_a_key_is_bound_to_the_networks_that_are_listed(center: Center) -> None:
    browser = await center.browser("owner")
    form = await browser.form(PATH)
    form["name"], form["scopes"], form["networks"] = (
        "Far away",
        "org:read",
        "10.1.2.0/255.255.255.0\r\n\r\n2001:db8::/32",
    )
    answer = await browser.post(PATH, form.fields)
    assert "10.1.2.0/24, 2001:db8::/32" in answer.text
    secret = answer.text.partition('id="secret" value="')[2].partition('"')[0]
    assert "10.1.2.0/24, 2001:db8::/32" in (await browser.get(PATH)).text
    assert (await center.relay.call("GET", "/organisation/tree", token=secret))[0] == 403


def test_every_scope_has_plain_words() -> None:
    assert list(SCOPES) == list(Scope)
