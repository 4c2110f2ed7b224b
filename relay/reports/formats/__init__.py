"""The formats in which a report can be had; all hold the same rows and columns in the same order (REP-08)."""
