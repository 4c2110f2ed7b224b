"""Surveys: what was asked after sessions, and what was answered. The fields of a session as they were at its start."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was asked until now. What was edited before is not known any more."""
    op.add_column("session", sa.Column("entered", sa.JSON, nullable=True))
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("source_kind", sa.String(32), nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("source", sa.String(256), nullable=False),
        sa.Column("issuer", sa.String(16), nullable=False),
        sa.Column("questions", sa.JSON, nullable=False),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("survey_id", sa.Integer, sa.ForeignKey("survey.id"), nullable=False),
        sa.Column("respondent", sa.String(16), nullable=False),
        sa.Column("technician", sa.Integer, nullable=True),
        sa.Column("source", sa.String(256), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("submitted_at", sa.DateTime, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.UniqueConstraint("session_id", "respondent"),
    )
    op.create_index("ix_survey_answers_technician", "survey_answers", ["technician"])
    op.create_index("ix_survey_answers_at", "survey_answers", ["at"])
