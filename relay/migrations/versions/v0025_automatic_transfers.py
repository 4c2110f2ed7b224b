"""From which channel the rule of a channel moved a session."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What there is was handed over by people."""
    op.add_column("transfer", sa.Column("from_channel_id", sa.Integer, nullable=True))
