"""Several relays on one database: which there are, and which sockets are at which of them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now a relay was alone, and kept in memory who is connected."""
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("clock_ahead_ms", sa.Integer, nullable=False),
        sa.Column("renewed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "connected_console",
        sa.Column("person_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("relay_id", sa.Integer, nullable=True),
    )
    op.add_column("session", sa.Column("applet_relay", sa.Integer, nullable=True))
    op.add_column("session", sa.Column("console_relay", sa.Integer, nullable=True))
    op.add_column("session", sa.Column("applet_key", sa.LargeBinary, nullable=True))
