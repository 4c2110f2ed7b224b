"""The organisation is arranged, on both databases: who may, what is refused, what is kept, and what nobody loses."""

import asyncio

import pytest

from relay.accounts.model import OrganisationRow, SignInRow
from relay.accounts.rules import Licence, Role, Status
from relay.field_errors import FieldError
from relay.organization.queries import Node, Stock
from relay.organization.rules import (
    ChangedMeanwhileError,
    CycleError,
    LastOneError,
    NoLicenceLeftError,
    NotAllowedError,
    NotEmptyError,
    NotThereError,
    WrongPlaceError,
)
from relay.organization.tree import Drag
from relay.organization.units import Unit, UnitKind
from tests.relay.organization.organisations import (
    ADMINISTRATORS,
    EXTERNAL,
    MASTERS,
    NOW,
    TECHNICIANS,
    Place,
    actor_for,
)

K = UnitKind


def outline(nodes: tuple[Node, ...], depth: int = 0) -> list[str]:
    """Return a tree as indented names; what is only linked has an arrow."""
    lines = []
    for node in nodes:
        lines.append("  " * depth + ("→ " if node.linked else "") + node.name)
        lines += outline(node.children, depth + 1)
    return lines


def below(nodes: tuple[Node, ...], kind: UnitKind) -> list[str]:
    """Return the outline of one root."""
    return outline(next(node.children for node in nodes if node.unit.kind is kind))


@pytest.mark.req("I18N-09", "ORG-02", "CHAN-07", "CHAN-10")
async def test_an_organisation_begins_with_named_roots_ten_channels_and_a_group(place: Place) -> None:
    tree = await place.organisation.tree(place.owner, NOW)
    assert [node.name for node in tree] == [
        "Master administrators",
        "Administrators",
        "Technicians",
        "Channels",
        "External technicians",
        "Unattended computers",
    ]
    assert below(tree, K.CHANNELS) == [f"Channel {number}" for number in range(1, 11)]
    assert below(tree, K.MASTER_ADMINISTRATORS) == ["Anna de Vries"]
    assert below(tree, K.TECHNICIANS) == ["Technician group 1"]


@pytest.mark.req("ORG-03", "ORG-08", "ORG-48", "ORG-59", "ORG-68", "CHAN-12", "CHAN-15")
async def test_the_tree_shows_what_stands_in_groups_and_what_is_linked_to_them(place: Place) -> None:
    organisation, owner = place.organisation, place.owner
    desk = await place.group("Desk")
    nights = await place.group("Nights", desk)
    await place.person("bob", nights)
    await place.administrator("carla", desk, nights)
    leads = await organisation.create(owner, K.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "Leads"}, NOW)
    await organisation.link(owner, [leads, Unit(K.CHANNEL, 3)], desk, NOW)
    outside = await organisation.create(owner, K.EXTERNAL_GROUP, EXTERNAL, {"name": "Vendors"}, NOW)
    await organisation.create(owner, K.EXTERNAL_TECHNICIAN, outside, {"name": "vera"}, NOW)
    await organisation.link(owner, [outside], nights, NOW)
    await organisation.create(owner, K.COMPUTER_GROUP, nights, {"name": "Kiosks"}, NOW)
    tree = await organisation.tree(owner, NOW)
    assert below(tree, K.TECHNICIANS) == [
        "Desk",
        "  Nights",
        "    bob",
        "    Kiosks",
        "    → carla",
        "    → Vendors",
        "  → Channel 3",
        "  → carla",
        "  → Leads",
        "Technician group 1",
    ]
    assert below(tree, K.ADMINISTRATORS) == ["Leads", "carla"]
    assert below(tree, K.EXTERNAL) == ["Vendors", "  vera"]


@pytest.mark.req("ORG-19", "ORG-44", "EDGE-03", "EDGE-04", "EDGE-06")
async def test_an_administrator_sees_and_arranges_only_what_is_assigned(place: Place) -> None:
    organisation = place.organisation
    mine, other = await place.group("Mine"), await place.group("Other")
    inside = await place.group("Inside", mine)
    stranger = await place.person("stranger", other)
    carla = await place.administrator("carla", mine)
    tree = await organisation.tree(carla, NOW)
    assert [node.unit.kind for node in tree] == [K.TECHNICIANS, K.CHANNELS, K.EXTERNAL, K.COMPUTERS]
    assert below(tree, K.TECHNICIANS) == ["Mine", "  Inside", "  → carla"]
    bob = await organisation.create(carla, K.TECHNICIAN, inside, {"name": "bob"}, NOW)
    version = (await organisation.show(carla, bob, NOW)).version
    for refused in (
        organisation.edit(carla, stranger, 1, {"name": "mine now"}, NOW),
        organisation.show(carla, stranger, NOW),
        organisation.move(carla, [bob], other, NOW),
        organisation.move(carla, [mine], TECHNICIANS, NOW),
        organisation.create(carla, K.TECHNICIAN_GROUP, TECHNICIANS, {"name": "top"}, NOW),
        organisation.create(carla, K.MASTER_ADMINISTRATOR, MASTERS, {"name": "me"}, NOW),
        organisation.create(carla, K.ADMINISTRATOR, ADMINISTRATORS, {"name": "friend"}, NOW),
        organisation.link(carla, [Unit(K.CHANNEL, 1)], other, NOW),
        organisation.link(carla, [Unit(K.CHANNEL, 1)], inside, NOW),
        organisation.edit(carla, Unit(K.CHANNEL, 1), 1, {"name": "x"}, NOW),
        organisation.delete(carla, [stranger], NOW),
    ):
        with pytest.raises(NotAllowedError):
            await refused
    await organisation.link(place.owner, [Unit(K.CHANNEL, 1)], mine, NOW)
    await organisation.link(carla, [Unit(K.CHANNEL, 1)], inside, NOW)
    await organisation.unlink(place.owner, [Unit(K.ADMINISTRATOR, carla.person or 0)], mine, NOW)
    with pytest.raises(NotAllowedError):
        await organisation.edit(carla, bob, version, {"name": "Bob"}, NOW)
    assert below(await organisation.tree(carla, NOW), K.TECHNICIANS) == []


@pytest.mark.req("EDGE-05", "ORG-09", "ORG-34", "ORG-71")
async def test_a_technician_moves_within_a_scope_and_not_out_of_it(place: Place) -> None:
    mine, other = await place.group("Mine"), await place.group("Other")
    inside = await place.group("Inside", mine)
    bob = await place.person("bob", mine)
    carla = await place.administrator("carla", mine)
    await place.organisation.move(carla, [bob], inside, NOW)
    assert (await place.row(bob)).technician_group_id == inside.id
    with pytest.raises(NotAllowedError):
        await place.organisation.move(carla, [bob], other, NOW)
    assert (await place.row(bob)).technician_group_id == inside.id


@pytest.mark.req("ORG-10", "ORG-55")
async def test_a_group_never_stands_in_itself(place: Place) -> None:
    outer = await place.group("Outer")
    middle = await place.group("Middle", outer)
    inner = await place.group("Inner", middle)
    for target in (outer, middle, inner):
        with pytest.raises(CycleError):
            await place.organisation.move(place.owner, [outer], target, NOW)
    await place.organisation.move(place.owner, [inner], TECHNICIANS, NOW)
    await place.organisation.move(place.owner, [outer], inner, NOW)
    assert below(await place.organisation.tree(place.owner, NOW), K.TECHNICIANS)[:3] == [
        "Inner",
        "  Outer",
        "    Middle",
    ]


@pytest.mark.req("EDGE-02", "ORG-50", "ORG-51", "ORG-54")
async def test_a_drag_says_before_what_it_does_and_does_just_that(place: Place) -> None:
    organisation, owner = place.organisation, place.owner
    desk = await place.group("Desk")
    one = await organisation.create(owner, K.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "One"}, NOW)
    two = await organisation.create(owner, K.ADMINISTRATOR_GROUP, one, {"name": "Two"}, NOW)
    carla = await place.person("carla", one)
    before = len(await place.trail())
    assert await organisation.preview_drag(owner, [carla], two, NOW) is Drag.MOVE
    assert await organisation.preview_drag(owner, [carla], desk, NOW) is Drag.ADD
    with pytest.raises(CycleError):
        await organisation.preview_drag(owner, [one], two, NOW)
    with pytest.raises(WrongPlaceError):
        await organisation.preview_drag(owner, [Unit(K.MASTER_ADMINISTRATOR, 1)], desk, NOW)
    assert len(await place.trail()) == before
    assert (await place.row(carla)).administrator_group_id == one.id
    await organisation.move(owner, [carla], two, NOW)
    await organisation.link(owner, [carla], desk, NOW)
    await organisation.link(owner, [carla], desk, NOW)
    assert (await place.row(carla)).administrator_group_id == two.id
    assert "  → carla" in below(await organisation.tree(owner, NOW), K.TECHNICIANS)
    await organisation.unlink(owner, [carla], desk, NOW)
    with pytest.raises(NotThereError):
        await organisation.unlink(owner, [carla], desk, NOW)
    assert (await place.row(carla)).deleted_at is None


@pytest.mark.req("ORG-20", "ORG-21", "ORG-22", "ORG-23", "ORG-33", "ORG-38", "ORG-70", "EDGE-01")
async def test_a_new_person_becomes_valid_when_name_and_address_are(place: Place) -> None:
    desk = await place.group("Desk")
    bob = await place.organisation.create(place.owner, K.TECHNICIAN, desk, {"name": "New technician"}, NOW)
    draft = await place.row(bob)
    assert (draft.status, draft.valid_since, draft.email_key) == (Status.DISABLED, None, None)
    values = {
        "name": "Bob 🧑‍🚒 Ümit",
        "nickname": "",
        "email": "Bob@Northwind.example",
        "sso_id": "bob",
        "status": "enabled",
    }
    assert await place.organisation.edit(place.owner, bob, 1, values, NOW) == 2
    stored = await place.row(bob)
    assert (stored.name, stored.email, stored.valid_since) == ("Bob 🧑‍🚒 Ümit", "Bob@Northwind.example", NOW)
    with pytest.raises(FieldError, match="sign in"):
        await place.organisation.edit(place.owner, bob, 2, {"email": ""}, NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"name": "bob\x00"}, "name"),
        ({"name": "bob\u202egro.elpmaxe"}, "name"),
        ({"name": "b\u200bob"}, "name"),
        ({"name": 7}, "name"),
        ({"nickname": "x" * 129}, "nickname"),
        ({"email": "nowhere"}, "email"),
        ({"email": "ANNA@northwind.example"}, "email"),
        ({"description": "\x07"}, "description"),
        ({"description": "x" * 4_001}, "description"),
        ({"status": "asleep"}, "status"),
        ({"standard": "yes"}, "standard"),
        ({"role": "account_owner"}, "role"),
        ({"password_hash": "x"}, "password_hash"),
    ],
)
async def test_what_cannot_be_stored_is_named_and_nothing_is_stored(
    place: Place, values: dict[str, object], field: str
) -> None:
    bob = await place.person("bob", await place.group("Desk"))
    before = len(await place.trail())
    with pytest.raises(FieldError) as refused:
        await place.organisation.edit(place.owner, bob, 1, {"sso_id": "changed", **values}, NOW)
    assert refused.value.field == field
    stored = await place.row(bob)
    assert (stored.name, stored.sso_id, stored.version) == ("bob", None, 1)
    assert len(await place.trail()) == before


async def test_edits_of_different_fields_merge_and_of_the_same_field_meet(place: Place) -> None:
    desk = await place.group("Desk")
    carla = await place.administrator("carla", desk)
    bob = await place.person("bob", desk)
    organisation = place.organisation
    assert await organisation.edit(carla, bob, 1, {"name": "Robert"}, NOW) == 2
    assert await organisation.edit(place.owner, bob, 1, {"nickname": "Bobby"}, NOW) == 3
    with pytest.raises(ChangedMeanwhileError) as met:
        await organisation.edit(place.owner, bob, 1, {"name": "Bert", "description": "tall"}, NOW)
    assert met.value.fields == {"name": "carla"}
    stored = await place.row(bob)
    assert (stored.name, stored.nickname, stored.description, stored.version) == ("Robert", "Bobby", "", 3)
    assert await organisation.edit(place.owner, bob, 1, {"name": "Robert"}, NOW) == 3  # says the same


@pytest.mark.req("ORG-29", "ORG-45", "EDGE-07", "EDGE-08")
async def test_whoever_is_disabled_or_stands_in_a_disabled_group_is_shut_out_at_once(place: Place) -> None:
    outer = await place.group("Outer")
    inner = await place.group("Inner", outer)
    bob, zoe = await place.person("bob", inner), await place.person("zoe", inner, status="disabled")
    async with place.store.transaction() as transaction:
        moments = {"made_at": NOW, "used_at": NOW, "expires_at": NOW}
        transaction.add(SignInRow(person_id=bob.id, kind="token", digest="d", console="", address="", **moments))
    await place.organisation.set_status(place.owner, [outer], Status.DISABLED, NOW)
    assert place.heard[-1].shut_out == {bob.id, zoe.id}
    async with place.store.transaction() as transaction:
        assert await transaction.get(SignInRow, 1) is None
    nodes = (await place.organisation.tree(place.owner, NOW))[2].children[0]
    inside = nodes.children[0]
    assert (nodes.enabled, inside.enabled, inside.active, inside.children[0].active) == (False, True, False, False)
    await place.organisation.set_status(place.owner, [outer], Status.ENABLED, NOW)
    people = (await place.organisation.tree(place.owner, NOW))[2].children[0].children[0].children
    assert {node.name: node.active for node in people} == {"bob": True, "zoe": False}


@pytest.mark.req("ORG-30", "ORG-31")
async def test_the_last_licence_is_given_once_even_when_two_ask_together(place: Place) -> None:
    async with place.store.transaction() as transaction:
        (await transaction.get_one(OrganisationRow, 1)).standard_licences = 2  # the owner has one
    desk = await place.group("Desk")
    bob, zoe = await place.person("bob", desk), await place.person("zoe", desk)
    asked = [place.organisation.edit(place.owner, each, 1, {"standard": True}, NOW) for each in (bob, zoe)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoLicenceLeftError", "int"]
    winner = bob if isinstance(answers[0], int) else zoe
    await place.organisation.edit(place.owner, winner, 2, {"standard": False}, NOW)
    other = zoe if winner is bob else bob
    await place.organisation.edit(place.owner, other, 1, {"standard": True}, NOW)
    with pytest.raises(NoLicenceLeftError):
        await place.organisation.edit(place.owner, winner, 3, {"standard": True}, NOW)


@pytest.mark.req("COMP-27")
async def test_the_totals_are_a_choice_of_masters_and_never_less_than_what_is_given_away(place: Place) -> None:
    organisation, standard, mobile = place.organisation, Licence.STANDARD, Licence.MOBILE
    bob = await place.person("bob", await place.group("Desk"))
    before = await organisation.licence_totals(place.owner, NOW)
    assert before.of == {standard: Stock(None, 1), mobile: Stock(None, 1)}
    version = await organisation.set_licence_totals(place.owner, before.version, {standard: 1, mobile: None}, NOW)
    assert version == before.version + 1
    with pytest.raises(NoLicenceLeftError):
        await organisation.edit(place.owner, bob, 1, {"standard": True}, NOW)
    with pytest.raises(ChangedMeanwhileError, match="Anna de Vries"):
        await organisation.set_licence_totals(place.owner, before.version, {standard: 5}, NOW)
    await organisation.set_licence_totals(place.owner, before.version, {mobile: 2}, NOW)
    for total, code in ((0, "too_few"), (-1, "out_of_range"), (1_000_001, "out_of_range")):
        with pytest.raises(FieldError) as caught:
            await organisation.set_licence_totals(place.owner, version + 1, {standard: total}, NOW)
        assert (caught.value.field, caught.value.code) == ("standard", code)
    lead = await place.administrator("lead")
    assert (await organisation.licence_totals(lead, NOW)).of[mobile] == Stock(2, 1)
    with pytest.raises(NotAllowedError):
        await organisation.set_licence_totals(lead, version + 1, {standard: None}, NOW)
    found = [(row.level, row.field, row.old_action, row.new_value) for row in await place.trail()]
    assert [each for each in found if each[1].endswith("_licences")] == [
        ("company", "standard_licences", "not_set", "1"),
        ("company", "mobile_licences", "not_set", "2"),
    ]


@pytest.mark.req("ORG-40")
async def test_two_owners_who_remove_each_other_at_once_leave_one(place: Place) -> None:
    second = await place.person("boris", MASTERS)
    await place.organisation.edit(place.owner, second, 1, {"role": "account_owner"}, NOW)
    boris, first = actor_for(second, "boris", Role.ACCOUNT_OWNER), Unit(K.MASTER_ADMINISTRATOR, 1)
    answers = await asyncio.gather(
        place.organisation.delete(place.owner, [second], NOW),
        place.organisation.set_status(boris, [first], Status.DISABLED, NOW),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, LastOneError | NotAllowedError | NotThereError) for answer in answers) == 1


@pytest.mark.req("ORG-40", "ORG-36")
async def test_the_last_owner_stays(place: Place) -> None:
    first = Unit(K.MASTER_ADMINISTRATOR, 1)
    boris = await place.person("boris", MASTERS)
    actor = actor_for(boris, "boris", Role.MASTER_ADMINISTRATOR)
    for refused in (
        place.organisation.delete(place.owner, [first], NOW),
        place.organisation.set_status(place.owner, [first], Status.DISABLED, NOW),
        place.organisation.edit(place.owner, first, 1, {"role": "master_administrator"}, NOW),
    ):
        with pytest.raises(LastOneError):
            await refused
    with pytest.raises(NotAllowedError):
        await place.organisation.edit(actor, boris, 1, {"role": "account_owner"}, NOW)


@pytest.mark.req("ORG-73", "EDGE-09")
async def test_a_group_goes_with_its_members_or_not_at_all(place: Place) -> None:
    outer = await place.group("Outer")
    inner = await place.group("Inner", outer)
    bob = await place.person("bob", inner, standard=True)
    await place.organisation.link(place.owner, [Unit(K.CHANNEL, 1)], inner, NOW)
    for some in ([outer], [outer, inner], [inner]):
        with pytest.raises(NotEmptyError):
            await place.organisation.delete(place.owner, some, NOW)
    await place.organisation.delete(place.owner, [outer, inner, bob], NOW)
    deleted = [event for event in await place.trail() if event.change == "delete"]
    assert [event.unit_name for event in deleted] == ["Outer", "Inner", "bob"]
    assert len({event.change_id for event in deleted}) == 1
    assert below(await place.organisation.tree(place.owner, NOW), K.TECHNICIANS) == ["Technician group 1"]
    gone = await place.row(bob)
    assert (gone.name, gone.deleted_at, gone.email_key) == ("bob", NOW, None)
    with pytest.raises(NotThereError):
        await place.organisation.show(place.owner, bob, NOW)
    await place.person("bob", await place.group("Again"))  # the address is free again


@pytest.mark.req("I18N-11", "CHAN-09", "CHAN-11", "CHAN-19", "CHAN-22", "CHAN-24", "CHAN-26", "EDGE-10")
async def test_channels_are_renamed_and_described_and_never_removed(place: Place) -> None:
    channel = Unit(K.CHANNEL, 4)
    await place.organisation.edit(place.owner, channel, 1, {"name": "Windows"}, NOW)
    await place.organisation.edit(place.owner, channel, 2, {"description": "For Windows 11"}, NOW)
    assert below(await place.organisation.tree(place.owner, NOW), K.CHANNELS)[3] == "Windows"
    shown = await place.organisation.show(place.owner, channel, NOW)
    assert (shown.values["name"], shown.values["description"]) == ("Windows", "For Windows 11")
    for refused in ([channel], [TECHNICIANS]):
        with pytest.raises(NotAllowedError):
            await place.organisation.delete(place.owner, refused, NOW)


@pytest.mark.req("CHAN-38", "CHAN-41")
async def test_a_technician_is_taken_off_a_channel_and_put_on_again(place: Place) -> None:
    bob = await place.person("bob", await place.group("Desk"))
    for excluded in (True, True, False):
        await place.organisation.exclude(place.owner, bob, Unit(K.CHANNEL, 2), excluded, NOW)
    assert [event.change for event in await place.trail() if event.section == "channels"] == ["unassign", "assign"]


@pytest.mark.req("ORG-56", "ORG-57", "ORG-58", "ORG-61", "EDGE-13", "EDGE-14")
async def test_a_change_of_rights_holds_from_the_next_request_on(place: Place) -> None:
    desk = await place.group("Desk")
    group = await place.organisation.create(place.owner, K.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "Leads"}, NOW)
    carla = actor_for(await place.person("carla", group), "carla", Role.ADMINISTRATOR)
    await place.organisation.link(place.owner, [group], desk, NOW)
    await place.organisation.create(carla, K.TECHNICIAN, desk, {"name": "bob"}, NOW)
    with pytest.raises(FieldError, match="at least one"):
        await place.organisation.edit(place.owner, group, 1, {"rights": "restricted"}, NOW)
    await place.organisation.edit(place.owner, group, 1, {"rights": "restricted", "allow_reports": True}, NOW)
    with pytest.raises(NotAllowedError):
        await place.organisation.create(carla, K.TECHNICIAN, desk, {"name": "zoe"}, NOW)
    assert await place.organisation.creatable(carla, desk, NOW) == ()
    assert "Desk" in below(await place.organisation.tree(carla, NOW), K.TECHNICIANS)
    restricted = {"allow_command_center": True, "allow_reports": False}
    await place.organisation.edit(place.owner, group, 2, restricted, NOW)
    with pytest.raises(NotAllowedError):
        await place.organisation.tree(carla, NOW)


@pytest.mark.req("REP-AUDIT-LIST", "EV-15")
async def test_every_changed_field_is_one_event_with_its_actor_and_address(place: Place) -> None:
    desk = await place.group("Desk")
    bob = await place.person("bob", desk)
    other = await place.group("Other")
    before = len(await place.trail())
    await place.organisation.edit(place.owner, bob, 1, {"name": "Bert", "status": "disabled", "mobile": True}, NOW)
    await place.organisation.move(place.owner, [bob], other, NOW)
    events = (await place.trail())[before:]
    said = [
        (event.change, event.field, event.old_value, event.old_action, event.new_value, event.new_action)
        for event in events
    ]
    assert said == [
        ("edit", "name", "bob", "set", "Bert", "set"),
        ("edit", "status", "", "enabled", "", "disabled"),
        ("edit", "mobile", "", "not_selected", "", "selected"),
        ("move", "place", "Desk", "assigned", "Other", "assigned"),
    ]
    assert {event.actor_name for event in events} == {"Anna de Vries"}
    assert {(event.address, event.at, event.unit_kind) for event in events} == {("192.0.2.7", NOW, "technician")}
    assert len({event.change_id for event in events}) == 2
