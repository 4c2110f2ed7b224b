"""Where the relay writes, again and again, that it can write."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class HeartbeatRow(Base):
    """The only row counts the beats."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    beat: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
