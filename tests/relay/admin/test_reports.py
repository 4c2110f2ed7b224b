"""The Reports tab: the audit report on screen and as files."""

import pytest

from tests.relay.admin.conftest import Center

MADE = "report=audit_list&period=today"


@pytest.mark.req("REP-01", "REP-08", "ORG-46")
async def test_a_report_is_made_on_screen_and_as_each_file(center: Center) -> None:
    browser = await center.browser("owner")
    form = await browser.form("/admin/reports/technicians")
    assert (form["report"], form["period"], form["zone"]) == ("audit_list", "last_7_days", "UTC")
    page = await browser.get(f"/admin/reports/technicians?{MADE}")
    assert page.status == 200
    assert "Changed by</th>" in page.text
    for format_ in ("xml", "txt", "csv", "xlsx", "json"):
        url = f"{center.relay.url}/admin/reports/technicians/file?{MADE}&format={format_}"
        async with center.relay.http.get(url, headers={"Cookie": f"deskside={browser.cookie}"}) as response:
            assert response.status == 200
            assert f".{format_}" in response.headers["Content-Disposition"]
            assert len(await response.read()) > 100


@pytest.mark.parametrize(
    "wrong",
    [
        "report=gossip&period=today",
        "report=audit_list&period=ever",
        "report=audit_list&period=between&first=yesterday&last=",
        "report=audit_list&period=between&first=2026-11-25&last=2026-11-24",
        "report=audit_list&zone=Mars",
        "report=audit_list&begin=25:00",
        "report=audit_list&after=nowhere",
    ],
)
async def test_what_cannot_be_reported_is_said_beside_the_form(center: Center, wrong: str) -> None:
    browser = await center.browser("owner")
    page = await browser.get(f"/admin/reports/technicians?{wrong}")
    assert (page.status, 'class="hint hint--bad"' in page.text) == (422, True)
    assert (await browser.get(f"/admin/reports/technicians/file?{wrong}")).status == 422


async def test_a_name_that_is_hostile_stays_text(center: Center) -> None:
    browser = await center.browser("owner")
    call = {
        "kind": "technician_group",
        "place": {"kind": "technicians"},
        "values": {"name": "<script>alert(1)</script>"},
    }
    assert (await center.relay.call("POST", "/units", call))[0] == 201
    page = await browser.get(f"/admin/reports/technicians?{MADE}")
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
