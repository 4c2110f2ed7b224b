"""People, sign-ins, codes, sessions and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("nickname", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_master_administrator", sa.Boolean, nullable=False),
        sa.Column("is_technician", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("email_key", name="uq_person_email_key"),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("console", sa.String(200), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("digest", name="uq_sign_in_digest"),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"])
    op.create_table(
        "code",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("pin", sa.String(6)),
        sa.Column("routing", sa.String(64)),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Integer),
        sa.UniqueConstraint("routing", name="uq_code_routing"),
    )
    for column in ("person_id", "state", "pin"):
        op.create_index(f"ix_code_{column}", "code", [column])
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code_id", sa.Integer, sa.ForeignKey("code.id"), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("pin", sa.String(6)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("console", sa.String(64)),
        sa.Column("computer", sa.String(200), nullable=False),
        sa.Column("system", sa.String(200), nullable=False),
        sa.Column("ticket", sa.String(64)),
        sa.UniqueConstraint("ticket", name="uq_session_ticket"),
    )
    for column in ("person_id", "state"):
        op.create_index(f"ix_session_{column}", "session", [column])
    op.create_table(
        "session_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("old", sa.String(64)),
        sa.Column("new", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(16), nullable=False),
    )
    op.create_index("ix_session_event_session_id", "session_event", ["session_id"])
