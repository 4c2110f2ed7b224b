"""Routing: who can be given sessions."""
