"""What is remembered of reads: never what is no longer so, whoever changed it; and what an identified call costs."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from relay.sign_in.operator_recovery import allow_everyone, reset_password
from relay.store.database import Store, open_store
from relay.store.read_cache import ReadCache
from tests.support.questions import counted
from tests.support.relays import EMAIL, RunningRelay, running_relay
from tests.support.waiting import eventually


class Versions:
    """A store that says what it is told to."""

    def __init__(self, version: int | None = 1) -> None:
        self.now = version

    def version(self) -> int | None:
        return self.now


class Source:
    """What is read, and how often it was."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.value = "first"

    async def read(self, key: str) -> str:
        self.reads.append(key)
        value = self.value
        await self.go_on.wait()
        if value == "broken":
            raise OSError(value)
        return value


async def test_what_has_not_changed_is_read_once_however_many_ask() -> None:
    source = Source()
    cache = ReadCache(Versions(), source.read)
    source.go_on.clear()
    asked = [asyncio.ensure_future(cache.get("a")) for _ in range(8)]
    await asyncio.sleep(0)
    source.go_on.set()
    assert await asyncio.gather(*asked) == ["first"] * 8
    assert await cache.get("a") == "first"
    assert source.reads == ["a"]


async def test_whoever_asks_after_a_change_hears_nothing_that_was_read_before_it() -> None:
    source, versions = Source(), Versions()
    cache = ReadCache(versions, source.read)
    source.go_on.clear()
    before = asyncio.ensure_future(cache.get("a"))
    await eventually(lambda: source.reads == ["a"])
    versions.now, source.value = 2, "second"
    after = asyncio.ensure_future(cache.get("a"))
    await eventually(lambda: source.reads == ["a", "a"])
    source.go_on.set()
    assert (await before, await after) == ("first", "second")
    assert await cache.get("a") == "second"
    assert source.reads == ["a", "a"]


async def test_where_changes_cannot_be_told_all_is_read_each_time() -> None:
    source, versions = Source(), Versions(None)
    cache = ReadCache(versions, source.read)
    await cache.get("a")
    versions.now = 1
    await cache.get("a")
    versions.now = None
    source.value = "second"
    assert await cache.get("a") == "second"
    assert len(source.reads) == 3


async def test_a_failure_is_no_answer_for_the_next() -> None:
    source = Source()
    cache = ReadCache(Versions(), source.read)
    source.value = "broken"
    with pytest.raises(OSError, match="broken"):
        await cache.get("a")
    source.value = "well"
    assert await cache.get("a") == "well"


async def test_who_gives_up_takes_nobodys_answer_away() -> None:
    source = Source()
    cache = ReadCache(Versions(), source.read)
    source.go_on.clear()
    gone, stays = (asyncio.ensure_future(cache.get("a")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    source.go_on.set()
    assert await stays == "first"
    await asyncio.wait({gone})
    assert gone.cancelled()


async def test_only_so_much_is_remembered() -> None:
    source = Source()
    cache = ReadCache(Versions(), source.read, entries=2)
    for key in ("a", "b", "c", "c", "b", "a"):
        await cache.get(key)
    assert source.reads == ["a", "b", "c", "a"]


async def test_a_database_tells_what_others_stored_and_only_that(tmp_path: Path) -> None:
    file = tmp_path / "relay.sqlite3"
    store = await open_store(f"sqlite+aiosqlite:///{file}")
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.executescript("CREATE TABLE apart (name TEXT); INSERT INTO apart VALUES ('a')")
            seen = [store.version()]
            other.execute("BEGIN IMMEDIATE")
            seen.append(store.version())
            other.execute("UPDATE apart SET name = 'b'")
            seen.append(store.version())
            assert len(set(seen)) == 1, "nothing is stored yet"
            other.execute("COMMIT")
            assert store.version() not in (seen[0], None)
    finally:
        await store.close()


# ── who calls ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture
async def on_file(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay with a database file, which others change behind its back."""
    async with running_relay(tmp_path) as relay:
        yield relay


async def test_a_caller_who_is_known_costs_no_question_and_many_at_once_one_set(on_file: RunningRelay) -> None:
    relay = on_file

    async def me() -> None:
        assert (await relay.call("GET", "/me"))[0] == 200

    await me()
    with counted() as statements:
        await me()
    assert [each for each in statements if "heartbeat" not in each] == []
    await relay.make_code()  # something is stored
    with counted() as statements:
        await asyncio.gather(*(me() for _ in range(16)))
    assert 0 < len([each for each in statements if "sign_in" in each]) <= 2  # (the sweep may store something meanwhile)


async def test_what_the_operator_ends_in_another_process_opens_nothing_from_that_moment(relay: RunningRelay) -> None:
    assert (await relay.call("GET", "/me"))[0] == 200
    other = await open_store(_url(relay))
    try:
        await reset_password(EMAIL, relay.url, other, datetime.now(UTC))
        assert (await relay.call("GET", "/me"))[0] == 401
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("UPDATE person SET status = 'disabled'", "UPDATE person SET status = 'enabled'"),
        ("UPDATE sign_in SET expires_at = '2020-01-01'", "UPDATE sign_in SET expires_at = '2090-01-01'"),
        ("UPDATE sign_in SET kind = 'half'", "UPDATE sign_in SET kind = 'token'"),
        ("DELETE FROM licence", ""),
        ("DELETE FROM sign_in", ""),
    ],
)
async def test_a_sign_in_is_as_good_as_the_database_says_at_each_call(
    on_file: RunningRelay, change: str, back: str
) -> None:
    relay = on_file
    with closing(sqlite3.connect(relay.settings.data / "relay.sqlite3", isolation_level=None)) as other:
        assert (await relay.call("GET", "/me"))[0] == 200
        other.executescript(change)
        assert (await relay.call("GET", "/me"))[0] == 401
        if back:
            other.executescript(back)
            assert (await relay.call("GET", "/me"))[0] == 200


async def test_a_rule_of_addresses_holds_from_the_moment_at_which_it_is_stored(on_file: RunningRelay) -> None:
    relay = on_file
    assert (await relay.call("GET", "/me"))[0] == 200
    with closing(sqlite3.connect(relay.settings.data / "relay.sqlite3", isolation_level=None)) as other:
        other.execute(
            "INSERT INTO setting_value (unit_kind, unit_id, key, value, set_at)"
            " VALUES ('organisation', 0, 'addresses.access', '\"denied\"', '2026-01-01')"
        )
        assert (await relay.call("GET", "/me"))[0] == 403
    store: Store = await open_store(_url(relay))
    try:
        await allow_everyone(store, datetime.now(UTC))
    finally:
        await store.close()
    assert (await relay.call("GET", "/me"))[0] == 200


def _url(relay: RunningRelay) -> str:
    return relay.settings.database
