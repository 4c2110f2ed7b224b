"""How long attempts to sign in are remembered: strangers make as many as they like."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from relay.credentials.model import SignInEventRow
from relay.store.database import Store

FAILED_KEPT = 100_000
"""Refused attempts among so many of the newest of all are kept, about 20 MB."""
EVERY = timedelta(hours=1)


class SignInEvents:
    """Forgets attempts to sign in that are older than `lasts`, and refused ones beyond FAILED_KEPT."""

    def __init__(self, store: Store, lasts: timedelta, failed_kept: int = FAILED_KEPT) -> None:
        self._store = store
        self._lasts = lasts
        self._failed_kept = failed_kept
        self._next: datetime | None = None

    async def expire(self, now: datetime) -> None:
        """Forget what is due, once an hour at most."""
        if self._next is not None and now < self._next:
            return
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(SignInEventRow).where(SignInEventRow.started_at <= now - self._lasts))
            newest = await transaction.scalar(select(func.max(SignInEventRow.id))) or 0
            failed = SignInEventRow.result == "failed"
            await transaction.execute(
                delete(SignInEventRow).where(failed, SignInEventRow.id <= newest - self._failed_kept)
            )
        self._next = now + EVERY
