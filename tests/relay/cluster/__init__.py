"""Several relays on one PostgreSQL and one Redis."""
