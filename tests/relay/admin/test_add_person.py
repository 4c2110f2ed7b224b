"""One form makes a person who can work, a password is saved with the rest of a form, and links are told apart."""

import html
import re

import pytest

from relay.organization.units import Unit
from tests.relay.admin.browsers import Answer, Browser, Form
from tests.relay.admin.conftest import Center
from tests.relay.admin.test_reauthentication import aged, place, prove
from tests.support.mail_server import MailServer
from tests.support.waiting import becomes_true, eventually

NEW = "Roses in the snow 8"
NOOR = "noor@northwind.example"


def form_at(center: Center, kind: str = "technician", unit: Unit | None = None) -> str:
    """Return the address of the form that adds somebody to a group."""
    group = unit or center.units["europe"]
    return f"/admin/organization/{group.kind.value}-{group.id}/add/{kind}"


async def add(browser: Browser, path: str, **fields: str) -> Answer:
    """Fill the form in, and send it."""
    form = await browser.form(path)
    for name, value in fields.items():
        form[name] = value
    return await browser.post(path, form.fields)


async def sign_in(center: Center, password: str, **more: object) -> tuple[int, dict[str, object]]:
    """Sign the new technician in to a console."""
    who = {"email": NOOR, "password": password, "console": "desk", "serving": True} | more
    status, answer = await center.relay.call("POST", "/sign-in", who)
    return status, answer


def copied(page: str) -> str:
    """Return the link that a page shows to be copied, nothing where there is none."""
    found = re.search(r'id="handed-link" value="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


@pytest.mark.finding("use-A7")
async def test_one_form_makes_a_technician_who_signs_in(center: Center) -> None:
    owner, path = await center.browser("owner"), form_at(center)
    group = path.partition("/add/")[0]
    for page in ("/admin/organization/technicians", group, f"/admin/menu?unit={group.rpartition('/')[2]}"):
        assert "/add/technician" in (await owner.get(page)).text, page
    form = await owner.form(path)
    assert ("standard" in form, form["place"]) == (True, group.rpartition("/")[2])
    answer = await add(owner, path, name="Noor Bouzid", email=NOOR, how="password", password=NEW)
    assert answer.status == 303, answer.text
    page = (await owner.get(answer.location)).text
    assert "Noor Bouzid" in page
    assert "Must change the password at the next sign-in." in page
    status, refused = await sign_in(center, NEW)
    assert (status, refused["problem"], refused["least"]) == (403, "password_change_needed", "good")
    chosen = {"ticket": refused["ticket"], "new": "Snow on the roses 9", "console": "desk"}
    status, signed_in = await center.relay.call("POST", "/sign-in/password", chosen)
    assert status == 200, signed_in
    async with center.relay.console(token=signed_in["token"]) as end:
        assert end.desk.person.name == "Noor Bouzid"
    assert (await center.relay.call("POST", "/sign-in/password", chosen))[1]["problem"] == "ticket_ended"


@pytest.mark.finding("use-A7")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Enter a name."),
        ("email", "", "Enter an e-mail address."),
        ("email", "noor", "for example anna@northwind.example"),
        ("email", "bram@northwind.example", "Someone else already uses this e-mail address"),
        ("password", "short", "Use at least 8 characters and three of these"),
        ("password", "all small letters", "Use at least three of these"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    center: Center, field: str, value: str, sentence: str
) -> None:
    owner, path = await center.browser("owner"), form_at(center)
    whole = {"name": "Noor Bouzid", "email": NOOR, "how": "password", "password": NEW} | {field: value}
    answer = await add(owner, path, **whole)
    assert answer.status == 422
    problem = re.search(rf'id="problem-{field}"[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    assert problem is not None
    assert sentence in problem[1]
    form = Form.read(answer.text, path)
    assert {name: form[name] for name in whole} == whole
    assert f'id="field-{field}"' in answer.text.partition("autofocus")[0], "the focus is where it is wrong"


@pytest.mark.finding("use-A7")
async def test_without_a_free_licence_the_form_says_so_and_adds_all_the_same(center: Center) -> None:
    owner, path = await center.browser("owner"), form_at(center)
    licences = await owner.form("/admin/licences")
    stock = (await center.relay.call("GET", "/organisation/licences"))[1]["licences"]
    licences["standard"] = str(stock["standard"]["given"])
    assert (await owner.post("/admin/licences", licences.fields)).status == 303
    form = await owner.form(path)
    assert "standard" not in form
    answer = await add(owner, path, name="Noor", email=NOOR, standard="on", how="link")
    assert (answer.status, "All licences of this kind" in answer.text) == (422, True)
    form = Form.read(answer.text, path)
    del form["standard"]
    form["how"], form["password"] = "password", NEW
    assert (await owner.post(path, form.fields)).status == 303
    status, refused = await sign_in(center, NEW)
    assert (status, refused["problem"]) == (403, "no_licence_free")


@pytest.mark.finding("use-A7")
async def test_a_password_is_saved_with_the_form_and_every_button_saves_first(center: Center) -> None:
    owner, path = await center.browser("owner"), place(center.units["bram"])
    form = await owner.form(path)
    form["nickname"], form["password"] = "Bram J.", NEW
    answer = await owner.post(path, form.fields)
    said = html.unescape((await owner.get(answer.location)).text)
    assert "Nickname, Password" in said
    assert "/admin/undo" not in said, "a password cannot be undone"
    who = {"email": "bram@northwind.example", "password": NEW}
    assert (await center.relay.call("POST", "/sign-in", who))[1]["problem"] == "password_change_needed"
    form = await owner.form(path)
    form["description"] = "Mondays"
    answer = await owner.post(path + "/link", form.fields)
    assert copied((await owner.get(answer.location)).text)
    assert (await owner.form(path))["description"] == "Mondays"
    form = await owner.form(path)
    form["description"], form["password"] = "Tuesdays", "weak"
    answer = await owner.post(path, form.fields)
    kept = Form.read(answer.text, path)
    assert (answer.status, kept["description"], kept["password"]) == (422, "Tuesdays", "weak")
    assert (await owner.form(path))["description"] == "Mondays", "all of it is saved, or nothing"


@pytest.mark.finding("use-A7")
async def test_cancelling_the_proof_brings_back_what_was_typed(center: Center) -> None:
    browser, path = await aged(center), place(center.units["bram"])
    form = await browser.form(path)
    form["email"], form["description"] = "bram@elsewhere.example", "Kept"
    asked = await browser.post(path, form.fields)
    assert asked.status == 403
    cancelled = Form.read(asked.text, path + "?not-now")
    back = await browser.post(path + "?not-now", cancelled.fields)
    kept = Form.read(back.text, path)
    assert (back.status, kept["email"], kept["description"]) == (200, "bram@elsewhere.example", "Kept")
    assert (await browser.form(path))["email"] == "bram@northwind.example"
    adding = form_at(center)
    asked = await add(browser, adding, name="Noor Bouzid", email=NOOR, how="link")
    assert asked.status == 403
    cancelled = Form.read(asked.text, adding + "?not-now")
    kept = Form.read((await browser.post(adding + "?not-now", cancelled.fields)).text, adding)
    assert (kept["name"], kept["email"], kept["how"]) == ("Noor Bouzid", NOOR, "link")
    status, _page, to = await prove(browser, asked.text, adding)
    assert (status, "/technician-" in to) == (303, True)


@pytest.mark.finding("use-B2")
async def test_without_a_mail_server_the_link_is_shown_once_to_who_made_it(center: Center) -> None:
    owner, other = await center.browser("owner"), await center.browser("owner")
    assert "Send invitation" not in (await owner.get(form_at(center))).text
    answer = await add(owner, form_at(center), name="Noor Bouzid", email=NOOR)
    first = await owner.get(answer.location)
    link = copied(first.text)
    assert "Copy this link and send it yourself. It works once" in first.text
    assert "on its way" not in first.text
    for later in (await owner.get(answer.location), await other.get(answer.location)):
        assert copied(later.text) == ""
    assert not (center.relay.settings.data / "outbox").exists(), "nobody would have read that mail"
    page = (await owner.get("/admin/invitations")).text
    assert "Noor Bouzid" in page
    assert "Link copied" in page
    secret = link.partition("#")[2]
    opened, form = f"{center.relay.url}/choose-password/opened", {"secret": secret}
    async with center.relay.http.post(opened, data=form) as response:
        assert await response.json() == {"kind": "invitation"}
    assert "Opened" in (await owner.get("/admin/invitations")).text
    use = {"secret": secret, "new": NEW}
    assert (await center.relay.call("POST", "/password-links/use", use))[0] == 204
    assert (await sign_in(center, NEW))[0] == 200
    async with center.relay.http.post(opened, data=form) as response:
        assert response.status == 404
    assert "Noor Bouzid" not in (await owner.get("/admin/invitations")).text


@pytest.mark.finding("use-B2")
async def test_without_a_mail_server_who_forgot_a_password_is_told_whom_to_ask(center: Center) -> None:
    pages = set()
    for email in ("bram@northwind.example", "nobody@northwind.example"):
        form = {"email": email}
        async with center.relay.http.post(f"{center.relay.url}/forgotten", data=form) as response:
            pages.add(await response.text())
    (page,) = pages
    assert "Ask your administrator for a link" in page
    assert "on its way" not in page


@pytest.mark.finding("use-B2")
async def test_what_became_of_a_mailed_invitation_is_in_the_list(mailing: tuple[Center, MailServer]) -> None:
    center, server = mailing
    owner, server.refuses = await center.browser("owner"), "550 no such mailbox"
    answer = await add(owner, form_at(center), name="Noor Bouzid", email=NOOR, how="mail")
    assert "Added and invited by e-mail" in (await owner.get(answer.location)).text

    async def becomes(state: str) -> None:
        async def happens() -> bool:
            (found,) = (await center.relay.call("GET", "/invitations"))[1]
            return bool(found["state"] == state)

        await becomes_true(happens)

    await becomes("retrying")
    assert "550" in (await owner.get("/admin/invitations")).text
    server.refuses = ""
    person = answer.location.partition("?")[0]
    again = await owner.post(person + "/invitation", [("form", await owner.token())])
    assert "will be sent by e-mail" in (await owner.get(again.location)).text
    await becomes("sent")
    (secret,) = server.links
    async with center.relay.http.post(f"{center.relay.url}/forgotten", data={"email": NOOR}) as response:
        assert "on its way" in await response.text()
    await eventually(lambda: len(server.links) == 2)
    use = {"secret": secret, "new": NEW}
    assert (await center.relay.call("POST", "/password-links/use", use))[0] == 204, "the invitation outlives a request"
    assert (await sign_in(center, NEW))[0] == 200
