"""Commands of the tree: create, enable, move, assign, remove; and the tree itself."""

import pytest

from relay.organization.units import Unit, UnitKind
from tests.relay.admin.conftest import Center
from tests.relay.admin.test_forms import place

_K = UnitKind


def name(unit: Unit) -> str:
    """Return a unit as forms name it."""
    return f"{unit.kind.value}-{unit.id}"


@pytest.mark.req("ORG-13", "ORG-69", "EDGE-01", "ORG-12")
async def test_what_is_created_stands_in_the_tree_at_once_with_a_name_to_replace(center: Center) -> None:
    browser = await center.browser("lead")
    fields = [("form", await browser.token()), ("kind", "technician"), ("place", name(center.units["desk"]))]
    answer = await browser.post("/admin/create", fields)
    assert answer.status == 303
    page = await browser.get(answer.location)
    assert "New technician" in page.text
    assert 'aria-current="page"' in page.text


@pytest.mark.req("ORG-09", "ORG-34", "EDGE-02")
async def test_a_move_is_previewed_done_and_taken_back(center: Center) -> None:
    browser = await center.browser("owner")
    bram, night = center.units["bram"], center.units["night"]
    fields = [("form", await browser.token()), ("unit", name(bram)), ("target", name(night))]
    assert "Will be moved here" in (await browser.post("/admin/preview", fields)).text
    answer = await browser.post("/admin/place", fields)
    assert answer.status == 303
    page = (await browser.get(answer.location)).text
    assert "Moved to Night shift" in page
    assert "Night shift</bdi></a>" in page, "the path shows where he is now"
    key = page.partition('name="done" value="')[2].partition('"')[0]
    assert (await browser.post("/admin/undo", [*fields[:1], ("done", key)])).status == 303
    assert "Night shift</bdi></a>" not in (await browser.get(place(bram))).text


@pytest.mark.req("ORG-07", "ORG-10")
async def test_a_drop_that_cannot_be_is_said_and_does_nothing(center: Center) -> None:
    browser = await center.browser("owner")
    token = ("form", await browser.token())
    for unit, target, why in (
        ("desk", name(center.units["night"]), "cannot be inside itself"),
        ("bram", "technicians", "cannot be placed there"),
        ("bram", "channels", "cannot be placed there"),
    ):
        fields = [token, ("unit", name(center.units[unit])), ("target", target)]
        assert why in (await browser.post("/admin/preview", fields)).text
        answer = await browser.post("/admin/place", fields, HX_Request="true")
        assert answer.status == 422
        assert why in answer.text


@pytest.mark.req("ORG-08", "ORG-50", "ORG-51", "CHAN-13")
async def test_assigning_adds_and_taking_off_takes_away(center: Center) -> None:
    browser = await center.browser("owner")
    token, europe = await browser.token(), name(center.units["europe"])
    for unit in ("eva", "channel"):
        fields = [("form", token), ("unit", name(center.units[unit])), ("target", europe)]
        assert "Will be added here" in (await browser.post("/admin/preview", fields)).text
        assert (await browser.post("/admin/place", fields)).status == 303
    assert "Support Europe" in (await browser.get(f"/admin/channels/{europe}")).text
    tree = (await browser.get(f"/admin/branch/{europe}", HX_Request="true")).text
    assert tree.count("data-linked") >= 2
    menu = await browser.get(f"/admin/menu?unit={name(center.units['eva'])}&under={europe}&linked=1", HX_Request="true")
    assert "Unassign from this group" in menu.text
    assert "Remove" not in menu.text
    for unit in ("eva", "channel"):
        fields = [("form", token), ("unit", name(center.units[unit])), ("target", europe)]
        assert (await browser.post("/admin/unlink", fields)).status == 303
    assert "Support Europe" not in (await browser.get(f"/admin/channels/{europe}")).text.partition("<table")[2]


@pytest.mark.req("ORG-73", "EDGE-09")
async def test_several_are_removed_together_after_a_question(center: Center) -> None:
    browser = await center.browser("lead")
    units = [center.units[each] for each in ("bram", "daan")]
    query = "&".join(f"unit={name(unit)}" for unit in units)
    question = (await browser.get(f"/admin/delete?{query}")).text
    assert "Remove 2 items?" in question
    fields = [("form", await browser.token()), *(("unit", name(unit)) for unit in units)]
    assert (await browser.post("/admin/delete", fields)).status == 303
    assert (await browser.get(place(units[0]))).status == 404
    full = [fields[0], ("unit", name(center.units["desk"]))]
    answer = await browser.post("/admin/delete", full)
    assert answer.status == 422
    assert "It is not empty" in answer.text


@pytest.mark.req("ORG-29", "ORG-45")
async def test_several_are_disabled_together_and_enabled_again(center: Center) -> None:
    browser = await center.browser("lead")
    fields = [("form", await browser.token()), ("status", "disabled")]
    fields += [("unit", name(center.units[each])) for each in ("bram", "joris")]
    answer = await browser.post("/admin/status", fields)
    page = (await browser.get(answer.location)).text
    assert "node--off" in page
    key = page.partition('name="done" value="')[2].partition('"')[0]
    assert (await browser.post("/admin/undo", [fields[0], ("done", key)])).status == 303
    assert (await browser.form(place(center.units["bram"])))["status"] == "enabled"
    assert (await browser.form(place(center.units["joris"])))["status"] == "disabled", "he was so before"


@pytest.mark.req("ORG-05")
async def test_the_search_finds_what_is_in_closed_branches(center: Center) -> None:
    browser = await center.browser("lead")
    found = (await browser.get("/admin/search?q=ZOË", HX_Request="true")).text
    assert "Zoë van der Meulen-Oosterhuis" in found
    assert "Night shift" in found
    assert "Nothing in the tree" in (await browser.get("/admin/search?q=Milan", HX_Request="true")).text, "out of reach"
    assert (await browser.get("/admin/search?q=%3Cb%3E", HX_Request="true")).text.count("<b>") == 0


async def test_the_menu_of_an_enabled_person_disables_and_then_enables(center: Center) -> None:
    browser, bram = await center.browser("owner"), name(center.units["bram"])
    for here, other in (("disabled", "enabled"), ("enabled", "disabled")):
        page = (await browser.get(f"/admin/menu?unit={bram}", HX_Request="true")).text
        assert f'name="status" value="{here}"' in page
        assert f'name="status" value="{other}"' not in page
        fields = [("form", await browser.token()), ("unit", bram), ("status", here)]
        assert (await browser.post("/admin/status", fields)).status == 303


async def test_everything_in_the_tree_has_a_menu(center: Center) -> None:
    browser = await center.browser("owner")
    roots = [kind.value for kind in _K if Unit(kind).is_root]
    for unit in (*roots, *(name(each) for each in center.units.values())):
        assert (await browser.get(f"/admin/menu?unit={unit}", HX_Request="true")).status == 200, unit


async def test_channels_can_be_added_to_the_ten_that_there_are(center: Center) -> None:
    browser = await center.browser("owner")
    root = await browser.get("/admin/organization/channels")
    assert "Create channel" in root.text
    fields = [("form", await browser.token()), ("kind", "channel"), ("place", "channels")]
    answer = await browser.post("/admin/create", fields)
    assert answer.status == 303
    assert "New channel" in (await browser.get("/admin/channels/channels")).text
