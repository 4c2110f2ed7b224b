"""The notes that technicians write on a session."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What there is has none."""
    op.add_column("session", sa.Column("notes", sa.String(1_024), nullable=False, server_default=""))
