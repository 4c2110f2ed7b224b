"""Signing in at the relay, and what is due before that."""
