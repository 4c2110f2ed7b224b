"""Tables of people and their sign-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from relay.store.database import Base, UtcDateTime


class OrganisationRow(Base):
    """The organisation that runs this relay. There is one."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    registration_language: Mapped[str] = mapped_column(String(16), default="en")
    contact_details: Mapped[str] = mapped_column(Text, default="")
    billing_details: Mapped[str] = mapped_column(Text, default="")
    standard_licences: Mapped[int | None]
    mobile_licences: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    first_steps: Mapped[Any | None] = mapped_column(JSON, default=dict)
    """Which of the first steps are done or skipped, and whether the card that offers them was dismissed."""


class LogoRow(Base):
    """The organisation's logo. There is at most one; `digest` is in its address, so that browsers may keep it."""

    __tablename__ = "logo"

    id: Mapped[int] = mapped_column(primary_key=True)
    content_type: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRow(Base):
    """Someone who can sign in, once enabled and with an address and a password.

    `email` is kept as typed, `email_key` is what must be unique: None while there is no address, and for someone who
    was removed. `valid_since` is when name and address were first complete. A removed person lives on in reports.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(128))
    nickname: Mapped[str] = mapped_column(String(128), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(16), default="disabled")
    sso_id: Mapped[str | None] = mapped_column(String(254), unique=True)
    administrator_group_id: Mapped[int | None] = mapped_column(ForeignKey("administrator_group.id"), index=True)
    technician_group_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_level: Mapped[str | None] = mapped_column(String(16))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    credentials_version: Mapped[int] = mapped_column(default=0)
    """Grows whenever the way to sign in changes."""
    ui_language: Mapped[str | None] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LicenceRow(Base):
    """A person has a licence of this kind."""

    __tablename__ = "licence"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInRow(Base):
    """A page's cookie or a console's token, kept as a digest only. `proved_at`: password and code were last given."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    console: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(45))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[PersonRow] = relationship(lazy="joined")
