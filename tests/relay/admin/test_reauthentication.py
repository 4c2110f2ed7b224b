"""F17: pages of the Admin Center ask who is there in place, and go on with what was being saved."""

import re
from datetime import UTC, datetime, timedelta

import aiohttp
from sqlalchemy import update

from relay.accounts.model import PersonRow, SignInRow
from relay.organization.units import Unit, UnitKind
from relay.store.database import open_store
from tests.relay.admin.browsers import Browser, Form
from tests.relay.admin.conftest import Center
from tests.support.relays import PASSWORD

NEW = "Roses in the snow 8"


def place(unit: Unit) -> str:
    """Return the address of a unit."""
    return f"/admin/organization/{unit.kind.value}-{unit.id}"


async def aged(center: Center, who: str = "owner") -> Browser:
    """Return the browser of somebody who gave the password more than five minutes ago."""
    browser = await center.browser(who)
    store = await open_store(center.relay.settings.database)
    async with store.transaction() as transaction:
        old = datetime.now(UTC) - timedelta(minutes=5, seconds=1)
        await transaction.execute(update(SignInRow).values(proved_at=old))
    await store.close()
    return browser


async def prove(
    browser: Browser, page: str, path: str, password: str = PASSWORD, **headers: str
) -> tuple[int, str, str]:
    """Answer the question on a page; return status, text, and where it leads."""
    form = Form.read(page, path)
    form["proof:current"] = password
    answer = await browser.post(path, form.fields, **headers)
    return answer.status, answer.text, answer.location


async def test_the_question_carries_what_was_written_and_then_it_is_saved(center: Center) -> None:
    browser, path = await aged(center), place(center.units["bram"])
    form = await browser.form(path)
    long = 'Part time\r\n"only" & <b>on Mondays</b>'
    form["email"], form["description"], form["nickname"] = "bram@elsewhere.example", long, "B."
    answer = await browser.post(path, form.fields)
    assert (answer.status, "Is that you?" in answer.text) == (403, True)
    assert (await browser.form(path))["email"] == "bram@northwind.example", "nothing is saved yet"
    status, page, _to = await prove(browser, answer.text, path, "guess")
    assert (status, "This is not your current password" in page) == (403, True)
    status, page, to = await prove(browser, page, path)
    assert status == 303, page
    assert to.startswith(path)
    kept = await browser.form(path)
    assert (kept["email"], kept["nickname"], kept["description"]) == (
        "bram@elsewhere.example",
        "B.",
        long.replace("\r\n", "\n"),
    )
    form = await browser.form(path)
    form["email"] = "bram@northwind.example"
    assert (await browser.post(path, form.fields)).status == 303, "not asked again within five minutes"


async def test_what_is_wrong_after_the_answer_keeps_what_was_written(center: Center) -> None:
    browser, path = await aged(center), place(center.units["bram"])
    form = await browser.form(path)
    form["email"], form["description"] = "daan@northwind.example", "Kept"
    answer = await browser.post(path, form.fields)
    status, page, _to = await prove(browser, answer.text, path)
    assert (status, "Someone else already uses this e-mail address" in page, "Kept" in page) == (422, True, True)


async def test_forms_of_every_kind_ask(center: Center) -> None:
    """The sheet by script, a command in a dialog, a form beside the form, undo, keys, people, settings."""
    browser, path = await aged(center), place(center.units["bram"])
    form = await browser.form(path)
    form["sso_id"] = "bram"
    part = await browser.post(path, form.fields, HX_Request="true", HX_Target="sheet")
    assert (part.status, "Is that you?" in part.text, "<html" in part.text) == (403, True, False)
    assert 'class="tab"' in part.text, "the sheet stays a sheet"
    joris = next(each for each in re.findall(r'technician-\d+(?=")', (await browser.get("/admin/search?q=Joris")).text))
    token = await browser.token()
    enable = [("form", token), ("unit", joris), ("status", "enabled")]
    dialog = await browser.post("/admin/status", enable, HX_Request="true")
    assert (dialog.status, "Is that you?" in dialog.text, "data-close" in dialog.text) == (403, True, True)
    for where, fields in (
        (path + "/password", [("password", NEW), ("confirm", NEW)]),
        ("/admin/status", enable[1:]),
        ("/admin/api-keys", [("name", "CRM"), ("scopes", "org:read"), ("expires_at", "")]),
        ("/admin/global-settings/organisation-0", [("has", "two_step.required"), ("two_step.required", "technicians")]),
    ):
        answer = await browser.post(where, [("form", token), *fields])
        assert (answer.status, "Is that you?" in answer.text) == (403, True), (where, answer.text[-600:])
    status, page, _to = await prove(browser, dialog.text, "/admin/status", HX_Request="true")
    assert status == 200, page
    assert (await browser.form(f"/admin/organization/{joris}"))["status"] == "enabled"


async def test_a_file_of_people_is_tried_out_freely_and_brought_in_with_a_proof(center: Center) -> None:
    browser = await aged(center)
    form = await browser.form("/admin/people", "/admin/people/preview")
    data = aiohttp.FormData(form.fields)
    rows = "kind,name,email,group,status\ntechnician,New,new@northwind.example,Support Europe,enabled"
    data.add_field("file", rows.encode(), filename="people.csv", content_type="text/csv")
    preview = await browser.post("/admin/people/preview", data)
    assert preview.status == 200, preview.text
    confirm = Form.read(preview.text, "/admin/people/confirm")
    answer = await browser.post("/admin/people/confirm", confirm.fields)
    assert (answer.status, "Is that you?" in answer.text) == (403, True)
    status, _page, to = await prove(browser, answer.text, "/admin/people/confirm")
    assert (status, to.startswith("/admin/people")) == (303, True)


async def test_a_master_sees_that_an_owner_is_above(center: Center) -> None:
    """F20: no buttons that would be refused; what is refused all the same says so in the form."""
    owner = await center.browser("owner")
    made = [("form", await owner.token()), ("place", "master_administrators"), ("kind", "master_administrator")]
    path = (await owner.post("/admin/create", made)).location.partition("?")[0]
    form = await owner.form(path)
    form["email"], form["status"] = "max@northwind.example", "enabled"
    assert (await owner.post(path, form.fields)).status == 303
    fields = [("form", await owner.token()), ("password", NEW), ("confirm", NEW)]
    assert (await owner.post(path + "/password", fields)).status == 303
    store = await open_store(center.relay.settings.database)
    async with store.transaction() as transaction:
        row = await transaction.get_one(PersonRow, int(path.rpartition("-")[2]))
        row.must_change_password = False
    await store.close()
    sign_in = {"email": "max@northwind.example", "password": NEW}
    async with center.relay.http.post(f"{center.relay.url}/sign-in", data=sign_in, allow_redirects=False) as response:
        max_ = Browser(center.relay, response.cookies["deskside"].value)
    above = place(Unit(UnitKind.MASTER_ADMINISTRATOR, 1))
    page = (await max_.get(above)).text
    assert "This person has more rights than you" in page
    assert "Set password" not in page
    form = await max_.form(above)
    form["email"] = "mallory@evil.example"
    answer = await max_.post(above, form.fields)
    assert (answer.status, "more rights than you. Ask an account owner" in answer.text) == (422, True)
    assert "mallory@evil.example" in answer.text, "what was written stays"


async def test_a_persons_keys_are_named_where_their_password_is_set(center: Center) -> None:
    """F21: the page asks about the keys; unticked, they live on."""
    owner = await center.browser("owner")
    fields = [("form", await owner.token()), ("name", "CRM of Anna"), ("scopes", "org:read"), ("expires_at", "")]
    assert (await owner.post("/admin/api-keys", fields)).status == 200
    page = (await owner.get("/account/password")).text
    assert "CRM of Anna" in page
    form = Form.read(page, "/account/password")
    assert form["revoke_keys"] == "on"
    del form["revoke_keys"]
    form["current"], form["password"], form["confirm"] = PASSWORD, NEW, NEW
    assert (await owner.post("/account/password", form.fields)).status == 303
    assert "CRM of Anna" in (await owner.get("/account/password")).text
    form["revoke_keys"], form["current"], form["password"], form["confirm"] = "on", NEW, PASSWORD, PASSWORD
    assert (await owner.post("/account/password", form.fields)).status == 303
    assert "CRM of Anna" not in (await owner.get("/account/password")).text


async def test_codes_without_the_password_show_no_secret(center: Center) -> None:
    """F16: the trial on the page, and at the door: ten codes that are none, and nothing is drawn."""
    browser = await center.browser("owner")
    token = await browser.token("/account/two-step")
    for _ in range(11):
        answer = await browser.post("/account/two-step/confirm", [("form", token), ("code", "123456")])
        assert (answer.status, answer.location, answer.text) == (303, "/account/two-step", "")
    started = await browser.post("/account/two-step/propose", [("form", token), ("current", PASSWORD)])
    assert (started.status, "<svg" in started.text, "key ltr" in started.text) == (200, True, True)
    wrong = await browser.post("/account/two-step/confirm", [("form", token), ("code", "000000")])
    assert (wrong.status, "key ltr" in wrong.text, 'class="qr' in wrong.text) == (422, False, False)
