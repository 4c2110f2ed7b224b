"""Keeps track of every recording of this computer, from before its first byte on."""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from codec.host.locks import Lock
from codec.recording.journal import Began
from codec.recording.sink import RecordingStoppedError
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import NOBODY, Account
from console.recording.files import why_not_there
from console.recording.ledger import EntryState, KeptFile, Ledger, LedgerEntry
from console.recording.target_folder import Target

_log = logging.getLogger(__name__)


class RecordingIndex:
    """The recordings of one computer, in a folder `spool`. Nothing is made on disk before the first recording begins.

    May be called on any thread. `told` is called with each recording that is closed, on the thread that closed it.
    """

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self.ledger = Ledger(spool / "ledger")
        self.uploading = Lock(spool / "locks" / "uploads")
        self.told: Callable[[LedgerEntry], None] = lambda _: None
        self._run = secrets.token_hex(8)
        self._alive = Lock(self._lock_of(self._run))

    def begins(
        self, began: Began, name: str, target: Target, rules: RecordingRules, account: Account = NOBODY
    ) -> LedgerEntry:
        """Note a recording that is about to begin, by the rules that a relay gave for an account.

        Raises RecordingStoppedError where it could not be sent later without the note. One that is written where it
        stays goes on without; after a crash nobody will look after it.
        """
        at = datetime.fromtimestamp(began.at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        entry = LedgerEntry(
            id=f"{began.session:08}-{at}",
            name=name,
            session=began.session,
            began=began.at,
            folder=str(target.folder),
            location=rules.location,
            user=rules.user,
            deferred=target.deferred,
            keep_days=rules.keep_days,
            relay=account.relay,
            account=account.name,
            by=self._run,
        )
        try:
            self._alive.take()
            self.ledger.write(entry)
        except OSError as error:
            if target.deferred:
                raise RecordingStoppedError(why_not_there(self.spool, error)) from None
            _log.warning("the recording %s is not in the list of recordings: %s", name, error)
        return entry

    def closed(self, entry: LedgerEntry, paths: Sequence[Path]) -> None:
        """Its files are closed; without any it never began."""
        files = files_of(paths)
        try:
            if not files:
                self.ledger.remove(entry.id)
                return
            state = EntryState.WAITING if entry.deferred else EntryState.KEPT
            entry = msgspec.structs.replace(entry, state=state, files=files, closed=int(time.time() * 1000))
            self.ledger.write(entry)
        except OSError as error:
            _log.warning("the list of recordings cannot be written, %s is kept all the same: %s", entry.name, error)
        self.told(entry)

    def folders(self) -> list[Path]:
        """Return the folders that recordings of this computer were written to."""
        entries, _ = self.ledger.read()
        return [self.spool, *(Path(entry.folder) for entry in entries)]

    def is_needed(self, file: str) -> bool:
        """Whether a file is still written, or not all at its location yet: then it must not be deleted."""
        entries, damaged = self.ledger.read()
        missing = (EntryState.RECORDING, EntryState.WAITING, EntryState.FAILED)
        needed = [entry.name for entry in entries if entry.state in missing]
        return any(file.startswith(name) for name in (*needed, *damaged))

    def is_running(self, run: str) -> bool:
        """Whether the console that wrote a recording still runs; a file that nobody locks any more is removed."""
        if run == self._run:
            return True
        lock = Lock(self._lock_of(run))
        try:
            if not lock.take():
                return True
        except OSError:
            return True  # where nothing can be locked nothing is touched either
        lock.let_go()
        with suppress(OSError):
            self._lock_of(run).unlink()
        return False

    def close(self) -> None:
        """Let go of the locks."""
        self.uploading.let_go()
        self._alive.let_go()
        if self.spool.exists():
            with suppress(OSError):
                self._lock_of(self._run).unlink(missing_ok=True)

    def _lock_of(self, run: str) -> Path:
        return self.spool / "locks" / f"console-{run}"


def files_of(paths: Sequence[Path]) -> tuple[KeptFile, ...]:
    """Return what is noted of files; those that are gone are left out."""
    found = []
    for path in paths:
        with suppress(OSError):
            found.append(KeptFile(path.name, path.stat().st_size))
    return tuple(found)
