"""The relay's log: every event declared once, and how lines are written."""
