"""The recordings in a few folders. Pages name them by what is found here, never by a path."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from codec.errors import DesksideError
from codec.recording.endings import PROOF
from console.library.facts import Facts, read_facts
from console.library.file_names import grouped
from console.library.messages import KeptState
from console.recording.files import why_not_there


class UnknownRecordingError(DesksideError):
    """This recording is no longer on this computer. Refresh the list."""


class StillNeededError(DesksideError):
    """The recording is still being written, converted or uploaded, so it cannot be deleted yet. Try again later."""


class CannotDeleteError(DesksideError):
    """A file of the recording could not be deleted. The text says why."""


@dataclass(frozen=True)
class Kept:
    """A recording: its files lie in `folder`."""

    id: str
    name: str
    folder: Path
    facts: Facts

    def path(self, name: str) -> Path:
        """Return where one of its files is. Raises UnknownRecordingError for a name that is none of them."""
        if all(each.name != name for each in self.facts.files):
            raise UnknownRecordingError(UnknownRecordingError.__doc__)
        return self.folder / name


_Stamp = tuple[tuple[str, int, int], ...]
IsMine = Callable[[str], bool]
"""Says of a recording, by its name, whether it is of the technician who is signed in."""


def _of_everyone(_name: str) -> bool:
    return True


class Library:
    """Looks into folders. `look` reads files: call it off the event loop. Safe to be called from several threads."""

    def __init__(
        self,
        folders: Callable[[], Sequence[Path]],
        clock: Callable[[], float],
        whose: Callable[[], IsMine] = lambda: _of_everyone,
    ) -> None:
        """`folders` and `whose` are asked each time: where to look, and what to show of it.

        `clock` gives seconds since 1970.
        """
        self._folders = folders
        self._whose = whose
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self._forgotten = 0
        self._known: dict[str, tuple[_Stamp, Kept]] = {}
        self._lock = Lock()

    def look(self) -> list[Kept]:
        """Return what is there now, the newest first. Folders that cannot be read are taken for empty ones."""
        with self._lock:
            forgotten, is_mine = self._forgotten, self._whose()
            folders = dict.fromkeys(self._folders())
            found = [kept for folder in folders for kept in self._in(folder) if is_mine(kept.name)]
            found.sort(key=lambda each: (each.facts.at.timestamp() if each.facts.at else 0.0, each.name))
            if forgotten != self._forgotten:
                return []
            self._kept = {each.id: each for each in found}
            self._known = {each: known for each, known in self._known.items() if each in self._kept}
            return found[::-1]

    def forget(self) -> None:
        """Find nothing until the next look; one that has begun finds nothing either."""
        self._forgotten += 1
        self._kept = {}

    def find(self, recording: str) -> Kept:
        """Return a recording by its id. Raises UnknownRecordingError."""
        kept = self._kept.get(recording)
        if kept is None:
            raise UnknownRecordingError(UnknownRecordingError.__doc__)
        return kept

    def delete(self, recording: str) -> None:
        """Delete a recording's files and proofs. Raises UnknownRecordingError, StillNeededError, CannotDeleteError."""
        self.look()
        kept = self.find(recording)
        if kept.facts.state is KeptState.RUNNING:
            raise StillNeededError(StillNeededError.__doc__)
        for each in reversed(kept.facts.files):  # the journal last: until then the rest is still found by it
            for name in (each.name, each.name + PROOF):
                try:
                    (kept.folder / name).unlink(missing_ok=True)
                except OSError as error:
                    raise CannotDeleteError(why_not_there(kept.folder / name, error)) from None

    def _in(self, folder: Path) -> list[Kept]:
        sizes = _files_in(folder)
        return [self._read(folder, name, files, sizes) for name, files in grouped(sizes).items()]

    def _read(self, folder: Path, name: str, files: list[str], sizes: dict[str, tuple[int, int]]) -> Kept:
        made = hashlib.sha256(os.fsencode(folder / name)).hexdigest()[:16]
        stamp = tuple((file, *sizes[file]) for file in files)
        known = self._known.get(made)
        if known is not None and known[0] == stamp and known[1].facts.state is not KeptState.RUNNING:
            return known[1]
        kept = Kept(made, name, folder, read_facts(folder, name, files, self._clock()))
        self._known[made] = stamp, kept
        return kept


def _files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Return names, sizes and times of the files that lie in a folder themselves: links lead elsewhere."""
    try:
        with os.scandir(folder) as entries:
            found = [(each.name, each.stat()) for each in entries if each.is_file(follow_symlinks=False)]
    except OSError:
        return {}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found}
