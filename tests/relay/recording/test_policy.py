"""What a relay says about recordings: the rules of a group."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.recording.formats import FormatName
from codec.wire.api_types import RecordingRules
from console.recording.recordings import JOURNAL_ONLY
from relay.permissions.catalogue import CONSENT_REQUIRED, Grant
from relay.permissions.service import PermissionChange
from relay.recording.policy import FORCED, FORMAT, OWN_FOLDER, PASSWORD, URL, USER, WITHOUT, recording_values, rules_of
from relay.sessions.moves import Presence
from relay.sessions.service import Sessions
from relay.sessions.timeouts import always
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change
from relay.settings.holders import Holder, HolderKind
from relay.settings.kinds import Choice
from relay.settings.vault import Vault
from relay.signalling.hub import Hub
from relay.signalling.permits import Permits
from tests.relay.organization.organisations import NOW, Place
from tests.support.histories import session_history


@pytest.mark.req("PERM-12a", "REC-01", "REC-05", "REC-09", "REC-13", "REC-23", "REC-27")
@pytest.mark.parametrize(
    ("values", "record", "rules"),
    [
        ({}, None, RecordingRules()),
        ({}, Grant(True, CONSENT_REQUIRED), RecordingRules(consent=True)),
        ({}, Grant(True), RecordingRules(consent=False)),
        ({"recording.forced": True}, Grant(False), RecordingRules(forced=True, consent=True)),
        (
            {"recording.forced": True, "recording.control_without": True, "recording.format": "h264"},
            Grant(True),
            RecordingRules(forced=True, consent=False, go_on_without=True, format="h264"),
        ),
        ({"recording.forced": "yes", "recording.format": 7}, Grant(True, CONSENT_REQUIRED), RecordingRules()),
        ({OWN_FOLDER: "/mine"}, None, RecordingRules(location="/mine")),
        (
            {OWN_FOLDER: "/mine", "recording.folder": "/shared", "recording.deferred": True, "recording.keep_days": 30},
            None,
            RecordingRules(location="/shared", deferred=True, keep_days=30),
        ),
        ({"recording.place": "network", "recording.folder": r"\\a\b"}, None, RecordingRules(location=r"\\a\b")),
        ({"recording.deferred": True, USER: "left", PASSWORD: "over"}, None, RecordingRules()),
        (
            {
                "recording.place": "https",
                URL: "https://files.example/",
                "recording.folder": "/old",
                USER: "me",
                PASSWORD: "x",
            },
            None,
            RecordingRules(location="https://files.example/", user="me", password="x", deferred=True),
        ),
    ],
)
def test_rules_follow_from_settings_and_permission(
    values: dict[str, object], record: Grant | None, rules: RecordingRules
) -> None:
    assert rules_of(values, record) == rules


@pytest.mark.req("REC-31", "REC-32")
def test_a_group_chooses_among_all_that_consoles_can_record() -> None:
    choice = CATALOGUE.setting(FORMAT).kind
    assert isinstance(choice, Choice)
    assert sorted(option.value for option in choice.options) == sorted([*FormatName, JOURNAL_ONLY])


@pytest.mark.req("REC-01", "REC-08", "REC-34")
async def test_a_group_chooses_and_its_technicians_record_so(place: Place) -> None:
    desk, other = await place.group("Desk"), await place.group("Other")
    bob = await place.person("bob", desk, standard=True)
    carol = await place.person("carol", other, standard=True)
    vault = Vault(bytes(32), hashed)
    settings = AppliedSettings(place.transactions, vault.protect)
    hub = Hub()
    presence = Presence(hub.has_applet, hub.has_console)
    sessions = Sessions(place.store, presence, lambda *_told: None, always({}), session_history())
    values = recording_values(place.permissions, settings, vault)
    permits = Permits(place.permissions, sessions, hub, Ed25519PrivateKey.generate(), values)
    assert (await permits.rights(bob.id)).recording == RecordingRules(format="h264")
    chosen = {FORCED: True, WITHOUT: True, FORMAT: "h264"}
    await settings.save(place.owner, Change(Holder(HolderKind.GROUP, desk.id), chosen), NOW)
    await place.permissions.set(place.owner, desk, 1, {"record": PermissionChange(enabled=False)}, NOW)
    forced = RecordingRules(forced=True, consent=True, go_on_without=True, format="h264")
    assert (await permits.rights(bob.id)).recording == forced
    assert {"record", "record_consent"} <= set(await permits.functions(bob.id))
    assert (await permits.rights(carol.id)).recording == RecordingRules(format="h264")
    await place.permissions.set(place.owner, other, 1, {"record": PermissionChange(enabled=True, option=None)}, NOW)
    assert (await permits.rights(carol.id)).recording == RecordingRules(format="h264", consent=False)
    assert "record_consent" not in await permits.functions(carol.id)


@pytest.mark.req("REC-17", "REC-19")
async def test_a_password_goes_with_the_address_it_was_entered_for_and_is_shown_nowhere(place: Place) -> None:
    desk = await place.group("Desk")
    night = await place.group("Night", desk)
    bob, carol = await place.person("bob", desk, standard=True), await place.person("carol", night, standard=True)
    vault = Vault(bytes(32), hashed)
    settings = AppliedSettings(place.transactions, vault.protect)
    values = recording_values(place.permissions, settings, vault)

    async def save(unit: Holder, **chosen: object) -> None:
        change = {f"recording.{key}": value for key, value in chosen.items()}
        await settings.save(place.owner, Change(unit, change, confirmed=True), NOW)

    above, below = Holder(HolderKind.GROUP, desk.id), Holder(HolderKind.GROUP, night.id)
    await save(above, place="https", url="https://files.example/", user="me", password="Tulips 7")
    for person in (bob, carol):
        rules = rules_of((await values([person.id]))[person.id], None)
        assert (rules.user, rules.password, rules.deferred) == ("me", "Tulips 7", True)
        assert "Tulips" not in repr(rules)
        assert "Tulips" not in str([rules])
    assert "t0ken" not in repr(RecordingRules(location="https://files.example/in?key=t0ken"))
    assert "t0ken" not in RecordingRules(location="https://files.example/in?key=t0ken").without_access().location
    assert rules.without_access() == RecordingRules(format="h264", location="https://files.example/", deferred=True)
    await save(below, url="https://elsewhere.example/")
    rules = rules_of((await values([carol.id]))[carol.id], None)
    assert (rules.location, rules.user, rules.password) == ("https://elsewhere.example/", "", "")
    await save(below, password="of its own")
    assert rules_of((await values([carol.id]))[carol.id], None).password == "of its own"
    await save(above, url="https://files.example:8443/")
    assert rules_of((await values([bob.id]))[bob.id], None).password == ""
    await save(above, url="https://files.example/other")
    assert rules_of((await values([bob.id]))[bob.id], None).password == "Tulips 7"  # another folder is the same server
    other = recording_values(place.permissions, settings, Vault(bytes([1] * 32), hashed))
    assert (
        rules_of((await other([bob.id]))[bob.id], None).password == ""
    )  # sealed with another key: the technician is asked


async def hashed(secret: str) -> str:
    return f"hash of {len(secret)}"
