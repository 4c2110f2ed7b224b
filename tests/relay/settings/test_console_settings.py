"""What consoles are told of their group's settings: what holds for the group, with what is above it."""

import pytest

from codec.wire.group_settings import GroupSettings
from relay.codes.rules import INSTANT_CHAT
from relay.settings.applied import AppliedSettings
from relay.settings.changes import Change
from relay.settings.console_settings import settings_of_people
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind
from relay.settings.vault import Vault
from tests.relay.organization.organisations import NOW, Place

DEFAULTS = GroupSettings()


async def hashed(secret: str) -> str:
    """No setting here has a password."""
    return secret


@pytest.mark.req("APP-08", "APP-09", "APP-10", "APP-11", "APP-21", "CHAT-01", "SESS-17")
async def test_a_technicians_console_is_told_what_holds_for_their_group(place: Place) -> None:
    desk, other = await place.group("Desk"), await place.group("Other")
    night = await place.group("Night", desk)
    bob, carol = await place.person("bob", night, standard=True), await place.person("carol", other, standard=True)
    settings = AppliedSettings(place.transactions, Vault(bytes(32), hashed).protect)
    read = settings_of_people(place.permissions, settings)
    owner = place.owner.person or 0

    async def choose(group: int, **values: Json) -> None:
        change = {key.replace("_", ".", 1): value for key, value in values.items()}
        await settings.save(place.owner, Change(Holder(HolderKind.GROUP, group), change), NOW)

    everybody = [bob.id, carol.id, owner]
    assert await read(everybody) == dict.fromkeys(everybody, DEFAULTS)
    await choose(desk.id, applet_run_type=INSTANT_CHAT, connections_mail_subject="Your repair")
    chosen = GroupSettings(applet_run_type=INSTANT_CHAT, connections_mail_subject="Your repair")
    assert await read(everybody) == {bob.id: chosen, carol.id: DEFAULTS, owner: DEFAULTS}
    await choose(night.id, applet_run_type="standard", connections_pin=False)
    chosen = GroupSettings(connections_mail_subject="Your repair", connections_pin=False)
    assert (await read([bob.id]))[bob.id] == chosen
