"""Where the next recording is written, and whether it can be."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codec.host.private_files import make_folder
from codec.recording.sink import RecordingStoppedError
from codec.stores.locations import BadLocationError, folder_of, read_location
from codec.wire.api_types import RecordingRules
from console.recording.files import why_not_there

_NOT_USABLE = "Recordings cannot go where your group wants them, {location}. {reason} Tell your administrator."


@dataclass(frozen=True)
class Target:
    """The folder that a recording is written into. `deferred`: it only waits there, and is sent to the location later.

    `own` are folders of the technician's own, the last one `folder`: they are made where they are missing, and looked
    at. Others must be there: one that was made where a share is not mounted would hide that.
    """

    folder: Path
    deferred: bool
    own: tuple[Path, ...] = ()


def target_of(
    rules: RecordingRules, own: Path, spool: Path, *, confirmed: bool, platform: str = sys.platform
) -> Target:
    """Return where a group's rules send the next recording. What the technician has not confirmed waits in the spool.

    Raises RecordingStoppedError for a location that this computer cannot reach or that cannot be read (REC-20).
    """
    if not rules.location:
        return Target(own, deferred=False, own=(own,))
    try:
        location = read_location(rules.location)
        if rules.deferred or not location.place.is_folder or not confirmed:
            if location.place.is_folder:
                folder_of(location, platform)
            return Target(spool, deferred=True, own=(own, spool))
        return Target(Path(folder_of(location, platform)), deferred=False)
    except BadLocationError as error:
        shown = rules.location if _is_folder(rules.location) else "a server"
        raise RecordingStoppedError(_NOT_USABLE.format(location=shown, reason=error)) from None


def problem_in(target: Target, chosen: Path | None = None) -> str:
    """Return why nothing can be recorded there, empty when it can. May wait for a disk or a share.

    `chosen` is the folder that the technician named, perhaps for more than recordings: its mode is left to them.
    """
    try:
        for folder in target.own:
            make_folder(folder, chosen=folder == chosen)
        with tempfile.TemporaryFile(dir=target.folder):
            return ""
    except OSError as error:
        return why_not_there(target.folder, error)


def _is_folder(text: str) -> bool:
    return "://" not in text or text.lower().startswith("smb://")
