"""What this program keeps on the customer's computer between two starts: a few counts, nothing of any session."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from applet.session.known_relays import KnownRelays, read_known_relays, write_known_relays
from applet.session.wrong_secrets import WrongSecret, WrongSecrets, read_wrong_secrets, write_wrong_secrets
from codec.errors import MALFORMED
from codec.host.private_files import make_folder, read_private, write_private

_WRONG_SECRETS = "wrong-secrets.json"
_KNOWN_RELAYS = "known-relays.json"
_log = logging.getLogger(__name__)


def open_wrong_secrets(folder: Path) -> WrongSecrets:
    """Return the codes whose secret did not fit on this computer. A disk that cannot be used costs no session."""
    file = folder / _WRONG_SECRETS

    def keep(codes: list[WrongSecret]) -> None:
        try:
            make_folder(folder)
            write_private(file, write_wrong_secrets(codes))
        except OSError as error:
            _log.warning("%s could not be written: %s", file, error)

    try:
        return WrongSecrets(keep, read_wrong_secrets(file.read_bytes()))
    except FileNotFoundError:
        return WrongSecrets(keep)
    except (OSError, *MALFORMED) as error:
        _log.warning("%s cannot be read: %s", file, error)
        return WrongSecrets(keep)


def open_known_relays(folder: Path) -> KnownRelays:
    """Return the relays that were used on this computer; none where that cannot be read, so each is asked about."""
    file = folder / _KNOWN_RELAYS

    def keep(relays: list[str]) -> None:
        try:
            make_folder(folder)
            write_private(file, write_known_relays(relays))
        except OSError as error:
            _log.warning("%s could not be written: %s", file, error)

    try:
        return KnownRelays(keep, read_known_relays(read_private(file)))
    except FileNotFoundError:
        return KnownRelays(keep)
    except (OSError, *MALFORMED) as error:
        _log.warning("%s cannot be used: %s", file, error)
        return KnownRelays(keep)


def state_folder(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this person for what programs remember (XDG Base Directory Specification on Linux)."""
    home = Path.home()
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData/Local") / "deskside"
    if platform == "darwin":
        return home / "Library/Application Support/deskside"
    return Path(environment.get("XDG_STATE_HOME") or home / ".local/state") / "deskside"
