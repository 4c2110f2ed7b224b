"""Permissions of groups, on both databases: who sets them, what a lock withstands, what a person holds."""

import pytest

from relay.accounts.rules import Licence, Role, Status
from relay.field_errors import FieldError
from relay.organization.rules import ChangedMeanwhileError, LockedError, NotAllowedError, WrongPlaceError
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import ANY, SPECIFIED
from relay.permissions.service import NotPermittedError, PermissionChange
from tests.relay.organization.organisations import MASTERS, NOW, TECHNICIANS, Place, actor_for

K = UnitKind
OFF, ON = PermissionChange(enabled=False), PermissionChange(enabled=True)
LOCKED_OFF = PermissionChange(enabled=False, locked=True)


async def allowed(place: Place, person: Unit, key: str) -> bool:
    """Whether a permission is on for somebody now."""
    return (await place.permissions.held(person.id)).allows(key)


@pytest.mark.req("ORG-66", "ORG-72", "PERM-33", "PERM-41")
async def test_a_technician_has_what_the_group_has_from_the_next_use_on(place: Place) -> None:
    desk, other = await place.group("Desk"), await place.group("Other")
    bob = await place.person("bob", desk, standard=True)
    assert await allowed(place, bob, "reboot")
    assert await place.permissions.set(place.owner, desk, 1, {"reboot": OFF}, NOW) == 2
    assert not await allowed(place, bob, "reboot")
    assert (await place.permissions.held(bob.id)).hidden == {"reboot_tab"}
    with pytest.raises(NotPermittedError, match="Restart"):
        await place.permissions.check(bob.id, "reboot")
    await place.organisation.move(place.owner, [bob], other, NOW)
    assert await allowed(place, bob, "reboot")


@pytest.mark.req("ORG-39", "ORG-49", "EDGE-18")
async def test_without_a_licence_or_disabled_somebody_has_nothing(place: Place) -> None:
    desk = await place.group("Desk")
    bob = await place.person("bob", desk)
    assert not await allowed(place, bob, "chat")
    await place.organisation.edit(place.owner, bob, 1, {"standard": True}, NOW)
    assert await allowed(place, bob, "chat")
    await place.organisation.set_status(place.owner, [desk], Status.DISABLED, NOW)
    assert not await allowed(place, bob, "chat")
    boris = await place.person("boris", MASTERS, standard=True)
    held = await place.permissions.held(boris.id)
    assert held.group is None
    assert held.allows("lan_connect")
    assert not (await place.permissions.held(9_999)).allows("chat")


@pytest.mark.req("ORG-67", "PERM-35", "PERM-36", "PERM-37", "EDGE-17")
async def test_a_lock_holds_administrators_and_no_master_administrator(place: Place) -> None:
    desk = await place.group("Desk")
    carla = await place.administrator("carla", desk)
    await place.permissions.set(carla, desk, 1, {"hold": OFF}, NOW)
    with pytest.raises(NotAllowedError):
        await place.permissions.set(carla, desk, 2, {"reboot": LOCKED_OFF}, NOW)
    await place.permissions.set(place.owner, desk, 2, {"reboot": LOCKED_OFF}, NOW)
    assert (await place.permissions.of_group(carla, desk, NOW))["reboot"].locked
    with pytest.raises(LockedError):
        await place.permissions.set(carla, desk, 3, {"reboot": ON}, NOW)
    with pytest.raises(NotAllowedError):
        await place.permissions.set(carla, desk, 3, {"reboot": PermissionChange(enabled=False, locked=False)}, NOW)
    await place.permissions.set(place.owner, desk, 3, {"reboot": ON}, NOW)
    stands = (await place.permissions.of_group(place.owner, desk, NOW))["reboot"]
    assert (stands.enabled, stands.locked) == (True, True)
    said = [
        (event.field, event.old_action, event.new_action)
        for event in await place.trail()
        if event.section == "permissions"
    ]
    assert said == [
        ("hold", "selected", "not_selected"),
        ("reboot", "selected", "not_selected"),
        ("reboot", "not_locked", "locked"),
        ("reboot", "not_selected", "selected"),
    ]


@pytest.mark.req("PERM-38", "PERM-39", "EDGE-16")
async def test_no_way_around_a_lock(place: Place) -> None:
    top = await place.group("Top")
    desk, free = await place.group("Desk", top), await place.group("Free", top)
    carla = await place.administrator("carla", top)
    bob = await place.person("bob", desk, standard=True)
    await place.permissions.set(place.owner, desk, 1, {"reboot": LOCKED_OFF}, NOW)
    child = await place.organisation.create(carla, K.TECHNICIAN_GROUP, desk, {"name": "Child"}, NOW)
    assert not (await place.permissions.of_group(carla, child, NOW))["reboot"].enabled
    with pytest.raises(LockedError):
        await place.permissions.set(carla, child, 1, {"reboot": ON}, NOW)
    with pytest.raises(LockedError):
        await place.organisation.move(carla, [bob], free, NOW)
    await place.organisation.move(carla, [child], free, NOW)
    stands = (await place.permissions.of_group(carla, child, NOW))["reboot"]
    assert (stands.enabled, stands.locked, stands.by_group) == (False, True, child.id)
    await place.organisation.move(place.owner, [bob], free, NOW)  # a master administrator may
    assert await allowed(place, bob, "reboot")


@pytest.mark.req("EDGE-16")
async def test_a_group_that_comes_under_a_lock_takes_its_value_over(place: Place) -> None:
    desk, free = await place.group("Desk"), await place.group("Free")
    inside = await place.group("Inside", free)
    await place.permissions.set(place.owner, inside, 1, {"reboot": PermissionChange(enabled=True, locked=True)}, NOW)
    await place.permissions.set(place.owner, desk, 1, {"reboot": LOCKED_OFF}, NOW)
    await place.organisation.move(place.owner, [free], desk, NOW)
    assert [event.new_action for event in await place.trail() if event.unit_id == inside.id][-1] == "not_locked"
    for group in (free, inside):
        stands = (await place.permissions.of_group(place.owner, group, NOW))["reboot"]
        assert (stands.enabled, stands.by_group) == (False, desk.id)
    with pytest.raises(LockedError, match="above"):
        await place.permissions.set(
            place.owner, inside, 2, {"reboot": PermissionChange(enabled=True, locked=False)}, NOW
        )


@pytest.mark.req("PERM-39")
async def test_a_subgroup_keeps_its_own_values_when_its_parent_changes(place: Place) -> None:
    desk = await place.group("Desk")
    await place.permissions.set(place.owner, desk, 1, {"lens": OFF}, NOW)
    child = await place.group("Child", desk)
    await place.permissions.set(place.owner, desk, 2, {"lens": ON, "hold": OFF}, NOW)
    stands = await place.permissions.of_group(place.owner, child, NOW)
    assert (stands["lens"].enabled, stands["hold"].enabled) == (False, True)


@pytest.mark.req("PERM-15b", "PERM-21b", "EDGE-09")
async def test_targets_that_go_leave_nobody_and_never_everybody(place: Place) -> None:
    desk, other = await place.group("Desk"), await place.group("Other")
    bob = await place.person("bob", desk, standard=True)
    assert (await place.permissions.held(bob.id)).transfer.everybody
    wishes = {"transfer": PermissionChange(True, SPECIFIED), "invite": PermissionChange(True, SPECIFIED)}
    await place.permissions.set(place.owner, desk, 1, wishes, NOW)
    await place.permissions.set_targets(place.owner, desk, "transfer", [other, Unit(K.CHANNEL, 1)], NOW)
    held = await place.permissions.held(bob.id)
    assert held.transfer.units == {other, Unit(K.CHANNEL, 1)}
    assert not held.invite.include(other)
    with pytest.raises(WrongPlaceError):
        await place.permissions.set_targets(place.owner, desk, "invite", [Unit(K.CHANNEL, 1)], NOW)
    await place.organisation.delete(place.owner, [other], NOW)
    await place.permissions.set_targets(place.owner, desk, "transfer", [], NOW)
    held = await place.permissions.held(bob.id)
    assert (held.transfer.everybody, held.transfer.units) == (False, frozenset())


async def test_permissions_that_two_change_meet_and_others_merge(place: Place) -> None:
    desk = await place.group("Desk")
    carla = await place.administrator("carla", desk)
    await place.permissions.set(carla, desk, 1, {"hold": OFF}, NOW)
    await place.permissions.set(place.owner, desk, 1, {"lens": OFF}, NOW)
    with pytest.raises(ChangedMeanwhileError, match="carla"):
        await place.permissions.set(place.owner, desk, 1, {"hold": ON, "lens": ON}, NOW)
    await place.organisation.edit(place.owner, desk, 3, {"name": "The desk"}, NOW)


@pytest.mark.req("PERM-40")
async def test_strangers_set_nothing_and_nonsense_is_named(place: Place) -> None:
    desk = await place.group("Desk")
    bob = await place.person("bob", desk, standard=True)
    carla = await place.administrator("carla")
    for actor in (carla, actor_for(bob, "bob", Role.TECHNICIAN)):
        with pytest.raises(NotAllowedError):
            await place.permissions.set(actor, desk, 1, {"hold": OFF}, NOW)
    for wishes in ({"fly": ON}, {"transfer": PermissionChange(True, "all")}):
        with pytest.raises(FieldError):
            await place.permissions.set(place.owner, desk, 1, wishes, NOW)
    with pytest.raises(WrongPlaceError):
        await place.permissions.set(place.owner, TECHNICIANS, 1, {"hold": OFF}, NOW)
    await place.permissions.set(place.owner, desk, 1, {"transfer": PermissionChange(True, ANY)}, NOW)  # as it is
    assert await place.version(desk) == 1


async def test_fields_and_permissions_of_a_group_are_stored_together_or_not_at_all(place: Place) -> None:
    desk = await place.group("Desk")
    wishes = {"reboot": OFF, "chat": LOCKED_OFF}
    version = await place.permissions.edit(place.owner, desk, 1, {"name": "Service desk"}, wishes, NOW)
    shown = await place.organisation.show(place.owner, desk, NOW)
    assert (shown.name, shown.version) == ("Service desk", version)
    assert not (await place.permissions.of_group(place.owner, desk, NOW))["reboot"].enabled
    eva = await place.administrator("eva", desk)
    with pytest.raises(LockedError):
        await place.permissions.edit(eva, desk, version, {"name": "Hers"}, {"chat": ON}, NOW)
    assert (await place.organisation.show(place.owner, desk, NOW)).name == "Service desk", "nothing is stored half"
    with pytest.raises(ChangedMeanwhileError):
        await place.permissions.edit(place.owner, desk, 1, {"name": "Old form"}, {}, NOW)
    assert await place.permissions.edit(place.owner, desk, 1, {"description": "Merged"}, {}, NOW) == version + 1


@pytest.mark.req("ORG-30")
async def test_administrators_see_how_many_licences_are_left(place: Place) -> None:
    desk = await place.group("Desk")
    eva = await place.administrator("eva", desk)
    before = (await place.organisation.licences(eva, NOW))[Licence.STANDARD].given
    bob = await place.person("bob", desk, standard=True)
    stock = (await place.organisation.licences(eva, NOW))[Licence.STANDARD]
    assert (stock.total, stock.given) == (None, before + 1)
    with pytest.raises(NotAllowedError):
        await place.organisation.licences(actor_for(bob, "bob", Role.TECHNICIAN), NOW)
