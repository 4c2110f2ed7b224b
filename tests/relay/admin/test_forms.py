"""What forms of the Admin Center save, and what they refuse."""

import pytest

from relay.organization.units import Unit
from tests.relay.admin.browsers import Browser
from tests.relay.admin.conftest import Center


def place(unit: Unit, tab: str = "organization") -> str:
    """Return the address of a unit."""
    return f"/admin/{tab}/{unit.kind.value}-{unit.id}"


async def saved(browser: Browser, path: str, changes: dict[str, str]) -> str:
    """Save changes; return the page that comes next."""
    form = await browser.form(path)
    for name, value in changes.items():
        form[name] = value
    answer = await browser.post(path, form.fields)
    assert answer.status == 303, answer.text
    return (await browser.get(answer.location)).text


@pytest.mark.req("ORG-15", "ORG-20", "ORG-21", "ORG-70")
async def test_a_save_says_what_changed_and_can_be_taken_back(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["bram"])
    page = await saved(browser, path, {"nickname": "Bram from IT", "description": "Part time\r\nonly"})
    assert "2 changes" in page
    assert "Nickname, Description" in page
    undo = await browser.form(path, "/admin/undo") if "/admin/undo" in (await browser.get(path)).text else None
    assert undo is None, "a receipt is shown once"
    page = await saved(browser, path, {"nickname": "B."})
    key = page.partition('name="done" value="')[2].partition('"')[0]
    answer = await browser.post("/admin/undo", [("form", await browser.token()), ("done", key)])
    assert answer.status == 303
    assert (await browser.form(path))["nickname"] == "Bram from IT"
    again = await browser.post("/admin/undo", [("form", await browser.token()), ("done", key)])
    assert again.status == 422


async def test_nobody_takes_back_what_another_did(center: Center) -> None:
    owner, lead, path = await center.browser("owner"), await center.browser("lead"), place(center.units["bram"])
    page = await saved(owner, path, {"nickname": "B."})
    key = page.partition('name="done" value="')[2].partition('"')[0]
    answer = await lead.post("/admin/undo", [("form", await lead.token()), ("done", key)])
    assert answer.status == 422
    assert (await owner.form(path))["nickname"] == "B."


async def test_a_form_that_nobody_touched_changes_nothing(center: Center) -> None:
    browser = await center.browser("owner")
    for name in ("bram", "desk", "europe", "eva", "readers", "channel"):
        path = place(center.units[name])
        form = await browser.form(path)
        answer = await browser.post(path, form.fields)
        assert (answer.status, answer.location) == (303, path), name


BAD = (
    ("name", "", "Enter a name."),
    ("name", "x" * 129, "Use at most 128 characters."),
    ("name", "Bram\u202e", "invisible characters"),
    ("email", "no address", "Enter an e-mail address"),
    ("email", "daan@northwind.example", "Someone else already uses this e-mail address"),
    ("description", "x" * 4001, "Use at most 4000 characters."),
    ("description", "bell\x07", "control characters"),
    ("status", "asleep", "Choose one of these: enabled, disabled."),
)


async def test_what_cannot_be_stored_is_said_at_its_field_and_nothing_is_lost(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["bram"])
    for field, value, problem in BAD:
        form = await browser.form(path)
        form["nickname"] = "Kept in the form"
        form[field] = value
        answer = await browser.post(path, form.fields)
        assert answer.status == 422
        line = answer.text.partition(f'id="problem-{field}"')[2].partition("</div>")[0]
        assert problem in line
        assert "Kept in the form" in answer.text
        assert (await browser.form(path))["nickname"] == ""


async def test_hostile_names_are_text(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["bram"])
    name = "<script>alert(1)</script>'; DROP TABLE person; -- 🙂"
    page = await saved(browser, path, {"name": name})
    assert "<script>alert" not in page
    assert (await browser.form(path))["name"] == name


@pytest.mark.req("ORG-15")
async def test_a_value_is_judged_while_the_form_is_open(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["bram"])
    form = await browser.form(path)
    form["email"] = "no address"
    answer = await browser.post(f"{path}/check?field=email", form.fields, HX_Request="true")
    assert "Enter an e-mail address" in answer.text
    answer = await browser.post(f"{path}/check?field=name", form.fields, HX_Request="true")
    assert "hint--bad" not in answer.text


async def test_two_administrators_lose_nothing(center: Center) -> None:
    owner, lead, path = await center.browser("owner"), await center.browser("lead"), place(center.units["bram"])
    mine, theirs = await owner.form(path), await lead.form(path)
    theirs["nickname"], theirs["description"] = "Theirs", "Also theirs"
    assert (await lead.post(path, theirs.fields)).status == 303
    mine["nickname"], mine["sso_id"] = "Mine", "bram.j"
    answer = await owner.post(path, mine.fields)
    assert answer.status == 422
    assert "In the meantime Eva Lindqvist changed this" in answer.text
    assert "<bdi>Theirs</bdi>" in answer.text
    assert 'value="Mine"' in answer.text
    again = type(mine).read(answer.text, path)
    assert again["keep:nickname"] == "mine"
    again["keep:nickname"] = "theirs"
    assert (await owner.post(path, again.fields)).status == 303
    now = await owner.form(path)
    assert (now["nickname"], now["description"].strip(), now["sso_id"]) == ("Theirs", "Also theirs", "bram.j")
    mine = await owner.form(path)
    mine["nickname"] = "Mine after all"
    assert (await owner.post(path, mine.fields)).status == 303


async def test_fields_that_only_one_of_them_changed_are_merged(center: Center) -> None:
    owner, lead, path = await center.browser("owner"), await center.browser("lead"), place(center.units["desk"])
    mine, theirs = await owner.form(path), await lead.form(path)
    theirs["description"] = "For the Netherlands"
    del mine["may:chat"]
    assert (await lead.post(path, theirs.fields)).status == 303
    assert (await owner.post(path, mine.fields)).status == 303
    now = await owner.form(path)
    assert now["description"].strip() == "For the Netherlands"
    assert "may:chat" not in now


@pytest.mark.req("COMP-02", "PERM-33", "PERM-35", "EDGE-17", "ORG-66", "ORG-67")
async def test_permissions_are_saved_with_options_and_locks(center: Center) -> None:
    owner, lead, path = await center.browser("owner"), await center.browser("lead"), place(center.units["desk"])
    form = await owner.form(path)
    del form["may:send_files"]
    form["how:transfer"], form["lock:transfer"], form["name"] = "specified", "on", "Service desk Netherlands"
    answer = await owner.post(path, form.fields)
    assert answer.status == 303, answer.text
    now = await owner.form(path)
    assert "may:send_files" not in now
    assert (now["how:transfer"], now["lock:transfer"], now["name"]) == ("specified", "on", "Service desk Netherlands")
    theirs = await lead.form(path)
    assert "was:may:transfer" not in theirs, "what is locked is not offered"
    assert "was:may:record" not in theirs, "nor what is locked above"
    theirs.fields += [("was:may:transfer", "10any"), ("how:transfer", "any")]
    refused = await lead.post(path, theirs.fields)
    assert refused.status == 422
    assert "A master administrator has locked this permission" in refused.text
    theirs.fields += [("lockable:chat", "1"), ("lock:chat", "on")]
    assert (await lead.post(path, theirs.fields)).status in (403, 422)
    assert (await owner.form(path))["how:transfer"] == "specified"
    form = await owner.form(path)
    del form["may:record"]
    assert (await owner.post(path, form.fields)).status == 303, "a master administrator changes what is locked above"


@pytest.mark.req("ORG-30", "ORG-31")
async def test_licences_show_what_is_left(center: Center) -> None:
    browser = await center.browser("owner")
    page = (await browser.get(place(center.units["bram"]))).text
    assert "unlimited" in page
    page = await saved(browser, place(center.units["bram"]), {"mobile": "on"})
    assert "Mobile" in page
    assert "mobile" in await browser.form(place(center.units["bram"]))


@pytest.mark.req("ORG-58")
async def test_restricted_to_nothing_is_refused_with_a_sentence(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["readers"])
    form = await browser.form(path)
    del form["allow_reports"]
    answer = await browser.post(path, form.fields)
    assert answer.status == 422
    assert "Leave at least one of the two selected." in answer.text


@pytest.mark.req("ORG-40")
async def test_the_last_owner_stays(center: Center) -> None:
    browser, path = await center.browser("owner"), "/admin/organization/master_administrator-1"
    form = await browser.form(path)
    form["status"] = "disabled"
    answer = await browser.post(path, form.fields)
    assert answer.status == 422
    assert "Make another person account owner first" in answer.text


async def test_settings_are_saved_undone_and_judged(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["desk"], "settings")
    form = await browser.form(path)
    assert form.fields
    key = "timeouts.waiting"
    first = form[key]
    form[key] = "77"
    answer = await browser.post(path, form.fields)
    assert answer.status == 303
    page = (await browser.get(answer.location)).text
    assert "Saved" in page
    assert (await browser.form(path))[key] == "77"
    undo = page.partition('name="done" value="')[2].partition('"')[0]
    assert (await browser.post("/admin/undo", [("form", await browser.token()), ("done", undo)])).status == 303
    assert (await browser.form(path))[key] == first
    form = await browser.form(path)
    form[key] = "many"
    checked = await browser.post(f"{path}/check?key={key}", form.fields, HX_Request="true")
    assert "hint--bad" in checked.text
    refused = await browser.post(path, form.fields)
    assert refused.status == 422
    assert "Nothing was saved yet" in refused.text


async def test_two_administrators_in_the_settings_see_both_values(center: Center) -> None:
    owner, lead = await center.browser("owner"), await center.browser("lead")
    path = place(center.units["desk"], "settings")
    key = "timeouts.waiting"
    mine, theirs = await owner.form(path), await lead.form(path)
    theirs[key] = "55"
    assert (await lead.post(path, theirs.fields)).status == 303
    mine[key] = "66"
    answer = await owner.post(path, mine.fields)
    assert answer.status == 422
    assert "Someone changed" in answer.text
    assert "was 55" in answer.text
    again = type(mine).read(answer.text, path)
    assert again[key] == "66"
    again["drop"] = key
    assert (await owner.post(path, again.fields)).status == 303
    assert (await owner.form(path))[key] == "55"


async def test_a_section_is_saved_to_subgroups_and_a_lock_holds_below(center: Center) -> None:
    owner, lead = await center.browser("owner"), await center.browser("lead")
    europe, desk = place(center.units["europe"], "settings"), place(center.units["desk"], "settings")
    form = await owner.form(europe)
    form["timeouts.waiting"], form["wide"] = "44", "timeouts:subgroups"
    assert (await owner.post(europe, form.fields)).status == 303
    assert (await owner.form(desk))["timeouts.waiting"] == "44"
    token = await owner.token()
    answer = await owner.post(f"{europe}/lock", [("form", token), ("key", "timeouts.waiting")])
    assert answer.status == 303
    assert "timeouts.waiting" not in await lead.form(desk)
    assert "Locked" in (await lead.get(desk)).text
    answer = await lead.post(f"{desk}/lock", [("form", await lead.token()), ("key", "timeouts.waiting")])
    assert answer.status == 403
    assert (await owner.post(f"{europe}/lock", [("form", token), ("key", "timeouts.waiting")])).status == 303
    assert "timeouts.waiting" in await lead.form(desk)


@pytest.mark.req("PERM-15b", "EDGE-09")
async def test_targets_are_selected_and_kept_also_where_nobody_sees_them(center: Center) -> None:
    owner, lead, desk = await center.browser("owner"), await center.browser("lead"), center.units["desk"]
    path = f"{place(desk)}/targets/transfer"
    form = await owner.form(path)
    names = [f"technician_group-{center.units[each].id}" for each in ("europe", "night")]
    form.fields += [("target", name) for name in names]
    assert (await owner.post(path, form.fields)).status == 303
    theirs = await lead.form(path)
    assert sorted(value for name, value in theirs.fields if name == "target") == sorted(names)
    theirs.fields = [each for each in theirs.fields if each != ("target", names[1])]
    assert (await lead.post(path, theirs.fields)).status == 303
    now = await owner.form(path)
    assert [value for name, value in now.fields if name == "target"] == names[:1]
    assert (await owner.get(f"{place(desk)}/targets/chat")).status == 404


async def test_settings_of_the_organization_tab_stand_behind_its_form(center: Center) -> None:
    browser = await center.browser("owner")
    for unit in ("desk", "bram", "channel"):
        path = place(center.units[unit])
        assert f"{path}/more" in (await browser.get(path)).text
        form = await browser.form(f"{path}/more")
        assert "has" in form or form.fields
    assert "/more" not in (await browser.get(place(center.units["eva"]))).text.partition("sheet-body")[2]


async def test_a_save_that_cannot_be_taken_leaves_the_form_where_it_is(center: Center) -> None:
    browser, path = await center.browser("owner"), place(center.units["bram"])
    form = await browser.form(path)
    out = await center.stranger.post(path, [*form.fields, ("form", "old")], HX_Request="true")
    assert out.status == 401
    form["form"] = "that of an earlier sign-in"
    assert (await browser.post(path, form.fields, HX_Request="true")).status == 412
    assert (await browser.post(path, form.fields)).status == 403


@pytest.mark.req("ORG-25", "ORG-26", "ORG-27", "ORG-28", "ORG-32", "SEC-34", "SEC-43", "SEC-44", "SEC-46")
async def test_how_somebody_signs_in_stands_in_his_form(center: Center) -> None:
    owner, path = await center.browser("owner"), place(center.units["bram"])
    page = (await owner.get(path)).text
    assert "Minimum password level" in page
    assert "data-strength-of" in page
    assert "Has a password." in page
    assert "No authenticator is set up." in page
    token = ("form", await owner.token())
    for new, again, sentence in (
        ("Roses in the snow 8", "x", "The passwords do not match"),
        ("abcdefgh", "abcdefgh", "Use at least three of these"),
        ("Abc1", "Abc1", "Use at least 8 characters and three of these"),
    ):
        answer = await owner.post(path + "/password", [token, ("password", new), ("confirm", again)])
        assert answer.status == 422
        assert sentence in answer.text
    fields = [token, ("password", "Roses in the snow 8")]
    answer = await owner.post(path + "/password", fields)
    assert "Password" in (await owner.get(answer.location)).text
    assert "Must change the password at the next sign-in." in (await owner.get(path)).text
    answer = await owner.post(path + "/withdrawal", [token])
    assert (answer.status, "There is no link that still works." in answer.text) == (422, True)
    answer = await owner.post(path + "/two-step", [token])
    assert answer.status == 422
    own = (await owner.get("/admin/organization/master_administrator-1")).text
    assert "/account/password" in own
    assert 'name="password"' not in own
    answer = await owner.post("/admin/organization/master_administrator-1/password", fields)
    assert answer.status == 403
