"""Settings in the organisation's tables: rights, the audit trail, other people's faster saves, both databases."""

import pytest
from sqlalchemy import select

from relay.accounts.rules import Role
from relay.accounts.service import Accounts, NewPerson, Registration
from relay.credentials.password_hashing import Passwords
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.settings import changes
from relay.settings.applied import AppliedSettings
from relay.settings.changes import Change, ConflictError
from relay.settings.declare import Scope, Tab
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import Origin
from relay.settings.model import SettingValueRow
from relay.settings.save_context import ORGANISATION
from relay.settings.vault import Vault
from relay.store.database import Store
from relay.texts import _
from relay.web.languages import load_languages
from tests.relay.organization.organisations import ADDRESS, NOW, Place

WAITING = "timeouts.waiting"


@pytest.fixture
def settings(place: Place) -> AppliedSettings:
    async def hashed(secret: str) -> str:
        return f"hash of {len(secret)}"

    return AppliedSettings(place.transactions, Vault(bytes(32), hashed).protect)


def group(unit: Unit) -> Holder:
    return Holder(HolderKind.GROUP, unit.id)


async def test_a_save_is_kept_with_who_did_it_from_where(place: Place, settings: AppliedSettings) -> None:
    europe = await place.group("Support Europe")
    await settings.save(place.owner, Change(group(europe), {WAITING: 10}), NOW)
    assert await settings.value(group(europe), WAITING) == 10
    event = (await place.trail())[-1]
    assert (event.actor_name, event.address, event.unit_kind, event.unit_id, event.unit_name) == (
        "Anna de Vries",
        ADDRESS,
        "technician_group",
        europe.id,
        "Support Europe",
    )
    assert (event.section, event.field, event.old_value, event.new_value, event.level) == (
        "Time-outs",
        "Waiting sessions end after",
        "30 minutes",
        "10 minutes",
        "unit",
    )
    assert place.heard[-1].changes[0].field == "Waiting sessions end after", "notification mails hear of it"


async def test_a_wide_save_is_one_change_in_the_trail(place: Place, settings: AppliedSettings) -> None:
    europe = await place.group("Support Europe")
    utrecht = await place.group("Utrecht", europe)
    await settings.save(place.owner, Change(group(utrecht), {WAITING: 5}), NOW)
    await settings.save(place.owner, Change(group(europe), {WAITING: 10}, Scope.SUBGROUPS), NOW)
    first, second = (await place.trail())[-2:]
    assert (first.unit_name, second.unit_name) == ("Support Europe", "Utrecht")
    assert first.change_id == second.change_id
    assert await settings.value(group(utrecht), WAITING) == 10


@pytest.mark.req("ORG-19", "ORG-47")
async def test_an_administrator_reaches_his_groups_their_people_and_channels_only(
    place: Place,
    settings: AppliedSettings,
) -> None:
    europe, asia = await place.group("Support Europe"), await place.group("Support Asia")
    bob = await place.person("bob", europe)
    carl = await place.person("carl", asia)
    await place.organisation.link(place.owner, [Unit(UnitKind.CHANNEL, 1)], europe, NOW)
    administrator = await place.administrator("mia", europe)
    around = await settings.around(administrator, NOW)
    mine = [group(europe), Holder(HolderKind.TECHNICIAN, bob.id), Holder(HolderKind.CHANNEL, 1)]
    assert all(around.may_see(unit) for unit in mine)
    await settings.save(administrator, Change(mine[0], {WAITING: 10}), NOW)
    for unit in (
        group(asia),
        Holder(HolderKind.TECHNICIAN, carl.id),
        Holder(HolderKind.CHANNEL, 2),
        ORGANISATION,
        group(europe)._replace(id=999),
    ):
        with pytest.raises(NotAllowedError):
            await settings.save(administrator, Change(unit, {WAITING: 10}), NOW)
        with pytest.raises(NotAllowedError):
            await settings.choices(administrator, unit, NOW)
        with pytest.raises(NotAllowedError):
            await settings.form(administrator, unit, Tab.SETTINGS, _, NOW)
        with pytest.raises(NotAllowedError):
            await settings.lock(administrator, unit, WAITING, NOW, locked=True)


async def test_a_technician_reaches_his_own_choices_only(place: Place, settings: AppliedSettings) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    actor = Actor(bob.id, "bob", Role.TECHNICIAN, ADDRESS)
    mine, others = Holder(HolderKind.PERSON, bob.id), Holder(HolderKind.PERSON, 1)
    assert await settings.choices(actor, mine, NOW)
    for unit in (others, Holder(HolderKind.TECHNICIAN, bob.id), ORGANISATION):
        with pytest.raises(NotAllowedError):
            await settings.choices(actor, unit, NOW)


async def test_of_two_who_save_together_the_second_is_told(place: Place, settings: AppliedSettings) -> None:
    europe = group(await place.group("Support Europe"))
    seen = {choice.setting.key: choice.mark for choice in await settings.choices(place.owner, europe, NOW)}
    await settings.save(place.owner, Change(europe, {WAITING: 10}, seen={WAITING: seen[WAITING]}), NOW)
    with pytest.raises(ConflictError):
        await settings.save(place.owner, Change(europe, {WAITING: 5}, seen={WAITING: seen[WAITING]}), NOW)
    assert await settings.value(europe, WAITING) == 10


async def test_a_group_that_goes_away_takes_the_form_with_it(place: Place, settings: AppliedSettings) -> None:
    europe = await place.group("Support Europe")
    assert await settings.choices(place.owner, group(europe), NOW)
    await place.organisation.delete(place.owner, [europe], NOW)
    with pytest.raises(UnknownUnitError):
        await settings.save(place.owner, Change(group(europe), {WAITING: 10}), NOW)


async def test_a_lock_and_where_a_value_comes_from(place: Place, settings: AppliedSettings) -> None:
    europe = await place.group("Support Europe")
    utrecht = await place.group("Utrecht", europe)
    administrator = await place.administrator("mia", utrecht)
    await settings.save(place.owner, Change(group(europe), {WAITING: 10}), NOW)
    await settings.lock(place.owner, group(europe), WAITING, NOW, locked=True)
    (choice,) = [
        each for each in await settings.choices(administrator, group(utrecht), NOW) if each.setting.key == WAITING
    ]
    assert (choice.held.value, choice.held.source, choice.held.locked_by) == (10, Origin.INHERITED, group(europe))
    with pytest.raises(changes.SettingNotAllowedError):
        await settings.lock(administrator, group(utrecht), WAITING, NOW, locked=True)


@pytest.mark.req("I18N-09", "I18N-10")
async def test_a_dutch_registration_seeds_dutch_texts_that_stay(store: Store) -> None:
    passwords = Passwords()
    dutch = Registration("nl", load_languages()["nl"].texts.gettext)
    new = NewPerson("anna@northwind.example", "Anna de Vries", "", "Tulips in the rain 7")
    await Accounts(store, passwords, lifetime=NOW - NOW).set_up("Northwind IT", new, NOW, dutch)
    passwords.close()
    async with store.transaction() as transaction:
        rows = {row.key: row for row in await transaction.scalars(select(SettingValueRow))}
    assert rows
    assert {(row.unit_kind, row.unit_id) for row in rows.values()} == {("organisation", 0)}
