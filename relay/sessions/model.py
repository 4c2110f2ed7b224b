"""Tables of the sessions and everything that happened to their states."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from codec.wire.pins import LONG_DIGITS
from relay.store.database import Base, UtcDateTime


class SessionRow(Base):
    """One support contact. `ticket` is the digest of what lets its applet come back. `means` are words with spaces."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"))
    method: Mapped[str] = mapped_column(String(8))
    pin: Mapped[str | None] = mapped_column(String(LONG_DIGITS))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[str] = mapped_column(String(16), server_default="")
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    console: Mapped[str | None] = mapped_column(String(64))
    computer: Mapped[str] = mapped_column(String(200))
    system: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), server_default="program")
    means: Mapped[str] = mapped_column(String(300), server_default="")
    ticket: Mapped[str | None] = mapped_column(String(64), unique=True)
    customer_ip: Mapped[str | None] = mapped_column(String(45))
    customer_language: Mapped[str | None] = mapped_column(String(16))


class SessionEventRow(Base):
    """One change of a session's state. Only ever added: reports are sums over these."""

    __tablename__ = "session_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    old: Mapped[str | None] = mapped_column(String(64))
    new: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(16))
