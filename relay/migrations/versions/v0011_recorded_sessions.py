"""Since when a session is recorded, for the report on sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody knows it of sessions before."""
    op.add_column("session", sa.Column("recorded_at", sa.DateTime, nullable=True))
