"""Runs migrations on the connection that relay/store/database.py hands over.

They only upgrade, and none has a `downgrade`: the way back is a backup. Before an upgrade, one is made beside the file
of SQLite.
"""

from alembic import context

from relay.migrations import models  # noqa: F401  (fills Base.metadata)
from relay.store.database import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
