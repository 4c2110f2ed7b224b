"""Runs migrations on the connection that relay/store/database.py hands over."""

from alembic import context

from relay.migrations import models  # noqa: F401  (fills Base.metadata)
from relay.store.database import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
