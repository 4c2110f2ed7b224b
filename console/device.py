"""What this computer keeps since a technician signed in on it: then strangers' wrong passwords do not slow them down.

The relay gives it with each sign-in. It opens nothing without the password, and is kept as privately all the same.
"""

import hashlib
import logging
from pathlib import Path

from codec.host.private_files import make_folder, read_private, write_private

FOLDER = "devices"
MAX_TEXT = 1_000
_log = logging.getLogger(__name__)


class DeviceFile:
    """A small file for each relay. A disk that cannot be read or written costs no sign-in."""

    def __init__(self, folder: Path, relay: str) -> None:
        """`relay` is the relay's address; it names the file only as a digest."""
        self._file = folder / FOLDER / hashlib.sha256(relay.encode()).hexdigest()[:16]

    def read(self) -> str:
        """Return what the relay gave at the last sign-in, empty when there is none."""
        try:
            text = read_private(self._file).decode("ascii")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            _log.warning("%s cannot be read: %s", self._file, error)
            return ""
        return text if len(text) <= MAX_TEXT else ""

    def keep(self, text: str) -> None:
        """Keep what the relay gave at a sign-in."""
        if not text or len(text) > MAX_TEXT:
            return
        try:
            make_folder(self._file.parent)
            write_private(self._file, text.encode())
        except OSError as error:
            _log.warning("that somebody has signed in on this computer could not be kept: %s", error)
