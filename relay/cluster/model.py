"""Tables of the relays that share this database, and of the consoles that are connected to each."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class RelayRow(Base):
    """A relay from its start to its end. `renewed_at` is by the database's clock, which is the same for all.

    `address` is where the others reach it, `fingerprint` that of its keys, `clock_ahead_ms` how far its clock is ahead
    of the database's.
    """

    __tablename__ = "relay"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(255))
    version: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))
    clock_ahead_ms: Mapped[int]
    renewed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConnectedConsoleRow(Base):
    """A console, by its technician and its name together, and the relay that it is connected to, None for none.

    It is locked before sessions of that console are, so that none is missed where the console comes or goes meanwhile.
    """

    __tablename__ = "connected_console"

    person_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    relay_id: Mapped[int | None]
