"""What newcomers stumbled over on pages of administrators, each small in itself."""

import re

import pytest

from tests.relay.admin.conftest import Center
from tests.relay.admin.test_people_csv import preview
from tests.support.relays import EMAIL

pytestmark = pytest.mark.finding("use-F2")
TODAY = "period=today"


def place(center: Center, name: str, tab: str = "organization") -> str:
    """Return the address of a unit."""
    unit = center.units[name]
    return f"/admin/{tab}/{unit.kind.value}-{unit.id}"


async def test_the_tree_has_no_advice_and_the_head_says_where_its_links_lead(center: Center) -> None:
    owner = await center.browser("owner")
    page = (await owner.get("/admin/organization/technicians")).text
    assert "cost nothing" not in page
    assert "Technician Console" not in page
    assert 'href="/account#console"' in page
    assert 'id="console"' in (await owner.get("/account")).text
    assert re.search(r'aria-current="page">Organisation</a>', page)
    assert "Organization<" not in page


async def test_channels_count_channels_and_external_people_have_none(center: Center) -> None:
    owner = await center.browser("owner")
    page = (await owner.get("/admin/organization/channels")).text
    assert "10 channels" in page
    assert "0 people" not in page
    for unit in ("external", "administrators"):
        page = (await owner.get(f"/admin/channels/{unit}")).text
        assert "No channels yet" in page, unit
        assert "Shop floor" not in page.partition("sheet-body")[2]
    assert "Shop floor" in (await owner.get("/admin/channels/technicians")).text.partition("sheet-body")[2]


async def test_assigning_a_channel_stays_on_the_channels(center: Center) -> None:
    owner, path = await center.browser("owner"), place(center, "night", "channels")
    form = [("form", await owner.token()), ("tab", "channels"), ("unit", "channel-3")]
    form.append(("target", f"technician_group-{center.units['night'].id}"))
    for command in ("place", "unlink"):
        answer = await owner.post(f"/admin/{command}", form)
        assert (answer.status, answer.location.partition("?")[0]) == (303, path)


async def test_a_wider_save_is_only_offered_where_it_reaches_more(center: Center) -> None:
    owner = await center.browser("owner")
    page = (await owner.get(place(center, "europe", "settings"))).text
    assert "Save to all groups (4)" in page
    assert "all 1 " not in page
    lead = await center.browser("lead")
    page = (await lead.get(place(center, "desk", "settings"))).text
    assert "all 1 " not in page


async def test_recording_to_an_unencrypted_server_is_called_so_and_asked_about(center: Center) -> None:
    owner, path = await center.browser("owner"), place(center, "desk", "settings")
    page = (await owner.get(path)).text
    assert "HTTP server (not encrypted)" in page
    assert "FTP server (not encrypted)" in page
    form = await owner.form(path)
    form["recording.place"], form["recording.url"] = "ftp", "ftp://files.northwind.example/recordings"
    form.fields += [("has", f"recording.{name}") for name in ("url", "user", "deferred")]
    answer = await owner.post(path, form.fields)
    assert answer.status == 422
    assert "would be sent unencrypted" in answer.text
    assert "Save anyway" in answer.text


async def test_how_recordings_are_asked_for_is_told_as_it_is(center: Center) -> None:
    owner = await center.browser("owner")
    page = (await owner.get(place(center, "desk"))).text
    assert "Ask together with the screen" in page
    assert "Ask on its own" in page
    assert "Only with the customer" not in page


async def test_the_audit_fits_a_screen_and_files_keep_every_column(center: Center) -> None:
    owner = await center.browser("owner")
    form = [("form", await owner.token()), ("password", "Roses in the snow 8"), ("confirm", "Roses in the snow 8")]
    assert (await owner.post(place(center, "bram") + "/password", form)).status == 303
    page = (await owner.get(f"/admin/reports/technicians?report=audit_list&{TODAY}")).text
    titles = re.findall(r'<th scope="col">([^<]+)</th>', page)
    assert titles == ["When", "Changed by", "What", "Field", "Before", "After"]
    assert "Sign-in · Password" in page
    assert "security" not in page.partition("report-rows")[2]
    url = f"{center.relay.url}/admin/reports/technicians/file?report=audit_list&{TODAY}&format=csv"
    async with center.relay.http.get(url, headers={"Cookie": f"deskside={owner.cookie}"}) as response:
        assert (await response.text()).splitlines()[0].count(",") == 11


async def test_what_holds_for_all_groups_is_in_the_report_on_technicians(center: Center) -> None:
    values = {"recording.forced": True, "privacy.store_addresses": False}
    assert (await center.relay.call("PATCH", "/settings/organisation/0", {"values": values}))[0] == 200
    owner, reader = await center.browser("owner"), await center.browser("reader")
    page = (await owner.get(f"/admin/reports/technicians?report=audit_list&{TODAY}")).text
    assert "Screen recording" in page
    assert "Customers’ addresses" not in page, "that is no setting of groups"
    page = (await reader.get(f"/admin/reports/technicians?report=audit_list&{TODAY}")).text
    assert "Screen recording" not in page, "the organisation’s own choices are for its masters"


async def test_sign_ins_have_a_report_of_their_own(center: Center) -> None:
    owner = await center.browser("owner")
    await center.browser("technician")
    for email in (EMAIL, "nobody@elsewhere.example"):
        form = {"email": email, "password": "not the password"}
        async with center.relay.http.post(f"{center.relay.url}/sign-in", data=form) as response:
            assert response.status == 422
    report = f"?report=sign_in_list&{TODAY}"
    masters = (await owner.get(f"/admin/reports/master_administrators{report}")).text.partition("report-rows")[2]
    assert "Anna de Vries" in masters
    assert masters.count("Refused") == 2
    assert "nobody@elsewhere.example" in masters
    assert "Bram Janssen" not in masters
    group = (await owner.get(f"{place(center, 'europe', 'reports')}{report}")).text.partition("report-rows")[2]
    assert "Bram Janssen" in group
    assert "Website" in group
    assert "Anna de Vries" not in group
    assert "nobody@" not in group


async def test_a_row_of_a_file_is_told_all_that_is_wrong_with_it(center: Center) -> None:
    text = "email,name,group,status,standard\nnot an address,,Support Asia,asleep,perhaps\n"
    headers = {"Authorization": f"Bearer {center.relay.token}", "Content-Type": "text/csv"}
    url = f"{center.relay.url}/api/v1/people?dry_run=true"
    async with center.relay.http.post(url, data=text.encode(), headers=headers) as response:
        body = await response.json()
    problems = [problem["field"] for problem in body["rows"][0]["problems"]]
    assert sorted(problems) == ["email", "group", "name", "standard", "status"]
    shown = (await preview(await center.browser("owner"), text)).text
    assert shown.count('class="hint hint--bad"') == len(problems)


async def test_a_new_key_comes_with_how_to_send_it(center: Center) -> None:
    owner, path = await center.browser("owner"), "/admin/api-keys"
    assert "Authorization: Bearer" in (await owner.get(path)).text
    form = await owner.form(path)
    form["name"] = "Nightly export"
    form.fields.append(("scopes", "reports:read"))
    page = (await owner.post(path, form.fields)).text
    secret = re.search(r'id="secret" value="([^"]+)"', page)
    assert secret is not None, page
    assert f"Authorization: Bearer {secret[1]}" in page
    assert f"{center.relay.url}/api/v1/me" in page


async def test_a_test_that_fails_says_whose_computer_it_ran_on(center: Center) -> None:
    owner, path = await center.browser("owner"), place(center, "desk", "settings")
    form = await owner.form(path)
    form["recording.place"], form["recording.url"] = "https", "https://nowhere.invalid/recordings"
    form.fields += [("has", f"recording.{name}") for name in ("url", "user", "password")]
    answer = await owner.post(f"{path}/test-location", form.fields, HX_Request="true")
    assert "Tested on the server’s computer: nowhere.invalid was not found." in answer.text
    assert "this computer" not in answer.text
