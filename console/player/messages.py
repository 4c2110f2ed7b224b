"""What page and engine say about a recording that is played.

Its pictures and its pointer travel as those of a session do, under the session number 0, which no session has.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from console.page.message_base import PageMessage, Request, Short


class MarkKind(StrEnum):
    """What happened at a moment of a recording."""

    BEGAN = "began"
    CUSTOMER_WROTE = "customer_wrote"
    TECHNICIAN_WROTE = "technician_wrote"
    ASKED = "asked"
    """`text` is what for: view, control, clipboard or record."""
    ALLOWED = "allowed"
    """`text` lists what is allowed now, separated by spaces."""
    DECLINED = "declined"
    RELEASED = "released"
    STOPPED = "stopped"
    NOTED = "noted"
    LEFT = "left"
    ENDED = "ended"


class Mark(Struct, frozen=True, omit_defaults=True):
    """A moment, in seconds, and what happened there."""

    at: float
    kind: MarkKind
    text: str = ""


class Part(Struct, frozen=True):
    """From one second to another."""

    begins: float
    ends: float


class PlayerOpened(PageMessage, frozen=True, tag="player_opened"):
    """The recording can be played. `activity` says for equal parts of it how much changes, 0 to 100."""

    recording: str
    file: str
    seconds: float
    marks: list[Mark]
    activity: list[int]
    quiet: list[Part]
    """Where nothing changes for a while."""
    missing: list[Part]
    """Where pictures are damaged or lost: the last whole one stays."""
    is_cut: bool
    """What comes behind the last second was not written, or is lost."""
    began: datetime | None = None


class PlayerNow(PageMessage, frozen=True, tag="player_now"):
    """Where the recording stands, and whether it runs. `waits`: pictures are still being decoded."""

    at: float
    playing: bool
    speed: float
    skips: bool
    waits: bool


class PlayerFailed(PageMessage, frozen=True, tag="player_failed"):
    """The recording cannot be played any further."""

    message: str


class Act(StrEnum):
    """What a viewer does."""

    PLAY = "play"
    PAUSE = "pause"
    SEEK = "seek"
    """`value` is the second."""
    SPEED = "speed"
    """`value` is how many times as fast as it was."""
    SKIP = "skip"
    """`value` 1: quiet parts are left out while it plays."""
    STEP = "step"
    """`value` 1 or -1: to the next or the previous picture."""
    CHANGE = "change"
    """`value` 1 or -1: to where something changes again after quiet."""
    SHOWN = "shown"
    """`value` is the number of the picture that the page has painted."""
    REFRESH = "refresh"
    """The page needs a whole picture."""


class OpenPlayer(PageMessage, frozen=True, tag="open_player"):
    """Play a file of a recording; answered when it can be played. Whatever was played before is closed."""

    request: Request
    recording: Short
    file: Short


class ClosePlayer(PageMessage, frozen=True, tag="close_player"):
    """Nothing is played any more."""


class PlayerDo(PageMessage, frozen=True, tag="player_do"):
    """Do something with the recording that is played."""

    act: Act
    value: float = 0.0


PlayerToPage = PlayerOpened | PlayerNow | PlayerFailed
