"""How often somebody's way to sign in has changed: what a device remembers of the one before counts no more (F13)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count from now on."""
    op.add_column("person", sa.Column("credentials_version", sa.Integer, nullable=False, server_default="0"))
