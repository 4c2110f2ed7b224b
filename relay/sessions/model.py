"""Tables of the sessions, and of each technician's part in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from codec.wire.api_types import MAX_COMMENT, MAX_NOTES
from codec.wire.pins import LONG_DIGITS
from codec.wire.session_types import SessionType
from relay.store.database import Base, UtcDateTime


class SessionRow(Base):
    """One support contact. `ticket` is the digest of what lets its applet come back. `means` are words with spaces.
    `custom_fields` are values of the custom fields, in order, without empty ones at the end. `entered` are name and
    values as they were at the beginning, once someone has edited them.

    `person_id` is the technician who has it. One that came through a channel has none until it is picked up, and never
    had a code. `technician` is their name as it was when they picked it up.

    `since` is when it came into its state, moved where the clock was set. `since_boot` and `since_uptime_ms` are the
    same moment, which no one can set (relay/events/moment.py): the times that a session has taken are counted from it.
    `notes` are the technicians' own: no customer sees them.
    `leg_id` is the part of the technician who has it, `group_id` the group that they were in when it began, and
    `transfer_id` the latest hand-over. `has_secret`: the customer demands one, which the relay does not know.

    Where several relays share the store, `applet_relay` and `console_relay` are the numbers of those to which its
    applet, and the console that has it, are connected. `applet_key` is what that applet signs recordings with.
    """

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(String(16), server_default="private")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    technician: Mapped[str] = mapped_column(String(128), server_default="")
    code_id: Mapped[int | None] = mapped_column(ForeignKey("code.id"))
    channel_id: Mapped[int | None] = mapped_column(index=True)
    channel_name: Mapped[str] = mapped_column(String(128), server_default="")
    method: Mapped[str] = mapped_column(String(8))
    pin: Mapped[str | None] = mapped_column(String(LONG_DIGITS))
    name: Mapped[str] = mapped_column(String(200))
    custom_fields: Mapped[Any] = mapped_column(JSON, default=list, server_default="[]")
    entered: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    state: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    since_boot: Mapped[str] = mapped_column(String(36), server_default="")
    since_uptime_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    connecting_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    waiting_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    active_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    transfer_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    reconnect_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    leg_id: Mapped[int | None]
    group_id: Mapped[int | None]
    has_secret: Mapped[bool] = mapped_column(default=False, server_default=false())
    transfer_id: Mapped[int | None]
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[str] = mapped_column(String(16), server_default="")
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    console: Mapped[str | None] = mapped_column(String(64))
    computer: Mapped[str] = mapped_column(String(200))
    system: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), server_default="program")
    means: Mapped[str] = mapped_column(String(300), server_default="")
    session_type: Mapped[str] = mapped_column(String(16), server_default=SessionType.STANDARD.value)
    ticket: Mapped[str | None] = mapped_column(String(64), unique=True)
    customer_ip: Mapped[str | None] = mapped_column(String(45))
    transfer: Mapped["TransferRow | None"] = relationship(
        lazy="selectin", viewonly=True, primaryjoin=lambda: foreign(SessionRow.transfer_id) == TransferRow.id
    )
    customer_language: Mapped[str | None] = mapped_column(String(16))
    notes: Mapped[str] = mapped_column(String(MAX_NOTES), default="", server_default="")
    applet_relay: Mapped[int | None]
    console_relay: Mapped[int | None]
    applet_key: Mapped[bytes | None]


class LegRow(Base):
    """A technician's part in a session, with their name and group as they were when it began (SESS-04)."""

    __tablename__ = "leg"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(128))
    email: Mapped[str] = mapped_column(String(254))
    group_id: Mapped[int | None]
    group_name: Mapped[str] = mapped_column(String(256))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_as: Mapped[str | None] = mapped_column(String(64))


class TransferRow(Base):
    """A hand-over of a session, with the names of who did it and whom it was for, as they were then.

    `by_kind` is what they did it as. `former_id` is the technician who had it, if one did. `outcome` is empty while it
    is under way. Where the rule of a channel did it, `by_person_id` is 0, and it waited in `from_channel_id`.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    by_person_id: Mapped[int]
    from_channel_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(128))
    by_kind: Mapped[str] = mapped_column(String(16), default="technician", server_default="technician")
    former_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int]
    target_name: Mapped[str] = mapped_column(String(256))
    comment: Mapped[str] = mapped_column(String(MAX_COMMENT))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(32), server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(128), server_default="")


class ChatLineRow(Base):
    """A line of the chat log of a technician's part in a session. `log` is the console's own number of that log.

    `content` is sealed: what is said in it cannot be read by those who only have the database.
    """

    __tablename__ = "chat_line"
    __table_args__ = (UniqueConstraint("leg_id", "log", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id", ondelete="CASCADE"))
    log: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(16))
    event: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
