"""PINs of nine digits, which are made while strangers guess at many of them (F13)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Six digits that begin with a 9 are no PIN any more: those that wait for a customer are taken back."""
    for table in ("code", "session"):
        with op.batch_alter_table(table) as altered:
            altered.alter_column("pin", type_=sa.String(9), existing_type=sa.String(6), existing_nullable=True)
    op.execute(
        "UPDATE code SET state = 'cancelled', ended_at = CURRENT_TIMESTAMP WHERE state = 'issued' AND pin LIKE '9%'"
    )
