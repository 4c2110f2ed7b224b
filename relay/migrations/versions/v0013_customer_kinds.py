"""What a customer takes part with."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now everybody had the program."""
    op.add_column("session", sa.Column("kind", sa.String(16), nullable=False, server_default="program"))
    op.add_column("session", sa.Column("means", sa.String(300), nullable=False, server_default=""))


def downgrade() -> None:
    """There is no way back: put back the backup that was made beside the database."""
    raise NotImplementedError(downgrade.__doc__)
