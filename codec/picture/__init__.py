"""A screen as packets and back: what changed, what only moved, how each tile is written."""
