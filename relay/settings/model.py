"""Table of what was chosen. Its statements are in `relay.settings.table`, all of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class SettingValueRow(Base):
    """One setting of one unit, where it differs from what its declaration says."""

    __tablename__ = "setting_value"
    __table_args__ = (UniqueConstraint("unit_kind", "unit_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(32))
    unit_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(128))
    value: Mapped[Any] = mapped_column(JSON)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
