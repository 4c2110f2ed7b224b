"""Attempts to sign in are not remembered for ever, however many a stranger makes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from relay.credentials.model import SignInEventRow
from relay.sign_in.event_retention import EVERY, SignInEvents
from relay.store.database import Store, open_store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def tried(store: Store, result: str, at: datetime, times: int = 1) -> None:
    async with store.transaction() as transaction:
        for _ in range(times):
            transaction.add(
                SignInEventRow(
                    person_id=None, email="", component="relay", address="192.0.2.1", result=result, started_at=at
                )
            )


async def kept(store: Store) -> list[str]:
    async with store.transaction() as transaction:
        return list(await transaction.scalars(select(SignInEventRow.result).order_by(SignInEventRow.id)))


async def test_old_attempts_and_too_many_refused_ones_are_forgotten(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'relay.sqlite3'}")
    try:
        events = SignInEvents(store, timedelta(days=365), failed_kept=5)
        await tried(store, "succeeded", NOW - timedelta(days=366))
        await tried(store, "succeeded", NOW - timedelta(days=364))
        await tried(store, "failed", NOW, times=20)
        await events.expire(NOW)
        assert await kept(store) == ["succeeded"] + ["failed"] * 5
        await tried(store, "failed", NOW, times=20)
        await events.expire(NOW + EVERY / 2)
        assert len(await kept(store)) == 26, "not more often than it says"
        await events.expire(NOW + EVERY)
        assert await kept(store) == ["succeeded"] + ["failed"] * 5
    finally:
        await store.close()
