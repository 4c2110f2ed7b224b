"""A stored password is for the address that it was entered for, whoever changes that, and wherever."""

import pytest

from codec.stores.locations import Place
from relay.settings.areas.console import RECORDING
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, Editor, plan
from relay.settings.credential_binding import CredentialBinding, credential_bindings
from relay.settings.declare import Json, Scope
from relay.settings.holders import Holder, Tree
from relay.settings.inheritance import Effective
from relay.settings.validation import RESET, SettingsRefusedError
from tests.relay.settings.conftest import EUROPE, NETHERLANDS, UTRECHT
from tests.relay.settings.test_changes import after

MASTER = Editor(1, is_master=True)
BOND = credential_bindings(CATALOGUE)["recording.password"]
Rows = dict[Holder, dict[str, Json]]
ENTERED = {
    "recording.place": "sftp",
    "recording.url": "sftp://files.example/in",
    "recording.user": "anna",
    "recording.password": {"sealed": "hunter2"},
}


def saved(tree: Tree, rows: Rows, unit: Holder, values: dict[str, Json], scope: Scope = Scope.UNIT) -> Rows:
    return after(rows, plan(CATALOGUE, tree, rows, MASTER, Change(unit, values, scope, confirmed=True)))


def goes(tree: Tree, rows: Rows, unit: Holder) -> bool:
    """Whether the stored password may be sent to the address that holds for the unit."""
    return BOND.holds(Effective(CATALOGUE, tree, rows, unit))


def test_every_address_that_has_a_password_binds_it() -> None:
    assert set(credential_bindings(CATALOGUE)) == {"recording.password", "export.password"}
    assert CredentialBinding("recording.url", "recording.user", "recording.password") == BOND


@pytest.mark.req("REC-19")
def test_a_password_goes_to_the_address_that_it_was_entered_with_also_below(tree: Tree) -> None:
    rows = saved(tree, {}, EUROPE, ENTERED)
    assert goes(tree, rows, EUROPE)
    assert goes(tree, rows, UTRECHT)
    other_folder = saved(tree, rows, EUROPE, {"recording.url": "sftp://Files.example:22/other"})
    assert goes(tree, other_folder, EUROPE), "the same server, port and user"


@pytest.mark.req("REC-19")
@pytest.mark.parametrize("unit", [EUROPE, UTRECHT])
@pytest.mark.parametrize(
    "change",
    [
        {"recording.url": "sftp://evil.example/in"},
        {"recording.url": "sftp://files.example:2222/in"},
        {"recording.url": "ftp://files.example/in", "recording.place": "ftp"},
        {"recording.user": "bert"},
        {"recording.url": "", "recording.place": "local"},
    ],
)
def test_a_new_server_port_scheme_or_user_does_not_get_it(tree: Tree, unit: Holder, change: dict[str, Json]) -> None:
    rows = saved(tree, {}, EUROPE, ENTERED)
    assert not goes(tree, saved(tree, rows, unit, change), unit)
    assert goes(tree, saved(tree, rows, unit, change), NETHERLANDS) is (unit is UTRECHT)


def test_a_password_of_a_subgroup_does_not_follow_an_address_that_changes_above(tree: Tree) -> None:
    rows = saved(tree, {}, EUROPE, {**ENTERED, "recording.password": RESET})
    rows = saved(tree, rows, UTRECHT, {"recording.password": {"sealed": "own"}})
    assert goes(tree, rows, UTRECHT)
    rows = saved(tree, rows, EUROPE, {"recording.url": "sftp://evil.example/in"})
    assert not goes(tree, rows, UTRECHT)


def test_the_order_of_what_is_entered_does_not_matter(tree: Tree) -> None:
    rows = saved(tree, {}, EUROPE, dict(reversed(ENTERED.items())))
    assert goes(tree, rows, EUROPE)


def test_a_save_for_all_subgroups_takes_the_password_along(tree: Tree) -> None:
    rows = saved(tree, {UTRECHT: {"recording.url": "sftp://other.example/"}}, EUROPE, ENTERED, Scope.SUBGROUPS)
    assert goes(tree, rows, UTRECHT)


def test_who_leaves_the_old_password_at_a_new_address_is_told(tree: Tree) -> None:
    rows = saved(tree, {}, EUROPE, ENTERED)
    change = Change(EUROPE, {"recording.url": "sftp://new.example/in"})
    with pytest.raises(SettingsRefusedError, match="a different address") as refused:
        plan(CATALOGUE, tree, rows, MASTER, change)
    assert refused.value.is_confirmable
    assert list(refused.value.fields) == ["recording.password"]
    again = {**change.values, "recording.password": {"sealed": "new"}}
    assert goes(tree, after(rows, plan(CATALOGUE, tree, rows, MASTER, Change(EUROPE, again))), EUROPE)


@pytest.mark.req("REC-13", "REC-16", "REC-21")
@pytest.mark.parametrize(
    ("place", "key", "value", "said"),
    [
        ("sftp", "recording.url", "sftp://files.example/../x", "“..”"),
        ("s3", "recording.url", "s3://files.example/", "bucket"),
        ("s3", "recording.url", "s3://files.example/b?acl=all", "region="),
        ("ftps", "recording.url", "ftps://files.example/a?b", "%3F"),
        ("ftps", "recording.url", "ftp://files.example/a", "Enter the address"),
        ("network", "recording.folder", "recordings", "Enter the network folder"),
    ],
)
def test_a_location_that_cannot_be_meant_is_refused_at_its_field(
    tree: Tree, place: str, key: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsRefusedError) as refused:
        plan(CATALOGUE, tree, {}, MASTER, Change(EUROPE, {"recording.place": place, key: value}, confirmed=True))
    assert said in refused.value.fields[key]


@pytest.mark.parametrize(
    ("place", "url", "asks"),
    [
        ("ftp", "ftp://a/b", True),
        ("http", "http://a/b", True),
        ("s3", "s3://a/b?http=1", True),
        ("s3", "s3://a/b?region=x", False),
        ("sftp", "sftp://a/b", False),
        ("ftps", "ftps://a/b", False),
    ],
)
def test_who_would_send_recordings_unencrypted_is_asked(tree: Tree, place: str, url: str, asks: bool) -> None:
    change = Change(EUROPE, {"recording.place": place, "recording.url": url})
    if asks:
        with pytest.raises(SettingsRefusedError, match="unencrypted") as refused:
            plan(CATALOGUE, tree, {}, MASTER, change)
        assert refused.value.is_confirmable
    else:
        plan(CATALOGUE, tree, {}, MASTER, change)


def test_every_place_that_the_console_knows_can_be_chosen() -> None:
    place = next(setting for setting in RECORDING.settings if setting.key == "recording.place")
    assert {each.value for each in place.kind.options} == {each.value for each in Place}  # type: ignore[attr-defined]
