"""When recordings have been kept long enough, by the group's own setting, and how they go. Nothing else ever goes."""

import logging
from collections.abc import Iterable
from pathlib import Path

from codec.wire.api_types import RecordingRules
from console.recording.ledger import EntryState, LedgerEntry

DAY_MS = 86_400_000
_log = logging.getLogger(__name__)


def expired(entries: Iterable[LedgerEntry], rules: RecordingRules, now: int) -> list[LedgerEntry]:
    """Return what this computer put where it is, longer ago than the group keeps it. Pure; `now` in ms since 1970.

    Where the group's recordings go elsewhere now, what held when one was made still holds for it.
    """
    return [
        entry
        for entry in entries
        if entry.state in (EntryState.SENT, EntryState.KEPT)
        and (days := rules.keep_days if rules.location == entry.location else entry.keep_days) > 0
        and now - entry.closed >= days * DAY_MS
    ]


def delete_kept(entry: LedgerEntry) -> bool:
    """Delete a recording where it was written; return whether nothing of it is left to look after.

    A file that is not as it was written is somebody else's work and stays. Raises OSError.
    """
    folder = Path(entry.folder)
    if not folder.is_dir():
        return False  # a share that is not there now
    found = False
    for file in entry.files:
        path = folder / file.name
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            continue
        found = True
        if size != file.size:
            _log.warning("%s was changed since it was recorded, and is not deleted", path)
            continue
        path.unlink()
        _log.info("%s deleted: it was kept as long as the group keeps recordings", path)
    return found or not entry.location
