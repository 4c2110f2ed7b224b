"""Who had a session that is handed over, and which sessions only one console can go on with."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now only technicians handed over, what was theirs. Of PINs it is not known whether digits followed them."""
    op.add_column("code", sa.Column("has_secret", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("session", sa.Column("has_secret", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("session", sa.Column("group_id", sa.Integer, nullable=True))
    op.add_column("transfer", sa.Column("by_kind", sa.String(16), nullable=False, server_default="technician"))
    op.add_column("transfer", sa.Column("former_id", sa.Integer, nullable=True))
    op.execute("UPDATE transfer SET former_id = by_person_id")
    op.execute("UPDATE code SET has_secret = (1 = 1) WHERE method = 'link'")
    op.execute("UPDATE session SET has_secret = (1 = 1) WHERE method = 'link'")
    op.execute("UPDATE session SET group_id = (SELECT leg.group_id FROM leg WHERE leg.id = session.leg_id)")
