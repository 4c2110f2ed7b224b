"""Commands of the tree: create, enable, move, assign, remove; and the tree itself."""

import pytest

from relay.admin.menu import menu_for
from relay.admin.outline import AT_ONCE, branch, path_to, rows, search
from relay.organization.queries import Node
from relay.organization.rules import Reach
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


@pytest.mark.req("ORG-01", "ORG-02", "ORG-03", "ORG-14")
def test_a_tree_draws_what_is_open_and_no_more() -> None:
    people = tuple(Node(Unit(_K.TECHNICIAN, n), f"T {n}", True, True, False) for n in range(1, 1001))
    big = Node(Unit(_K.TECHNICIAN_GROUP, 1), "Big", True, True, False, people)
    roots = (Node(Unit(_K.TECHNICIANS), "Technicians", True, True, False, (big,)),)
    closed = rows(roots, (), Unit(_K.TECHNICIANS))
    assert closed[0].inside[0].inside == ()
    assert closed[0].count == 1000
    opened = rows(roots, (), people[900].unit)[0].inside[0]
    assert len(opened.inside) == AT_ONCE + 1, "what is shown is there, however far down it stands"
    assert opened.left_out == 1000 - AT_ONCE - 1
    rest = branch(roots, big.unit, (), big.unit, start=900)
    assert rest is not None
    assert [row.label for row in rest.inside] == [f"T {n}" for n in range(901, 1001)]
    assert [node.name for node in path_to(roots, people[3].unit)] == ["Technicians", "Big", "T 4"]
    found, count = search(roots, "t 99")
    assert count == 11
    assert found[0].path == ("Technicians", "Big")


@pytest.mark.req("ORG-11", "ORG-52", "EDGE-10")
def test_a_menu_has_what_the_role_may_use_and_no_more() -> None:
    master, lead = Reach(all=True), Reach(groups=frozenset({1}))
    outside, someone = Unit(_K.EXTERNAL_GROUP, 1), Unit(_K.TECHNICIAN, 1)
    assert menu_for(master, str, [outside], ()).may_delete
    hers = menu_for(lead, str, [outside], ())
    assert (hers.may_delete, hers.may_enable, hers.may_disable) == (False, False, False)
    assert (hers.may_move, hers.may_add) == (False, True)
    assert menu_for(lead, str, [someone], ()).may_move
    assert menu_for(lead, str, [Unit(_K.ADMINISTRATOR, 1)], ()).is_empty
    assert menu_for(master, str, [Unit(_K.CHANNELS)], (_K.CHANNEL,)).is_empty
    assert not menu_for(master, str, [Unit(_K.CHANNEL, 1)], ()).may_delete
    assert not menu_for(lead, str, [someone, outside], ()).may_delete, "only what can be done with all of them"
    linked = menu_for(lead, str, [Unit(_K.CHANNEL, 1)], (), is_linked=True)
    assert (linked.may_unlink, linked.may_delete, linked.creatable) == (True, False, ())


def test_a_menu_offers_only_what_changes_the_status_of_something() -> None:
    master, someone = Reach(all=True), [Unit(_K.TECHNICIAN, 1), Unit(_K.TECHNICIAN, 2)]
    for statuses, offered in (
        ({"enabled"}, (False, True)),
        ({"disabled"}, (True, False)),
        ({"enabled", "disabled"}, (True, True)),
        ({None}, (False, False)),
    ):
        menu = menu_for(master, str, someone, (), statuses=statuses)
        assert (menu.may_enable, menu.may_disable) == offered, statuses


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
