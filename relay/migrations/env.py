"""Runs migrations on the connection that relay/store.py hands over."""

from alembic import context

from relay import models  # noqa: F401  (fills Base.metadata)
from relay.store import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
