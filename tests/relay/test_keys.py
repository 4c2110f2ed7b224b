"""Keys of other programs: how they end, how often they may be used, what the trail says of them."""

from datetime import timedelta

import pytest

from relay.accounts.rules import Role
from relay.keys.rules import KeyRefusedError, Scope, TooManyCallsError
from relay.keys.service import Keys
from relay.limits import Limit
from relay.organization.rules import Actor, NotAllowedError
from tests.relay.organization.organisations import ADDRESS, NOW, Place

READ = Scope.ORGANISATION_READ


async def test_a_key_expires_to_the_second(place: Place) -> None:
    keys = Keys(place.workshop)
    secret, _shown = await keys.make(place.owner, "CRM", [READ], NOW + timedelta(hours=1), NOW)
    assert secret.startswith("dk_")
    _key, name, identity = await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=3_599))
    assert (name, identity.person.id) == ("CRM (Anna de Vries)", place.owner.person)
    with pytest.raises(KeyRefusedError):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(hours=1))
    with pytest.raises(KeyRefusedError):
        await keys.use(secret + "x", READ, ADDRESS, NOW)


async def test_a_busy_key_is_told_when_to_go_on(place: Place) -> None:
    keys = Keys(place.workshop, Limit(2, 60))
    secret, _shown = await keys.make(place.owner, "CRM", [READ], None, NOW)
    for second in (0, 20):
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=second))
    with pytest.raises(TooManyCallsError, match="31 seconds") as caught:
        await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=30))
    assert caught.value.retry_seconds == 31
    await keys.use(secret, READ, ADDRESS, NOW + timedelta(seconds=61))


async def test_the_trail_names_keys_that_came_and_went_and_never_what_they_are(place: Place) -> None:
    keys = Keys(place.workshop)
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
        await Keys(place.workshop).make(actor, "CRM", [READ], None, NOW)
    with pytest.raises(NotAllowedError):
        await Keys(place.workshop).listed(actor, NOW)
