"""What becomes of links and mails, how far the first steps of an organisation are, and its logo."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Links that are open were mailed by whoever could; an organisation that works already needs no first steps."""
    op.add_column("password_link", sa.Column("kind", sa.String(16), nullable=False, server_default="invitation"))
    op.add_column("password_link", sa.Column("made_by", sa.Integer, nullable=True))
    op.add_column("password_link", sa.Column("letter_id", sa.Integer, nullable=True))
    op.add_column("password_link", sa.Column("opened_at", sa.DateTime, nullable=True))
    op.add_column("letter", sa.Column("tracked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("letter", sa.Column("sent_at", sa.DateTime, nullable=True))
    op.add_column("letter", sa.Column("given_up_at", sa.DateTime, nullable=True))
    op.add_column("letter", sa.Column("problem", sa.String(300), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("first_steps", sa.JSON, nullable=True))
    op.execute("""UPDATE organisation SET first_steps = '{"dismissed": true}'""")
    op.create_table(
        "logo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("content_type", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("set_at", sa.DateTime, nullable=False),
    )
