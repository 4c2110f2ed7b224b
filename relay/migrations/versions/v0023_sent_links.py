"""Links that the relay sends to customers: to whom, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What there is was not sent by the relay."""
    op.add_column("code", sa.Column("sent_to", sa.String(254), nullable=False, server_default=""))
    op.add_column("code", sa.Column("delivery", sa.String(8), nullable=True))
    op.add_column("code", sa.Column("delivery_problem", sa.String(16), nullable=False, server_default=""))
    op.add_column("code", sa.Column("delivery_number", sa.Integer, nullable=False, server_default="0"))
