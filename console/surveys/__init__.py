"""The survey that the technician is asked to answer after a session."""
