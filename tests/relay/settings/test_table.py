"""What was chosen is read and written in one place, which keeps holders, keys and locks apart. On both databases."""

from pathlib import Path

from relay.settings.holders import Holder, HolderKind
from relay.settings.table import add_value, own_values, remove_value, remove_values, rows_of, value_of, values_of
from relay.store.database import Store
from tests.relay.organization.organisations import NOW

ROOT = Path(__file__).parents[3]
ORGANISATION, GROUP = Holder(HolderKind.ORGANISATION, 0), Holder(HolderKind.GROUP, 1)
TECHNICIAN, PERSON = Holder(HolderKind.TECHNICIAN, 1), Holder(HolderKind.PERSON, 1)


def test_nothing_else_knows_the_table() -> None:
    """A statement of its own elsewhere would miss what the next column means."""
    knowing = {
        str(each.relative_to(ROOT)) for each in (ROOT / "relay").rglob("*.py") if "SettingValueRow" in each.read_text()
    }
    assert knowing == {f"relay/settings/{name}.py" for name in ("model", "sql", "table")}


async def test_holders_of_one_number_are_told_apart(store: Store) -> None:
    """A technician, the person that they are, and a group may all be number 1."""
    async with store.transaction() as transaction:
        for holder, value in ((GROUP, "group"), (TECHNICIAN, "technician"), (PERSON, "person")):
            add_value(transaction, holder, "a.key", value, None, NOW)
    async with store.reading() as transaction:
        assert await value_of(transaction, TECHNICIAN, "a.key") == "technician"
        assert await value_of(transaction, ORGANISATION, "a.key") is None
        assert await values_of(transaction, [GROUP, PERSON], ["a.key"]) == {
            GROUP: {"a.key": "group"},
            PERSON: {"a.key": "person"},
        }
        assert [row.value for row in await rows_of(transaction, [PERSON])] == ["person"]
        assert list(await transaction.execute(own_values("a.key"))) == [(1, "person")]


async def test_a_lock_is_read_with_its_value(store: Store) -> None:
    """And what was not asked for is not."""
    async with store.transaction() as transaction:
        for key in ("a.key", "lock:a.key", "another.key"):
            add_value(transaction, GROUP, key, True, None, NOW)
    async with store.reading() as transaction:
        assert await values_of(transaction, [GROUP], ["a.key"]) == {GROUP: {"a.key": True, "lock:a.key": True}}


async def test_what_is_removed_is_what_was_named(store: Store) -> None:
    """A beginning is taken as it is: `_` stands for itself."""
    async with store.transaction() as transaction:
        for key in ("a_b.one", "a_b.two", "axb.three"):
            add_value(transaction, ORGANISATION, key, 1, None, NOW)
        add_value(transaction, GROUP, "a_b.one", 2, None, NOW)
    async with store.transaction() as transaction:
        assert sorted(await remove_values(transaction, ORGANISATION, "a_b.")) == ["a_b.one", "a_b.two"]
        await remove_value(transaction, ORGANISATION, "axb.three")
    async with store.reading() as transaction:
        assert await rows_of(transaction, [ORGANISATION]) == []
        assert await value_of(transaction, GROUP, "a_b.one") == 2
