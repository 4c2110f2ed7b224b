"""The three lanes of a session: control passes before pixels, pixels before files. See codec/session/lanes.py."""

from enum import IntEnum


class Lane(IntEnum):
    """Which messages may pass which. The lower number goes first."""

    CONTROL = 0
    PICTURE = 1
    BULK = 2
