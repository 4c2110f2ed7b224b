"""Sessions that start as a chat."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None did until now."""
    for table in ("code", "session"):
        op.add_column(table, sa.Column("chat_only", sa.Boolean, nullable=False, server_default=sa.false()))
