"""The places outside this computer that its technician has confirmed for recordings, whatever a relay says of them.

A relay orders where recordings go; they hold what was seen of a customer's screen, and the chat. So an order counts
only once the technician has said yes to it on this computer, and again when anything of it changes: relay, account,
kind of place, server, port, folder, what stands behind a “?”, user name. A folder may be a share, so it is asked too.
"""

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from codec.stores.locations import BadLocationError, Location, read_location
from console.recording.decision_file import DecisionFile

FILE = "confirmed_places.json"


class Account(Struct, frozen=True):
    """Who is signed in where: the relay's address, and what the technician typed to sign in."""

    relay: str = ""
    name: str = ""


NOBODY = Account()


class Order(Struct, frozen=True):
    """A relay wants the recordings of an account to go to this location, by this user name."""

    account: Account
    location: str
    user: str = ""

    def read(self) -> Location:
        """Return the location, without a password. Raises BadLocationError."""
        return read_location(self.location, self.user)


class Pin(Struct, frozen=True):
    """What a technician said yes to. `query` is the SHA-256 of what stands behind the “?”, which may be a secret."""

    relay: str
    account: str
    place: str
    host: str
    port: int
    path: str
    query: str
    user: str

    @property
    def id(self) -> str:
        """Names it to pages: another one for every difference."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).hexdigest()[:32]


def pin_of(order: Order) -> Pin:
    """Return what is confirmed with an order. Raises BadLocationError."""
    location = order.read()
    return Pin(
        relay=order.account.relay,
        account=order.account.name,
        place=location.place.value,
        host=location.host.lower(),
        port=0 if location.place.is_folder else location.usual_port,
        path=location.path.rstrip("/\\"),
        query=hashlib.sha256(location.query.encode()).hexdigest() if location.query else "",
        user=location.user,
    )


def server_name(location: Location) -> str:
    """Return a server's name and port as the network has them, empty for a folder of this computer."""
    try:
        host = location.host if ":" in location.host else location.host.encode("idna").decode("ascii")
    except UnicodeError:
        host = ascii(location.host)
    if location.place.is_folder or not host:
        return host
    return f"[{host}]:{location.usual_port}" if ":" in host else f"{host}:{location.usual_port}"


class ConfirmedLocations:
    """What was confirmed, in a file in `folder`; without one for this run."""

    def __init__(self, folder: Path | None) -> None:
        self._pins = DecisionFile[list[Pin]](None if folder is None else folder / FILE, list[Pin], [])

    def has(self, order: Order) -> bool:
        """Whether the technician has said yes to this. A location that cannot be read was never confirmed."""
        try:
            return pin_of(order) in self._pins.read()
        except BadLocationError:
            return False

    def confirm(self, order: Order) -> bool:
        """The technician says yes. Return False where that cannot be written down. Raises BadLocationError."""
        pin = pin_of(order)
        return self._pins.write([*(each for each in self._pins.read() if each != pin), pin])
