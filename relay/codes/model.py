"""Table of the PINs and links that technicians make."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from codec.wire.pins import LONG_DIGITS
from codec.wire.session_types import SessionType
from relay.store.database import Base, UtcDateTime


class CodeRow(Base):
    """A PIN or link. A PIN is unique only among those that live, so uniqueness is a rule and not a constraint."""

    __tablename__ = "code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    method: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[str] = mapped_column(String(200))
    custom_fields: Mapped[Any] = mapped_column(JSON, default=list, server_default="[]")
    pin: Mapped[str | None] = mapped_column(String(LONG_DIGITS), index=True)
    routing: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    misses: Mapped[int]
    session_id: Mapped[int | None]
    has_secret: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_to: Mapped[str] = mapped_column(String(254), server_default="")
    """Where the relay sends the link; forgotten when the code has ended."""
    delivery: Mapped[str | None] = mapped_column(String(8))
    delivery_problem: Mapped[str] = mapped_column(String(16), server_default="")
    delivery_number: Mapped[int] = mapped_column(server_default="0")
    session_type: Mapped[str] = mapped_column(String(16), server_default=SessionType.STANDARD.value)
