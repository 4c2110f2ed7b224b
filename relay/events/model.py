"""The table of events."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class EventRow(Base):
    """One thing that happened. Only ever added: what is reported are sums over these.

    The session it happened in may be gone: an event stays. There is one organisation, so that none is named.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_type_at", "type", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    boot: Mapped[str] = mapped_column(String(36))
    uptime_ms: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(32))
    actor_kind: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_email: Mapped[str] = mapped_column(String(254))
    session_id: Mapped[int | None] = mapped_column(index=True)
    facts: Mapped[Any] = mapped_column(JSON)
