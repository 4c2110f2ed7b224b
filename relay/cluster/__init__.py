"""Several relays on one PostgreSQL and one Redis: who they are, and which of them are there."""
