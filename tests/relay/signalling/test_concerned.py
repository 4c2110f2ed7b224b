"""Whom a change of the organisation concerns: never too few, and nothing is worked out for the others."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.wire.signals import RulesChanged
from relay.accounts.rules import Status
from relay.organization.audit import Change, Done
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.permissions.service import PermissionChange
from relay.recording.policy import FORCED, OWN_FOLDER, recording_values
from relay.sessions.moves import Presence
from relay.sessions.service import Sessions
from relay.sessions.timeouts import always
from relay.settings.applied import AppliedSettings
from relay.settings.changes import Change as Saved
from relay.settings.holders import Holder, HolderKind
from relay.settings.vault import Vault
from relay.signalling.concerned import EVERYBODY, NOBODY, NOBODYS, Concerned, concerned_by
from relay.signalling.hub import Hub
from relay.signalling.permits import Permits
from relay.store.database import open_store
from tests.relay.api.offices import running_office
from tests.relay.organization.organisations import ADMINISTRATORS, EXTERNAL, MASTERS, NOW, Place, found
from tests.relay.signalling.test_herd import take_away
from tests.support.databases import new_sqlite
from tests.support.histories import session_history


def changed(*units: Unit) -> list[Change]:
    """Return what was done to units."""
    return [Change(unit, "", Done.EDIT) for unit in units]


def test_people_concern_themselves_groups_those_below_and_what_is_not_known_everybody() -> None:
    assert concerned_by([]) == NOBODY
    for kind in PEOPLE:
        assert concerned_by(changed(Unit(kind, 7))) == Concerned(people=frozenset({7}))
    group, person = Unit(UnitKind.TECHNICIAN_GROUP, 3), Unit(UnitKind.TECHNICIAN, 3)
    assert concerned_by(changed(group, person)) == Concerned(frozenset({3}), frozenset({3}))
    for kind in set(UnitKind) - PEOPLE - NOBODYS - {UnitKind.TECHNICIAN_GROUP}:
        assert concerned_by(changed(person, Unit(kind, 3))).everybody, kind
    assert concerned_by(changed(*(Unit(kind, 3) for kind in NOBODYS))) == NOBODY


async def hashed(password: str) -> str:
    """Return what is stored of a password; none is set here."""
    return password


async def test_whoever_has_other_rights_after_a_change_is_among_those_whom_it_concerns(tmp_path: Path) -> None:
    """Whatever is done to an organisation: everybody's rights before and after it, against whom it says it concerns."""
    store = await open_store(new_sqlite(tmp_path / "relay.sqlite3"))
    try:
        await _do_everything(await found(store))
    finally:
        await store.close()


async def _do_everything(place: Place) -> None:
    outer, other = await place.group("Outer"), await place.group("Other")
    inner = await place.group("Inner", outer)
    bob = await place.person("bob", outer, standard=True)
    carol = await place.person("carol", inner, standard=True)
    dave = await place.person("dave", other, standard=True)
    erin = await place.person("erin", MASTERS, standard=True)
    admins = await place.organisation.create(
        place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "Admins"}, NOW
    )
    fay = await place.person("fay", admins, standard=True)
    people = {1, *(unit.id for unit in (bob, carol, dave, erin, fay))}
    vault = Vault(bytes(32), hashed)
    settings = AppliedSettings(place.transactions, vault.protect)
    hub = Hub()
    sessions = Sessions(
        place.store, Presence(hub.has_applet, hub.has_console), lambda *_told: None, always({}), session_history()
    )
    values = recording_values(place.permissions, settings, vault)
    permits = Permits(place.permissions, sessions, hub, Ed25519PrivateKey.generate(), values)
    organisation, owner = place.organisation, place.owner

    async def put(group: Unit, **wishes: PermissionChange) -> None:
        await place.permissions.set(owner, group, await place.version(group), wishes, NOW)

    async def save(holder: Holder, **chosen: Any) -> None:
        values = {key.replace("__", "."): value for key, value in chosen.items()}
        await settings.save(owner, Saved(holder, values), NOW)

    async def edit(unit: Unit, **fields: object) -> None:
        await organisation.edit(owner, unit, await place.version(unit), fields, NOW)

    off, locked = PermissionChange(enabled=False), PermissionChange(enabled=False, locked=True)
    group_settings, own = Holder(HolderKind.GROUP, outer.id), Holder(HolderKind.PERSON, 1)
    doings: list[Callable[[], Awaitable[object]]] = [
        lambda: put(outer, remote_control=off),
        lambda: put(outer, clipboard_sync=locked),
        lambda: put(inner, record=PermissionChange(enabled=True, option=None)),
        lambda: put(other, chat_toggle=off, remote_control=off),
        lambda: save(group_settings, **{FORCED.replace(".", "__"): True}),
        lambda: save(own, **{OWN_FOLDER.replace(".", "__"): "/mine"}),
        lambda: organisation.move(owner, [bob], other, NOW),
        lambda: organisation.move(owner, [inner], other, NOW),
        lambda: organisation.move(owner, [inner], outer, NOW),
        lambda: organisation.set_status(owner, [outer], Status.DISABLED, NOW),
        lambda: organisation.set_status(owner, [outer], Status.ENABLED, NOW),
        lambda: organisation.set_status(owner, [admins], Status.DISABLED, NOW),
        lambda: organisation.set_status(owner, [admins], Status.ENABLED, NOW),
        lambda: organisation.set_status(owner, [erin, dave], Status.DISABLED, NOW),
        lambda: edit(carol, standard=False),
        lambda: edit(outer, name="Outside"),
        lambda: organisation.link(owner, [fay], other, NOW),
        lambda: organisation.create(owner, UnitKind.EXTERNAL_GROUP, EXTERNAL, {"name": "Friends"}, NOW),
        lambda: organisation.delete(owner, [dave], NOW),
    ]
    before, narrow, all_changed = await permits.rights_of(people), 0, set[int]()
    for number, do in enumerate(doings):
        heard = len(place.heard)
        await do()
        after = await permits.rights_of(people)
        others = {person for person in people if after[person] != before[person]}
        concerned = NOBODY
        for outcome in place.heard[heard:]:
            concerned |= concerned_by(outcome.changes)
        assert others <= await permits._of(concerned, people), f"doing {number}"
        narrow += not concerned.everybody
        all_changed |= others
        before = after
    assert all_changed >= people - {1}, "the doings change something for everybody"
    assert narrow > len(doings) / 2


@pytest.mark.finding("load-1.10")
async def test_rights_are_worked_out_for_those_alone_whom_a_change_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_office(tmp_path) as office:
        of = {who: (await office.call("GET", "/me", token=who))[1]["id"] for who in ("technician", "colleague")}
        async with (
            office.relay.console("console-of-technician", office.tokens["technician"]) as technician,
            office.relay.console("console-of-colleague", office.tokens["colleague"]),
        ):
            worked_out: list[set[int]] = []
            before = Permits.rights_of

            async def noted(self: Permits, people: Any) -> Any:
                worked_out.append(set(people))
                return await before(self, people)

            monkeypatch.setattr(Permits, "rights_of", noted)
            await take_away(office, "europe", "remote_control")
            await technician.hear_a(RulesChanged)
            assert of["technician"] in set().union(*worked_out)
            assert of["colleague"] not in set().union(*worked_out)


def test_everybody_is_everybody() -> None:
    assert (NOBODY | EVERYBODY | Concerned(frozenset({1}))).everybody
