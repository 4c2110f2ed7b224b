"""Reading and saving by way of a store: one transaction, secrets protected first, nobody shut out unawares."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, ConflictError, Editor, Write, mark
from relay.settings.declare import Json, Setting, Tab
from relay.settings.forms import Field
from relay.settings.holders import Tree
from relay.settings.inheritance import LOCK, Origin
from relay.settings.network_rules import allows
from relay.settings.service import Batch, SettingsService, SettingsStore
from relay.settings.validation import RESET, SettingsRefusedError
from relay.store.database import open_store
from relay.texts import _
from tests.relay.settings.conftest import EUROPE, LAPTOPS, ORGANISATION, PHONES, PRINTERS, UTRECHT
from tests.relay.settings.memory import MemoryStore
from tests.relay.settings.tables import sql_store
from tests.support.databases import Cluster, new_sqlite

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MASTER = Editor(1, is_master=True)
WAITING = "timeouts.waiting"


async def protect(setting: Setting, secret: str) -> Json:
    return {"hashed" if getattr(setting.kind, "hashed", False) else "sealed": secret[::-1]}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept_at(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where each implementation of Store keeps its values."""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        return cluster.new_database()
    return "" if request.param == "memory" else new_sqlite(tmp_path / "test.sqlite3")


@pytest_asyncio.fixture
async def kept(kept_at: str) -> AsyncIterator[SettingsStore]:
    """Every implementation of Store, each with what its own rows need."""
    if not kept_at:
        yield MemoryStore()
        return
    database = await open_store(kept_at)
    yield await sql_store(database)
    await database.close()


@pytest.fixture
def settings(store: MemoryStore) -> SettingsService:
    return SettingsService(CATALOGUE, store, protect)


async def test_a_store_writes_all_or_nothing_and_notices_who_was_faster(kept: SettingsStore) -> None:
    store = kept
    first = Write(EUROPE, WAITING, RESET, 10, 30, 10)
    await store.write(Batch((first, Write(UTRECHT, WAITING, RESET, None, 30, None)), (), 1, NOW))
    assert await store.values([EUROPE, UTRECHT, PHONES]) == {EUROPE: {WAITING: 10}, UTRECHT: {WAITING: None}}
    with pytest.raises(ConflictError):
        await store.write(Batch((Write(UTRECHT, WAITING, None, 5, None, 5), first), (), 1, NOW))
    assert (await store.values([UTRECHT]))[UTRECHT] == {WAITING: None}
    await store.write(Batch((Write(EUROPE, WAITING, 10, RESET, 10, 30),), (), 1, NOW))
    assert not (await store.values([EUROPE])).get(EUROPE)


async def test_a_save_is_one_batch_with_what_the_audit_records(
    settings: SettingsService, store: MemoryStore, tree: Tree
) -> None:
    await settings.save(tree, MASTER, Change(EUROPE, {WAITING: 10}), {}, NOW)
    (batch,) = store.batches
    assert (batch.by, batch.at) == (1, NOW)
    assert [(each.section, each.old_value, each.new_value) for each in batch.differences] == [
        ("Time-outs", "30 minutes", "10 minutes")
    ]
    assert (await settings.held(tree, UTRECHT, WAITING)).source is Origin.INHERITED
    await settings.save(tree, MASTER, Change(EUROPE, {WAITING: 10}), {}, NOW)
    assert len(store.batches) == 1, "nothing changed, nothing is written"


@pytest.mark.req("POST-08", "SSO-19", "REC-19")
async def test_a_secret_is_protected_before_anything_else_sees_it(
    settings: SettingsService, store: MemoryStore, tree: Tree
) -> None:
    entered = {"export.page": "https://me:hunter2-secret@files.example/"}
    await settings.save(tree, MASTER, Change(EUROPE, entered), {}, NOW)
    await settings.save(tree, MASTER, Change(ORGANISATION, {"sso.password": "hunter2-secret"}), {}, NOW)
    assert store.rows[EUROPE]["export.password"]["sealed"] == "terces-2retnuh"
    assert store.rows[ORGANISATION]["sso.password"] == {"hashed": "terces-2retnuh"}
    assert "hunter2-secret" not in repr(store.batches)
    await settings.save(tree, MASTER, Change(EUROPE, {"export.password": ""}), {}, NOW)
    assert store.rows[EUROPE]["export.password"] is None


@pytest.mark.req("SESS-75")
async def test_rules_across_channels_see_the_other_channels(settings: SettingsService, tree: Tree) -> None:
    known = {"channel": {1: "Printers", 2: "Phones", 3: "Laptops"}}
    for unit, to in ((PRINTERS, PHONES), (PHONES, LAPTOPS)):
        values = {"auto_transfer.on": True, "auto_transfer.to": [to.id]}
        await settings.save(tree, MASTER, Change(unit, values), known, NOW)
    with pytest.raises(SettingsRefusedError, match="circle"):
        values = {"auto_transfer.on": True, "auto_transfer.to": [PRINTERS.id]}
        await settings.save(tree, MASTER, Change(LAPTOPS, values), known, NOW)


async def test_a_refused_save_keeps_what_was_entered_and_says_why_beside_it(
    settings: SettingsService, store: MemoryStore, tree: Tree
) -> None:
    entered = {"terms.on": True, "terms.scroll": True}
    with pytest.raises(SettingsRefusedError) as caught:
        await settings.save(tree, MASTER, Change(EUROPE, entered), {}, NOW)
    assert store.rows == {}
    found = await settings.form(tree, MASTER, EUROPE, Tab.SETTINGS, _, caught.value, entered)
    fields: dict[str, Field] = {field.input.name: field for section in found.sections for field in section.fields}
    assert fields["terms.text"].problem == "Enter the terms, or turn them off."
    assert fields["terms.text"].disabled == ""
    assert fields["terms.scroll"].value is True
    assert fields["terms.scroll"].mark == mark(RESET), "the mark stays that of the store"
    assert fields["terms.scroll"].chip.title == "Changed, not saved"


async def test_a_form_that_is_older_than_the_store_saves_nothing(
    settings: SettingsService, store: MemoryStore, tree: Tree
) -> None:
    await settings.save(tree, MASTER, Change(EUROPE, {WAITING: 10}), {}, NOW)
    with pytest.raises(ConflictError, match="Nothing is lost"):
        await settings.save(tree, MASTER, Change(EUROPE, {WAITING: 5}, seen={WAITING: mark(RESET)}), {}, NOW)
    assert store.rows[EUROPE] == {WAITING: 10}


async def test_a_lock_is_a_row_and_an_audit_line(settings: SettingsService, store: MemoryStore, tree: Tree) -> None:
    await settings.lock(MASTER, EUROPE, WAITING, NOW, locked=True)
    assert store.rows[EUROPE] == {LOCK + WAITING: True}
    assert store.batches[0].differences[0].new_action == "locked"
    assert (await settings.held(tree, UTRECHT, WAITING)).locked_by == EUROPE
    await settings.lock(MASTER, EUROPE, WAITING, NOW, locked=False)
    assert store.rows[EUROPE] == {}


@pytest.mark.req("SEC-58")
async def test_whoever_would_shut_himself_out_is_asked_first(
    settings: SettingsService, store: MemoryStore, tree: Tree
) -> None:
    values = {"addresses.access": "denied", "addresses.exceptions": ["10.1.2.0/24"]}
    with pytest.raises(SettingsRefusedError, match="your own network address") as caught:
        await settings.save(tree, MASTER, Change(ORGANISATION, values), {}, NOW, "10.1.3.1")
    assert caught.value.problems == ()
    assert store.rows == {}
    await settings.save(tree, MASTER, Change(ORGANISATION, values), {}, NOW, "10.1.2.77")
    await settings.save(tree, MASTER, Change(ORGANISATION, values, confirmed=True), {}, NOW, "10.1.3.1")


@pytest.mark.req("SEC-55", "SEC-56")
@pytest.mark.parametrize(
    ("access", "exceptions", "address", "may"),
    [
        ("granted", [], "10.1.2.77", True),
        ("granted", ["10.1.2.0/24"], "10.1.2.77", False),
        ("granted", ["10.1.2.0/24"], "10.1.3.1", True),
        ("denied", ["10.1.2.0/24"], "10.1.2.77", True),
        ("denied", ["10.1.2.0/24"], "10.1.3.1", False),
        ("denied", ["10.1.2.0/24"], "::ffff:10.1.2.77", True),
        ("denied", ["2001:db8::/32"], "2001:db8::1", True),
        ("denied", [], "10.1.2.77", False),
        ("granted", [], "unknown", False),
    ],
)
def test_an_address_comes_in_by_the_default_unless_it_is_an_exception(
    access: str, exceptions: list[str], address: str, may: bool
) -> None:
    assert allows(access, exceptions, address) is may
