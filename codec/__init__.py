"""What both ends must agree on, and what all three programs share. Nothing is imported here."""

__version__ = "0.1.0"
