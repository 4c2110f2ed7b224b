"""Channels: who serves them, and how customers come through them."""
