"""What a technician's sessions start as: the group's setting is read for each."""

import pytest

from relay.sessions.run_type import INSTANT_CHAT, RUN_TYPE, starts_as_chat
from relay.settings.applied import AppliedSettings
from relay.settings.changes import Change
from relay.settings.holders import Holder, HolderKind
from relay.settings.vault import Vault
from tests.relay.organization.organisations import NOW, Place


async def hashed(secret: str) -> str:
    """No setting here has a password."""
    return secret


@pytest.mark.req("APP-08", "APP-09", "APP-10", "APP-11", "APP-21", "CHAT-01")
async def test_the_sessions_of_a_group_start_as_a_chat_where_it_chose_so(place: Place) -> None:
    desk, other = await place.group("Desk"), await place.group("Other")
    night = await place.group("Night", desk)
    bob, carol = await place.person("bob", night, standard=True), await place.person("carol", other, standard=True)
    settings = AppliedSettings(place.transactions, Vault(bytes(32), hashed).protect)
    read = starts_as_chat(place.permissions, settings)
    everybody = [bob.id, carol.id, place.owner.person or 0]
    assert await read(everybody) == frozenset()
    await settings.save(place.owner, Change(Holder(HolderKind.GROUP, desk.id), {RUN_TYPE: INSTANT_CHAT}), NOW)
    assert await read(everybody) == {bob.id}
    await settings.save(place.owner, Change(Holder(HolderKind.GROUP, night.id), {RUN_TYPE: "standard"}), NOW)
    assert await read(everybody) == frozenset()
