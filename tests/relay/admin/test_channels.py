"""The Channels tab: the link into a channel, the groups that serve it, and technicians who were taken off one."""

from html import unescape

import pytest

from relay.organization.units import Unit, UnitKind
from tests.relay.admin.conftest import Center

CHANNEL = Unit(UnitKind.CHANNEL, 7)


@pytest.mark.req(
    "CHAN-12", "CHAN-14", "CHAN-16", "CHAN-17", "CHAN-20", "CHAN-21", "CHAN-27", "CHAN-31", "CHAN-32", "CHAN-46"
)
async def test_who_rules_everything_reads_the_link_and_whether_it_leads_to_anyone(plain: Center) -> None:
    owner, desk = await plain.browser("owner"), plain.units["desk"]
    path = f"/admin/channels/channel-{CHANNEL.id}"
    page = (await owner.get(path)).text
    assert f'value="{plain.relay.url}/join?channel=7"' in page
    assert f'href="{plain.relay.url}/join?channel=7" target="_blank"' in page, "it can be tried from here"
    code = unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    assert code.startswith(f'<form action="{plain.relay.url}/channel/7" method="post"')
    assert code in page, "the preview is the very code"
    assert "experienced web developer" in page
    assert "No group serves this channel yet" in page
    form = await owner.form(f"/admin/channels/technician_group-{desk.id}", "/admin/place")
    form["unit"] = f"channel-{CHANNEL.id}"
    assert (await owner.post("/admin/place", form.fields)).status == 303
    page = (await owner.get(path)).text
    assert "No group serves this channel yet" not in page
    lead = await plain.browser("lead")
    of_lead = (await lead.get(path)).text
    assert "join?channel" not in of_lead
    assert '/channel/7"' not in of_lead, "integrating it in a web site is for master administrators"


async def test_taking_the_last_group_off_a_channel_warns_first(plain: Center) -> None:
    owner, desk = await plain.browser("owner"), plain.units["desk"]
    status, _shown = await plain.relay.call("GET", f"/units/technician_group/{desk.id}")
    assert status == 200
    channel = {"kind": "channel", "id": 8}
    body = {"units": [channel], "target": {"kind": "technician_group", "id": desk.id}}
    assert (await plain.relay.call("POST", "/units/link", body))[0] == 204
    path = f"/admin/channels/technician_group-{desk.id}"
    page = (await owner.get(path)).text
    assert "No other group serves this channel." in page
    assert 'aria-label="Unassign Channel 8">Unassign anyway' in page
    other = next(unit for name, unit in plain.units.items() if unit.kind is desk.kind and unit != desk)
    body["target"] = {"kind": "technician_group", "id": other.id}
    assert (await plain.relay.call("POST", "/units/link", body))[0] == 204
    assert 'aria-label="Unassign Channel 8">Unassign<' in (await owner.get(path)).text


@pytest.mark.req("CHAN-37", "CHAN-38", "CHAN-41", "CHAN-42")
async def test_a_technician_is_taken_off_a_channel_of_their_group_and_put_on_it_again(plain: Center) -> None:
    owner, bram = await plain.browser("owner"), plain.units["bram"]
    path = f"/admin/channels/technician-{bram.id}"
    status, shown = await plain.relay.call("GET", f"/units/technician/{bram.id}")
    assert status == 200
    body = {"units": [{"kind": "channel", "id": CHANNEL.id}], "target": shown["place"]}
    assert (await plain.relay.call("POST", "/units/link", body))[0] == 204
    row = f'<a href="/admin/channels/channel-{CHANNEL.id}"><bdi>Channel 7</bdi></a></td><td class="wide">'
    for said, then, excluded in (("Yes", "No", "yes"), ("No", "Yes", "no")):
        assert row + said in (await owner.get(path)).text
        form = await owner.form(path, "/admin/exclude")
        form["unit"], form["excluded"] = f"channel-{CHANNEL.id}", excluded
        answer = await owner.post("/admin/exclude", form.fields)
        assert (answer.status, answer.location) == (303, path)
        assert row + then in (await owner.get(path)).text
