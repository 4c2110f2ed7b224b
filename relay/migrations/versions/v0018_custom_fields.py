"""The values of custom fields, with each PIN, link and session; a list, as nothing searches for one of them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What there is has none."""
    for table in ("code", "session"):
        op.add_column(table, sa.Column("custom_fields", sa.JSON, nullable=False, server_default="[]"))
