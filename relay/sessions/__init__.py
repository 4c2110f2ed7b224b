"""The life of a session: states, transitions, who is present."""
