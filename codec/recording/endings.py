"""How the files of a recording end: what a name tells of what is in it. A proof's ending follows the whole name."""

JOURNAL = ".dsr"
FILM = ".avi"
PROOF = ".proof"
CONVERTED = ".h264"
"""Stands before FILM where a film was made of a journal later."""
