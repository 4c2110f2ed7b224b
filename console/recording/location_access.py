"""How the console opens places for recordings, and `deskside-console test-location`, which says whether one will do."""

import asyncio
import getpass
import sys
from collections.abc import Collection
from pathlib import Path

from codec.host.terminal import ask, say
from codec.stores.base import RecordingStore, StoreError
from codec.stores.factory import open_store
from codec.stores.locations import Location, read_location

SPOOL = "spool"
"""Beside the technician's recordings: those that wait to be sent, and what is known of all of them."""
KNOWN_HOSTS = "known_hosts"
"""In the spool: the keys of SSH servers, as they were at the first visit."""


UNENCRYPTED = (
    "{shown} is not encrypted: everybody on the way could read the recordings, and the password. Have your "
    "administrator choose https, ftps, sftp or s3. If you trust the whole network up to {host}, start the console with "
    "--allow-unencrypted {host}."
)


def refusal_of(location: Location, unencrypted: Collection[str]) -> str:
    """Return why nothing is sent to a place, empty where nothing stands against it.

    `unencrypted` are the servers that the technician allowed on this computer; no relay can add to them.
    """
    if not location.is_unencrypted or location.is_loopback or location.host in unencrypted:
        return ""
    return UNENCRYPTED.format(shown=location.shown, host=location.host)


def open_place(location: Location, spool: Path, unencrypted: Collection[str] = ()) -> RecordingStore:
    """Return the place that a location names. Raises BadLocationError, StoreError."""
    refusal = refusal_of(location, unencrypted)
    if refusal:
        raise StoreError(refusal, retry=False)
    known = Path.home() / ".ssh" / KNOWN_HOSTS
    return open_store(location, hosts=spool / KNOWN_HOSTS, known_hosts=[known])


def test_location(spool: Path, unencrypted: Collection[str]) -> int:
    """Test the location that is entered; return 0. Raises BadLocationError, StoreError.

    A password on the command line could be read by everybody on this computer, so everything is asked for, or read
    from standard input: the location, a user name and a password, a line for each.
    """
    location = _asked() if sys.stdin.isatty() else _read()
    say(f"Testing {location.shown} …")
    asyncio.run(_test(location, spool, unencrypted))
    say("Recordings can be stored there. A small file was written, read and deleted.")
    return 0


async def _test(location: Location, spool: Path, unencrypted: Collection[str]) -> None:
    store = open_place(location, spool, unencrypted)
    try:
        await store.test()
    finally:
        await store.close()


def _asked() -> Location:
    location = read_location(ask("Location: "))
    if location.place.is_folder or location.password:
        return location
    user = location.user or ask("User name (empty if none is needed): ")
    password = getpass.getpass("Password: ") if user else ""
    return Location(location.place, location.host, location.port, location.path, location.query, user, password)


def _read() -> Location:
    lines = [line.rstrip("\r\n") for line in sys.stdin.readlines()] + ["", "", ""]
    return read_location(lines[0], lines[1], lines[2])
