"""Keys of other programs: how they end, how often they may be used, what the trail says of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from relay.accounts.rules import Role
from relay.api_keys.rules import KeyNotFromHereError, KeyRefusedError, Scope, TooManyCallsError
from relay.api_keys.service import Keys
from relay.field_errors import FieldError
from relay.organization.rules import Actor, NotAllowedError
from relay.settings.model import SettingValueRow
from relay.sign_in.service import NotFromHereError
from tests.relay.organization.organisations import ADDRESS, NOW, Place

READ = Scope.ORGANISATION_READ


async def choose(place: Place, key: str, value: Any, kind: str = "organisation", unit: int = 0) -> None:
    """Choose a setting, as the Admin Center stores it."""
    async with place.store.transaction() as transaction:
        await transaction.execute(delete(SettingValueRow).where(SettingValueRow.key == key))
        row = SettingValueRow(unit_kind=kind, unit_id=unit, key=key, value=value, set_by=1, set_at=NOW)
        transaction.add(row)


async def test_a_key_expires_to_the_second(place: Place) -> None:
    keys = Keys(place.transactions)
    secret, _shown = await keys.make(place.owner, "CRM", [READ], NOW + timedelta(hours=1), NOW)
    assert secret.startswith("dk_")
    _key, name, identity = await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=3_599))
    assert (name, identity.person.id) == ("CRM (Anna de Vries)", place.owner.person)
    with pytest.raises(KeyRefusedError):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(hours=1))
    with pytest.raises(KeyRefusedError):
        await keys.use(secret + "x", READ, ADDRESS, NOW)


@pytest.mark.req("API-32")
async def test_a_busy_key_is_told_when_to_go_on(place: Place) -> None:
    keys = Keys(place.transactions)
    await choose(place, "api.rate", 2)
    secret, _shown = await keys.make(place.owner, "CRM", [READ], None, NOW)
    for second in (0, 20):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=second))
    with pytest.raises(TooManyCallsError, match="31 seconds") as caught:
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=30))
    assert caught.value.retry_seconds == 31
    await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=61))
    await choose(place, "api.rate", 3)
    for _third in range(3):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=62))
    with pytest.raises(TooManyCallsError):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=62))


@pytest.mark.req("API-18")
async def test_what_is_refused_elsewhere_takes_nothing_from_who_may_call(place: Place) -> None:
    keys = Keys(place.transactions)
    await choose(place, "api.rate", 1)
    networks = ["10.1.2.0/255.255.255.0", " 2001:db8::/32 ", "192.0.2.7", "192.0.2.7/32"]
    secret, shown = await keys.make(place.owner, "CRM", [READ], None, NOW, networks)
    assert shown.networks == ("10.1.2.0/24", "2001:db8::/32", "192.0.2.7/32")
    for address in ("10.1.3.1", "2001:db9::1", "192.0.2.8", "::ffff:10.1.3.1", "nonsense"):
        with pytest.raises(KeyNotFromHereError):
            await keys.use(secret, READ, address, NOW)
    (listed,) = await keys.listed(place.owner, NOW)
    assert (listed.last_used_from, listed.networks) == (None, shown.networks)
    for minute, address in enumerate(("10.1.2.255", "2001:db8:1::1", "192.0.2.7", "::ffff:10.1.2.9")):
        await keys.use(secret, READ, address, NOW + timedelta(minutes=minute))
    assert (await place.trail())[-1].new_value == "CRM: org:read, 10.1.2.0/24, 2001:db8::/32, 192.0.2.7/32"


@pytest.mark.parametrize("wrong", ["10.1.2.3/24", "10.1.2.0/33", "10.1.2.0/255.0.255.0", "office", "2001:db8::/129"])
async def test_a_network_that_is_none_is_named(place: Place, wrong: str) -> None:
    with pytest.raises(FieldError) as caught:
        await Keys(place.transactions).make(place.owner, "CRM", [READ], None, NOW, ["192.0.2.7", wrong])
    assert (caught.value.field, caught.value.code) == ("networks", "network")


async def test_a_key_obeys_the_groups_that_bind_its_maker(place: Place) -> None:
    group, keys = await place.group("Support Europe"), Keys(place.transactions)
    adam = await place.administrator("adam", group)
    of_adam, _shown = await keys.make(adam, "CRM", [READ], None, NOW)
    of_anna, _shown = await keys.make(place.owner, "CRM", [READ], None, NOW)
    await choose(place, "console_addresses.access", "denied", "technician_group", group.id)
    await choose(place, "console_addresses.exceptions", ["10.0.0.0/8"], "technician_group", group.id)
    with pytest.raises(NotFromHereError):
        await keys.use(of_adam, READ, ADDRESS, NOW)
    await keys.use(of_adam, READ, "10.1.1.1", NOW)
    await keys.use(of_anna, READ, ADDRESS, NOW)


@pytest.mark.req("API-33")
async def test_the_trail_names_keys_that_came_and_went_and_never_what_they_are(place: Place) -> None:
    keys = Keys(place.transactions)
    secret, shown = await keys.make(place.owner, "CRM", [READ, Scope.SETTINGS_WRITE], None, NOW)
    await keys.revoke(place.owner, shown.id, NOW)
    await keys.revoke(place.owner, shown.id, NOW)
    made, ended = (await place.trail())[-2:]
    assert (made.level, made.section, made.field, made.new_value) == (
        "company",
        "API keys",
        "CRM",
        "CRM: org:read, settings:write",
    )
    assert (ended.change, ended.old_value, ended.new_action) == ("delete", "CRM", "deleted")
    assert all(secret not in value for value in (made.new_value, ended.old_value))


async def test_a_technician_has_no_keys(place: Place) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    actor = Actor(bob.id, "bob", Role.TECHNICIAN, ADDRESS)
    with pytest.raises(NotAllowedError):
        await Keys(place.transactions).make(actor, "CRM", [READ], None, NOW)
    with pytest.raises(NotAllowedError):
        await Keys(place.transactions).listed(actor, NOW)
