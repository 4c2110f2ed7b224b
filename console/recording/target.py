"""Where the next recording is written, and whether it can be."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codec.desk import RecordingRules
from codec.locations import BadLocationError, folder_of, read_location
from codec.recording.sink import RecordingStoppedError
from console.recording.files import why_not_there

_NOT_USABLE = "Recordings cannot go where your group wants them, {location}. {reason} Tell your administrator."


@dataclass(frozen=True)
class Target:
    """The folder that a recording is written into. `deferred`: it only waits there, and is sent to the location later.

    `is_own`: the folder is the technician's own, so it may be made where it is missing. Others must be there: one that
    was made where a share is not mounted would hide that.
    """

    folder: Path
    deferred: bool
    is_own: bool


def target_of(rules: RecordingRules, own: Path, spool: Path, platform: str = sys.platform) -> Target:
    """Return where a group's rules send the next recording.

    Raises RecordingStoppedError for a location that this computer cannot reach or that cannot be read (REC-20).
    """
    if not rules.location:
        return Target(own, deferred=False, is_own=True)
    try:
        location = read_location(rules.location)
        if rules.deferred or not location.place.is_folder:
            if location.place.is_folder:
                folder_of(location, platform)
            return Target(spool, deferred=True, is_own=True)
        return Target(Path(folder_of(location, platform)), deferred=False, is_own=False)
    except BadLocationError as error:
        shown = rules.location if _is_folder(rules.location) else "a server"
        raise RecordingStoppedError(_NOT_USABLE.format(location=shown, reason=error)) from None


def problem_in(target: Target) -> str:
    """Return why nothing can be recorded there, empty when it can. May wait for a disk or a share."""
    try:
        if target.is_own:
            target.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.folder):
            return ""
    except OSError as error:
        return why_not_there(target.folder, error)


def _is_folder(text: str) -> bool:
    return "://" not in text or text.lower().startswith("smb://")
