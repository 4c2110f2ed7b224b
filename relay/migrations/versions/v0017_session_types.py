"""What a session is for, in one word: until now only whether it was a chat."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Chats stay chats."""
    for table in ("code", "session"):
        column = sa.Column("session_type", sa.String(16), nullable=False, server_default="standard")
        op.add_column(table, column)
        rows = sa.table(table, sa.column("session_type", sa.String), sa.column("chat_only", sa.Boolean))
        op.execute(rows.update().where(rows.c.chat_only.is_(sa.true())).values(session_type="chat"))
        op.drop_column(table, "chat_only")
