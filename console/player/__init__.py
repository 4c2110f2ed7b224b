"""Plays recordings: what they show at every moment, in an order of the viewer's choice."""
