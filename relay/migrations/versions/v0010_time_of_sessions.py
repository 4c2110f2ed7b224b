"""When a session began, so that its duration outlives every restart, and how it ended where its state does not say."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What began before is known from the events."""
    op.add_column("session", sa.Column("began_at", sa.DateTime, nullable=True))
    op.add_column("session", sa.Column("ending", sa.String(16), nullable=False, server_default=""))
    op.execute(
        "UPDATE session SET began_at = (SELECT MIN(at) FROM session_event"
        " WHERE session_event.session_id = session.id AND session_event.new = 'active')"
    )
