"""Keys of other programs: from where one was used last."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It is not known from where keys were used until now."""
    op.add_column("api_key", sa.Column("last_used_from", sa.String(45)))
