"""Sessions that came through a channel: they have no code, and no technician until one picks them up."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every session until now was private: by a technician's PIN or link. Who had one is in its leg."""
    with op.batch_alter_table("session") as session:
        session.alter_column("person_id", existing_type=sa.Integer, nullable=True)
        session.alter_column("code_id", existing_type=sa.Integer, nullable=True)
        session.add_column(sa.Column("origin", sa.String(16), nullable=False, server_default="private"))
        session.add_column(sa.Column("channel_id", sa.Integer, nullable=True))
        session.add_column(sa.Column("channel_name", sa.String(128), nullable=False, server_default=""))
        session.add_column(sa.Column("technician", sa.String(128), nullable=False, server_default=""))
    session_table = sa.table("session", sa.column("leg_id", sa.Integer), sa.column("technician", sa.String))
    leg = sa.table("leg", sa.column("id", sa.Integer), sa.column("name", sa.String))
    name = sa.select(leg.c.name).where(leg.c.id == session_table.c.leg_id).scalar_subquery()
    picked_up = session_table.c.leg_id.is_not(None)
    op.get_bind().execute(sa.update(session_table).where(picked_up).values(technician=name))
    op.create_index("ix_session_channel_id", "session", ["channel_id"])
