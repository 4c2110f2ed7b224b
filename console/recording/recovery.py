"""Recordings that a console had no time to close: found again at the next start, and made to play where they do not."""

import logging
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import structs

from codec.errors import DesksideError
from codec.recording.avi_reader import read_avi
from codec.recording.endings import JOURNAL, PROOF
from codec.recording.journal import read_journal
from codec.recording.repair import repair_avi, repair_journal
from console.recording.files import RecordingFile, opened
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.recording_index import files_of
from console.recording.upload_queue import NOTE_DAMAGED

_ENDINGS = re.compile(r"(?:-repaired)?(?:\.dsr|(?:-\d+)?\.avi)(?:\.proof)?")
_ID = re.compile(r"(\d{8,})-(\d{8}T\d{6}Z)")
_log = logging.getLogger(__name__)


def recovered(entry: LedgerEntry) -> LedgerEntry | None:
    """Return a recording whose console is gone as one that is closed; None when it has not one file.

    What was written stays as it is, so that its proof still holds. Where that does not play, what can be saved of it
    stands beside it as a file of its own. Raises OSError when its folder cannot be reached now.
    """
    folder = Path(entry.folder)
    paths = [each for each in sorted(folder.iterdir()) if _belongs(each.name, entry.name)]
    if not paths:
        return None
    repaired = [made for path in paths if path.suffix != PROOF and (made := _repaired(path)) is not None]
    state = EntryState.WAITING if entry.deferred else EntryState.KEPT
    files = files_of(sorted({*paths, *repaired}))
    return structs.replace(entry, state=state, files=files, closed=int(time.time() * 1000))


def without_note(number: str, spool: Path) -> LedgerEntry | None:
    """Return what waits in the spool for a note that is damaged; None when nothing does. Raises OSError."""
    known = _ID.fullmatch(number)
    paths = [each for each in sorted(spool.iterdir()) if each.name.startswith(number) and each.is_file()]
    if known is None or not paths:
        return None
    return LedgerEntry(
        id=number,
        name=_ENDINGS.sub("", paths[0].name),
        session=int(known[1]),
        began=_milliseconds(known[2]),
        folder=str(spool),
        deferred=True,
        state=EntryState.FAILED,
        files=files_of(paths),
        closed=int(time.time() * 1000),
        reason=NOTE_DAMAGED,
    )


def _milliseconds(text: str) -> int:
    """Return when a recording began; what is no time comes first in every list."""
    try:
        return int(datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp() * 1000)
    except ValueError:
        return 0


def _belongs(file: str, name: str) -> bool:
    return file.startswith(name) and _ENDINGS.fullmatch(file[len(name) :]) is not None


def _repaired(path: Path) -> Path | None:
    """Return the repaired file beside one that does not play, None for one that does or of which nothing is left."""
    beside = path.with_stem(f"{path.stem}-repaired")
    if path.stem.endswith("-repaired") or beside.exists():
        return None
    try:
        with opened(path) as content:
            if path.suffix == JOURNAL:
                journal = read_journal(content)
                return _written(beside, lambda file: repair_journal(journal, file)) if journal.damage else None
            avi = read_avi(content)
            return None if avi.is_whole else _written(beside, lambda file: repair_avi(content, avi, file))
    except DesksideError as error:
        _log.warning("%s could not be repaired: %s", path.name, error)
        return None


def _written(path: Path, write: Callable[[RecordingFile], object]) -> Path | None:
    """Write a file that is there under its name only when it is whole: the console may die here too."""
    making = path.with_name(path.name + ".making")
    making.unlink(missing_ok=True)
    file = RecordingFile(making)
    try:
        write(file)
    except DesksideError:
        file.close()
        making.unlink(missing_ok=True)
        raise
    file.close()
    making.rename(path)
    return path
