"""What this computer knows of its recordings across restarts: a small file for each, replaced as a whole.

It is there before the recording's own files are, so that a crash forgets none, and goes when the recording was deleted
at its location. It holds addresses and user names, never passwords.
"""

import logging
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from codec.errors import MALFORMED
from codec.host.private_files import make_folder, sync_folder, write_private

ENDING = ".json"
_log = logging.getLogger(__name__)


class EntryState(StrEnum):
    """How far a recording is."""

    RECORDING = "recording"
    WAITING = "waiting"
    """It is whole and waits to be sent."""
    FAILED = "failed"
    """It cannot be sent as things are; somebody has to do something and say so."""
    SENT = "sent"
    """The location has confirmed all of it. Copies here may be deleted, if they are not already."""
    KEPT = "kept"
    """It was written where it stays."""


class KeptFile(Struct, frozen=True):
    """One file of a recording."""

    name: str
    size: int


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """One recording: all its files lie in `folder`; with `location` they go, or went, from there to it.

    `id` begins the names of its files. Times are in milliseconds since 1970.
    """

    id: str
    name: str
    session: int
    began: int
    folder: str
    location: str = ""
    """As the group's rules gave it; empty for the technician's own folder."""
    user: str = ""
    deferred: bool = False
    keep_days: int = 0
    relay: str = ""
    account: str = ""
    """Whose order it is that it goes there; empty in notes of earlier versions."""
    by: str = ""
    """The run of the console that records it."""
    state: EntryState = EntryState.RECORDING
    closed: int = 0
    files: tuple[KeptFile, ...] = ()
    sent: tuple[str, ...] = ()
    """The files that the location has confirmed."""
    reason: str = ""

    @property
    def size(self) -> int:
        """All its bytes."""
        return sum(file.size for file in self.files)

    @property
    def confirmed(self) -> int:
        """The bytes of the files that the location has confirmed whole."""
        return sum(file.size for file in self.files if file.name in self.sent)


class Ledger:
    """The entries on disk. May be called on any thread; entries are independent of one another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, known: Iterable[str] = ()) -> tuple[list[LedgerEntry], list[str]]:
        """Return the entries that are not among `known`, and the ids of those that cannot be read."""
        entries, damaged, skip = list[LedgerEntry](), list[str](), set(known)
        for file in sorted(self._folder.glob("*" + ENDING)):
            if file.stem in skip:
                continue
            try:
                entry = _decoder.decode(file.read_bytes())
            except FileNotFoundError:
                continue  # another console of this person has just removed it
            except (OSError, *MALFORMED) as error:
                _log.warning("%s cannot be read (%s); the recording itself is kept", file, error)
                damaged.append(file.stem)
                continue
            if entry.id == file.stem:
                entries.append(entry)
            else:
                damaged.append(file.stem)
        return entries, damaged

    def write(self, entry: LedgerEntry) -> None:
        """Replace or add an entry; a crash leaves the old one or the new one. Raises OSError."""
        make_folder(self._folder)
        write_private(self._folder / (entry.id + ENDING), msgspec.json.encode(entry))

    def remove(self, number: str) -> None:
        """Forget an entry. Raises OSError."""
        (self._folder / (number + ENDING)).unlink(missing_ok=True)
        sync_folder(self._folder)

    def set_aside(self, number: str) -> None:
        """Keep a damaged entry under another name, for people to look at. Raises OSError."""
        (self._folder / (number + ENDING)).replace(self._folder / (number + ".damaged"))


_decoder = msgspec.json.Decoder(LedgerEntry)
