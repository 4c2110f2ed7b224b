"""What page and engine say about the recordings on this computer."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from console.page.message_base import PageMessage, Request, Short


class KeptState(StrEnum):
    """How far a recording came."""

    RUNNING = "running"
    """It is being written now."""
    WHOLE = "whole"
    INTERRUPTED = "interrupted"
    """It has no proper end: its program was killed, or its disk was full. What is there plays."""
    UNREADABLE = "unreadable"


class ProofState(StrEnum):
    """What is known of whether a recording is what was recorded."""

    UNCHECKED = "unchecked"
    CHECKING = "checking"
    INTACT = "intact"
    """It is what was recorded, and a relay that this computer knows says who signed it."""
    UNKNOWN = "unknown"
    """Unbroken, but nobody that this computer knows says whose keys signed it: anybody can make such a one."""
    CHANGED = "changed"
    UNPROVEN = "unproven"
    """Nothing was changed as far as it is proven, but not everything is."""
    NONE = "none"
    """There is no proof beside it."""
    FAILED = "failed"
    """It could not be checked."""


class KeptFile(Struct, frozen=True, omit_defaults=True):
    """A file of a recording. `kind` is `dsr`, the name of a picture format, or empty where it cannot be read."""

    name: str
    kind: str
    size: int
    converted: bool = False


class ProofFinding(Struct, frozen=True, omit_defaults=True):
    """What is not as it was recorded: `kind` as in codec/recording/verify.py, between two seconds of a file."""

    file: str
    kind: str
    begins: float
    ends: float


class KeptRecording(Struct, frozen=True, omit_defaults=True):
    """A recording and its files. `id` names it to the engine; it is no path."""

    id: str
    name: str
    folder: str
    state: KeptState
    files: list[KeptFile]
    session: int = 0
    technician: str = ""
    customer: str = ""
    at: datetime | None = None
    seconds: float | None = None
    proof: ProofState = ProofState.UNCHECKED
    signed: list[str] = []
    """Who vouches for it to its end: console, applet, relay; only where it is intact."""
    relay: str = ""
    """The address of the relay that says so."""
    findings: list[ProofFinding] = []
    converting: float | None = None
    """How much of its conversion is done, from 0 to 1."""


class Recordings(PageMessage, frozen=True, tag="recordings"):
    """All recordings on this computer, the newest first."""

    recordings: list[KeptRecording]


class RecordingChanged(PageMessage, frozen=True, tag="recording"):
    """Something else is known of a recording."""

    recording: KeptRecording


class ListRecordings(PageMessage, frozen=True, tag="list_recordings"):
    """Look again which recordings there are."""

    request: Request


class VerifyRecording(PageMessage, frozen=True, tag="verify_recording"):
    """Compare a recording with its proof."""

    request: Request
    recording: Short


class ConvertRecording(PageMessage, frozen=True, tag="convert_recording"):
    """Make an H.264 film of a recording, beside it; answered when it is made."""

    request: Request
    recording: Short


class StopConverting(PageMessage, frozen=True, tag="stop_converting"):
    """The film is not wanted after all; what is made of it goes."""

    recording: Short


class DeleteRecording(PageMessage, frozen=True, tag="delete_recording"):
    """Delete all files of a recording."""

    request: Request
    recording: Short


LibraryToPage = Recordings | RecordingChanged
LibraryFromPage = ListRecordings | VerifyRecording | ConvertRecording | DeleteRecording
