"""Sessions on hold and handed over: how long they were, and to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No session was ever either until now."""
    for name in ("hold_ms", "transfer_ms"):
        op.add_column("session", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("session", sa.Column("transfer_id", sa.Integer, nullable=True))
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("by_person_id", sa.Integer, nullable=False),
        sa.Column("by_name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target_id", sa.Integer, nullable=False),
        sa.Column("target_name", sa.String(256), nullable=False),
        sa.Column("comment", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False, server_default=""),
        sa.Column("ended_at", sa.DateTime, nullable=True),
        sa.Column("ended_by", sa.String(128), nullable=False, server_default=""),
    )
    op.create_index("ix_transfer_session_id", "transfer", ["session_id"])
