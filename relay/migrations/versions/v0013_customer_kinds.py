"""What a customer takes part with."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All customers had the program until now."""
    op.add_column("session", sa.Column("kind", sa.String(16), nullable=False, server_default="program"))
    op.add_column("session", sa.Column("means", sa.String(300), nullable=False, server_default=""))
