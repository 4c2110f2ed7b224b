"""The table of mails that wait to be sent."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class MailRow(Base):
    """A mail that waits. `facts` are sealed: a link in them would let its finder in.

    A mail that is `tracked` stays for a while when it was sent or given up, without its facts. `problem` is why the
    last try failed. Mails with the same `combined` become one while it waits.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    facts: Mapped[str] = mapped_column(Text)
    combined: Mapped[str | None] = mapped_column(String(320), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    tracked: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(300), default="")
