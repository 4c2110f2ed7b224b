"""A small private file of what the technician decided on this computer, where no relay can write it."""

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from codec.errors import MALFORMED
from codec.host.private_files import make_folder, read_private, write_private

_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)


class DecisionFile(Generic[_Value]):
    """One value as JSON. Without a file it lasts as long as this program."""

    def __init__(self, file: Path | None, kind: type[_Value], nothing: _Value) -> None:
        self._file = file
        self._nothing = self._value = nothing
        self._decoder = msgspec.json.Decoder(kind)
        self._seen: tuple[int, int, int] | None = None
        """What tells that the file is as it was when it was read: another console of this person may write it."""

    def read(self) -> _Value:
        """Return what was remembered. A file that is damaged, or not ours alone, counts for nothing."""
        if self._file is None:
            return self._value
        try:
            found = self._file.stat()
            seen = found.st_ino, found.st_mtime_ns, found.st_ctime_ns
            if seen != self._seen:
                self._seen, self._value = seen, self._nothing
                self._value = self._decoder.decode(read_private(self._file))
        except FileNotFoundError:
            self._seen, self._value = None, self._nothing
        except (OSError, *MALFORMED) as error:
            _log.warning("%s is not used: %s", self._file, error)
        return self._value

    def write(self, value: _Value) -> bool:
        """Remember this from now on. Return False where nothing can be written."""
        if self._file is None:
            self._value = value
            return True
        try:
            make_folder(self._file.parent)
            write_private(self._file, msgspec.json.format(msgspec.json.encode(value)))
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._file, error)
            return False
        return True

    @property
    def is_unusable(self) -> bool:
        """Whether there is a file, and nothing can be read from it: then it is for people to look at."""
        return self._file is not None and self._file.exists() and self.read() == self._nothing
