"""When a sign-in last gave password and code, and to which sign-in an authenticator was proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has proved anything yet: whoever is signed in is asked the first time that it matters."""
    op.add_column("sign_in", sa.Column("proved_at", sa.DateTime, nullable=True))
    op.add_column("two_step_enrolment", sa.Column("proposed_to", sa.Integer, nullable=True))
    op.execute("UPDATE two_step_enrolment SET secret = NULL WHERE confirmed_at IS NULL")
