"""Relays join, renew, and are gone when they do not; what was connected to one that is gone is not any more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from codec.wire.api_types import SessionState
from relay.cluster.membership import CLOCK_SECONDS, LEASE, Membership, OtherKeysError, clock_ahead, join, there
from relay.cluster.model import RelayRow
from relay.cluster.own import Own
from relay.sessions.rules import state_by_presence
from relay.store.database import Store, open_store
from relay.tasks.sweep import Sweep
from tests.support.databases import Cluster

KEYS = "0" * 64
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def shared(cluster: Cluster) -> AsyncIterator[Store]:
    """A database that several relays can share."""
    store = await open_store(await asyncio.to_thread(cluster.new_database))
    yield store
    await store.close()


def own(number: int, keys: str = KEYS) -> Own:
    """Return what a relay tells of itself."""
    return Own(f"http://10.0.0.{number}:8080", "0.1.0", keys)


async def falls_silent(store: Store, relay: Membership) -> None:
    """Let a relay have renewed its lease for the last time too long ago."""
    async with store.transaction() as transaction:
        row = await transaction.get_one(RelayRow, relay.number)
        row.renewed_at -= LEASE + timedelta(seconds=1)


async def test_relays_know_one_another_until_one_leaves_or_falls_silent(shared: Store) -> None:
    first, second, third = [await join(shared, own(number)) for number in (1, 2, 3)]
    assert await first.renew() == {first.number, second.number, third.number}
    assert first.address_of(second.number) == "http://10.0.0.2:8080"
    await second.leave()
    assert await first.renew() == {first.number, third.number}
    assert first.address_of(second.number) is None
    await falls_silent(shared, third)
    assert await first.renew() == {first.number}
    assert [peer.number for peer in await there(shared)] == [first.number]
    assert (await join(shared, own(2))).number not in {first.number, second.number, third.number}


async def test_one_that_was_taken_to_be_gone_says_again_who_is_connected(shared: Store) -> None:
    first, second = await join(shared, own(1)), await join(shared, own(2))
    said: list[str] = []
    second.came_back = lambda: said.append("came back")
    await falls_silent(shared, second)
    await first.renew()
    assert await second.renew() == {first.number, second.number}
    await second.renew()
    assert said == ["came back"]
    assert await first.renew() == {first.number, second.number}


async def test_a_relay_with_other_keys_does_not_join_while_another_one_runs(shared: Store) -> None:
    first = await join(shared, own(1))
    with pytest.raises(OtherKeysError, match=r"10\.0\.0\.1:8080 .* other keys.* Copy the files key and permit-key"):
        await join(shared, own(2, "1" * 64))
    assert [peer.number for peer in await there(shared)] == [first.number]
    await first.leave()
    await join(shared, own(2, "1" * 64))


async def test_a_clock_is_compared_with_the_databases(shared: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    relay = await join(shared, own(1))
    await relay.renew()
    assert relay.is_clock_right
    assert abs(await clock_ahead(shared)) < CLOCK_SECONDS

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(hours=1)

    monkeypatch.setattr("relay.cluster.membership.datetime", Ahead)
    await relay.renew()
    assert not relay.is_clock_right
    (peer,) = await there(shared)
    assert 3_590 < peer.clock_ahead_seconds < 3_610


async def test_while_the_clock_is_wrong_no_time_passes(caplog: pytest.LogCaptureFixture) -> None:
    done: list[datetime] = []
    right = [False]

    async def step(now: datetime) -> None:
        done.append(now)

    sweep = Sweep([step], [], lambda: NOW, lambda: 0.0, lambda: right[0])
    await sweep.once()
    assert done == []
    assert "turn on time synchronisation" in caplog.text
    right[0] = True
    await sweep.once()
    assert done == [NOW]


async def test_where_no_deadline_is_moved_nothing_ends_in_the_round_that_sees_the_clock_set() -> None:
    done: list[datetime] = []
    now = [NOW]

    async def step(moment: datetime) -> None:
        done.append(moment)

    sweep = Sweep([step], [], lambda: now[0], lambda: 0.0)
    now[0] = NOW + timedelta(hours=1)
    await sweep.once()
    assert done == []
    await sweep.once()
    assert done == [now[0]]


def test_no_state_is_final_by_the_loss_of_a_relay() -> None:
    """What a session can become by presence alone."""
    for state in SessionState:
        if not state.is_final:
            for customer in (False, True):
                for technician in (False, True):
                    assert not state_by_presence(state, customer, technician).is_final
