"""The organisation: its people and groups as a tree, who may do what, and what was changed by whom."""
