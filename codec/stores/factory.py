"""Opens the place that a location names. The only file that knows all kinds."""

import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from codec.stores.address_policy import Reach, anywhere
from codec.stores.base import RecordingStore
from codec.stores.files import FileStore
from codec.stores.folder import Folder
from codec.stores.ftp import Ftp
from codec.stores.host_keys import HostKeys
from codec.stores.http import HttpStore
from codec.stores.locations import Location, Place, folder_of
from codec.stores.s3 import S3Store
from codec.stores.sftp import Sftp


def open_store(
    location: Location,
    *,
    hosts: Path,
    known_hosts: Sequence[Path] = (),
    trust: ssl.SSLContext | None = None,
    reach: Reach = anywhere,
    proxies: bool = True,
) -> RecordingStore:
    """Return the place; nothing is connected yet. Close it in the end.

    `hosts` is where the keys of SSH servers are remembered, `known_hosts` are files of OpenSSH that count too. `trust`
    says whose certificates count, by default those that this computer trusts. `proxies`: web servers are reached
    through the proxies that this computer's environment names. Raises BadLocationError for a folder that this system
    does not reach, StoreError for what no server can be called.
    """
    match location.place:
        case Place.LOCAL | Place.NETWORK:
            return FileStore(Folder(Path(folder_of(location, sys.platform))), location.shown)
        case Place.FTP | Place.FTPS:
            return FileStore(Ftp(location, reach, trust or ssl.create_default_context()), location.shown)
        case Place.SFTP:
            return FileStore(Sftp(location, reach, HostKeys(hosts, known_hosts)), location.shown)
        case Place.HTTP | Place.HTTPS:
            return HttpStore(location, reach, trust or ssl.create_default_context(), proxies=proxies)
        case Place.S3:
            return S3Store(location, reach, trust or ssl.create_default_context(), proxies=proxies)
