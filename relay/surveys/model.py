"""Tables of surveys: what was asked, and what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class SurveyRow(Base):
    """A survey as it was shown: its questions and whose it is. It never changes, so answers keep their meaning.

    `digest` is of all the rest: the same survey is kept once, however often it is shown.
    """

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    source_kind: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[int]
    source: Mapped[str] = mapped_column(String(256))
    issuer: Mapped[str] = mapped_column(String(16))
    questions: Mapped[Any] = mapped_column(JSON)


class SurveyAnswersRow(Base):
    """What a customer or a technician answered after a session: once for each.

    `at` is the moment that reports go by: of a customer's the session's end, of a technician's that of answering.
    `source` is what reports say, as it was then. `technician` had the session at its end.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("session_id", "respondent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    respondent: Mapped[str] = mapped_column(String(16))
    technician: Mapped[int | None] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(256))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answers: Mapped[Any] = mapped_column(JSON)
