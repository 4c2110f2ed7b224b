"""Tables of what guards the accounts: policies, address rules, the second step, notifications, keys of programs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relay.store import Base, UtcDateTime


class GlobalSettingsRow(Base):
    """What holds for everybody. There is one row, number 1."""

    __tablename__ = "global_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    store_customer_ip: Mapped[bool] = mapped_column(default=True)
    password_min_level: Mapped[str] = mapped_column(String(16), default="good")
    password_max_age_days: Mapped[int] = mapped_column(default=0)
    password_warn_days: Mapped[int] = mapped_column(default=0)
    force_change_after_admin_reset: Mapped[bool] = mapped_column(default=True)
    two_step_required_admins: Mapped[bool] = mapped_column(default=False)
    two_step_required_technicians: Mapped[bool] = mapped_column(default=False)
    hierarchy_view: Mapped[str] = mapped_column(String(16), default="compact")
    ip_default_access: Mapped[str] = mapped_column(String(16), default="granted")


class IpExceptionRow(Base):
    """An address range that is treated the other way round, for everybody or for one technician group's consoles."""

    __tablename__ = "ip_exception"
    __table_args__ = (CheckConstraint("(scope = 'global') = (technician_group_id IS NULL)", name="group_where_needed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    technician_group_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)
    network: Mapped[str] = mapped_column(String(45))
    prefix: Mapped[int]
    family: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class NotificationSubscriptionRow(Base):
    """A master administrator wants a mail about this kind of event."""

    __tablename__ = "notification_subscription"
    __table_args__ = (UniqueConstraint("person_id", "event"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TwoStepEnrolmentRow(Base):
    """A person's authenticator (RFC 6238). `secret` is encrypted; `last_counter` lets no code work twice."""

    __tablename__ = "two_step_enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_counter: Mapped[int | None]
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


class ApiKeyRow(Base):
    """What lets another program use the API. Only the key's digest is kept."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[Any] = mapped_column(JSON)
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
