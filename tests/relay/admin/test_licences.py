"""How many licences there are, on its page: for master administrators, judged while one writes, taken back."""

import pytest

from tests.relay.admin.browsers import Form
from tests.relay.admin.conftest import Center
from tests.relay.admin.test_forms import place

PATH = "/admin/licences"


@pytest.mark.req("COMP-27", "ORG-30", "ORG-31")
async def test_totals_are_chosen_kept_to_and_taken_back(center: Center) -> None:
    browser = await center.browser("owner")
    form = await browser.form(PATH)
    assert (form["standard"], form["mobile"]) == ("", ""), "unlimited at first"
    form["standard"], form["mobile"] = "7", "1"
    answer = await browser.post(PATH, form.fields)
    assert answer.status == 303
    page = (await browser.get(answer.location)).text
    assert "Standard, Mobile" in page
    assert "1 of 7 left" in (await browser.get(place(center.units["bram"]))).text
    undo = page.partition('name="done" value="')[2].partition('"')[0]
    assert (await browser.post("/admin/undo", [("form", await browser.token()), ("done", undo)])).status == 303
    assert (await browser.form(PATH))["standard"] == ""


async def test_what_cannot_be_is_said_at_its_field_also_while_one_writes(center: Center) -> None:
    browser = await center.browser("owner")
    form = await browser.form(PATH)
    for entered, problem in (
        ("2", "More licences than that are in use"),
        ("-1", "Enter a whole number"),
        ("x", "Enter a whole number"),
        ("1" * 12, "Enter a whole number"),
    ):
        form["standard"] = entered
        checked = await browser.post(f"{PATH}/check?field=standard", form.fields, HX_Request="true")
        answer = await browser.post(PATH, form.fields)
        assert answer.status == 422
        for page in (checked.text, answer.text.partition('id="problem-standard"')[2].partition("</div>")[0]):
            assert problem in page, entered
        assert f'value="{entered}"' in answer.text
    form["standard"] = "9"
    checked = await browser.post(f"{PATH}/check?field=standard", form.fields, HX_Request="true")
    assert "hint--bad" not in checked.text


async def test_two_at_once_merge_and_where_both_changed_the_same_both_are_shown(center: Center) -> None:
    one, other = await center.browser("owner"), await center.browser("owner")
    mine, theirs = await one.form(PATH), await other.form(PATH)
    theirs["standard"] = "8"
    assert (await other.post(PATH, theirs.fields)).status == 303
    mine["mobile"] = "3"
    assert (await one.post(PATH, mine.fields)).status == 303, "another field: merged"
    mine["standard"], mine["mobile"] = "9", ""
    answer = await one.post(PATH, mine.fields)
    assert answer.status == 422
    assert "In the meantime Anna de Vries changed this to:" in answer.text
    again = Form.read(answer.text, PATH)
    assert again["standard"] == "9"
    assert (await one.post(PATH, again.fields)).status == 303
    assert (await one.form(PATH))["standard"] == "9"
