"""Tables of what guards the accounts: the second step, links to choose a password, keys of programs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class TwoStepEnrolmentRow(Base):
    """A person's authenticator (RFC 6238). `secret` is sealed; `last_counter` lets no code work twice;
    `wanted` by the person, where the organisation does not demand it. Until it is confirmed, `proposed_to` is the
    sign-in that gave the password for it; None where each call gives it."""

    __tablename__ = "two_step_enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_to: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_counter: Mapped[int | None]
    wanted: Mapped[bool] = mapped_column(default=False)
    reset_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reset_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RecoveryCodeRow(Base):
    """A code that stands in for a lost authenticator once. Only its digest is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordLinkRow(Base):
    """A link that lets a person choose a password, once. Only the digest of its secret is kept.

    `kind` is what it is for: an invitation, or a forgotten password. `letter_id` is the mail that carries it; None
    where an administrator copied the link instead.
    """

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(16), default="invitation")
    made_by: Mapped[int | None]
    letter_id: Mapped[int | None]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiKeyRow(Base):
    """What lets another program use the API. Only the key's digest is kept. No `networks`: from everywhere."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[Any] = mapped_column(JSON)
    networks: Mapped[Any] = mapped_column(JSON, default=list)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_from: Mapped[str | None] = mapped_column(String(45))


class SignInEventRow(Base):
    """One attempt to sign in. Only ever added, but for its end; `email` is kept where nobody has that address."""

    __tablename__ = "sign_in_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    component: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(45))
    result: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
