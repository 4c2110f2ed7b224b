"""Keys of other programs: the networks from which one may be used."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys made until now may be used from everywhere, as before."""
    op.add_column("api_key", sa.Column("networks", sa.JSON, nullable=False, server_default="[]"))
