"""Account security: mails that wait to be sent, links to choose a password, who wants the second step himself.

What holds for everybody are settings like all others, so the tables that were laid out for it before are empty and go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables, and drop those that nothing was ever stored in."""
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("combined", sa.String(320)),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_letter_combined", "letter", ["combined"])
    op.create_index("ix_letter_due_at", "letter", ["due_at"])
    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("digest", name="uq_password_link_digest"),
    )
    op.create_index("ix_password_link_person_id", "password_link", ["person_id"])
    op.create_index("ix_password_link_expires_at", "password_link", ["expires_at"])
    with op.batch_alter_table("two_step_enrolment") as enrolment:
        enrolment.add_column(sa.Column("wanted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.drop_table("ip_exception")
    op.drop_table("global_settings")
    op.drop_table("notification_subscription")
    with op.batch_alter_table("technician_group") as group:
        group.drop_column("ip_default_access")
