"""Keeps what is known of codes with secrets across restarts: a small file for each code, replaced as a whole."""

import hashlib
import logging
from pathlib import Path

import msgspec

from codec.errors import MALFORMED
from codec.host.private_files import make_folder, write_private
from console.session.secret_attempts import LONGEST_SECONDS, SecuredCode

FOLDER = "codes"
_decoder = msgspec.json.Decoder(SecuredCode)
_log = logging.getLogger(__name__)


class AttemptFiles:
    """The codes of one relay, in a folder of this computer. A disk that cannot be written costs no session."""

    def __init__(self, folder: Path, relay: str) -> None:
        """`relay` is the relay's address; it names the files only as a digest."""
        self._folder = folder / FOLDER
        self._relay = hashlib.sha256(relay.encode()).hexdigest()[:16]

    def read(self, now: float) -> list[SecuredCode]:
        """Return the codes that still matter at `now` (seconds since 1970), and delete the files of the others."""
        found = list[SecuredCode]()
        for file in sorted(self._folder.glob(f"{self._relay}-*.json")):
            try:
                code = _decoder.decode(file.read_bytes())
                if now - code.awaited_until > LONGEST_SECONDS:
                    file.unlink(missing_ok=True)
                else:
                    found.append(code)
            except (OSError, *MALFORMED) as error:
                _log.warning("%s cannot be read: %s", file, error)
        return found

    def keep(self, code: SecuredCode) -> None:
        """Write one code down."""
        try:
            make_folder(self._folder)
            write_private(self._folder / f"{self._relay}-{code.code}.json", msgspec.json.encode(code))
        except OSError as error:
            _log.warning("what is known of code %d could not be kept: %s", code.code, error)
