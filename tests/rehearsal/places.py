"""Where the parts of a rehearsal listen, and what earlier ones left behind: chosen so that nothing fails by chance."""

import re
import secrets
import socket
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from codec.host.private_files import NotPrivateError, read_private, write_private
from relay.config.settings import ENVIRONMENT
from relay.credentials.password_strength import Level, check
from relay.field_errors import FieldError

RELAY, CONSOLE = "127.0.0.1:8080", "127.0.0.1:8090"
STUN_PORT = 3478
PASSWORD_BYTES = 12
_ADDRESS = re.compile(r"(127\.0\.0\.1|localhost):(\d{1,5})")


class CannotStartError(Exception):
    """A part did not start; the text says which, and what to do."""


@dataclass(frozen=True)
class Place:
    """Where the parts listen, and where they keep what they must remember."""

    relay: str
    console: str
    var: Path
    stun_port: int = STUN_PORT

    @property
    def data(self) -> Path:
        """The relay's folder."""
        return self.var / "relay"

    @property
    def database(self) -> Path:
        """The relay's database."""
        return self.data / "relay.sqlite3"

    @property
    def sign_in(self) -> Path:
        """The file with the technician's password, readable by its owner only."""
        return self.var / "rehearsal-sign-in"

    @property
    def furnished(self) -> Path:
        """A file that is there once the organisation is complete."""
        return self.var / "rehearsal-furnished"

    @property
    def log(self) -> Path:
        """The folder with what the parts write."""
        return self.var / "log"


def choose(relay: str | None, console: str | None, var: Path) -> tuple[Place, list[str]]:
    """Return where a rehearsal runs, and what to tell: which addresses were taken, and which are used instead.

    An address that was asked for is never replaced. Raises CannotStartError.
    """
    told: list[str] = []
    taken: set[str] = set()
    relay = _address("RELAY", relay, RELAY, told, taken)
    console = _address("CONSOLE", console, CONSOLE, told, taken)
    stun = STUN_PORT if is_free(f"127.0.0.1:{STUN_PORT}", socket.SOCK_DGRAM) else free_port(socket.SOCK_DGRAM)
    return Place(relay, console, var, stun), told


def elsewhere(place: Place) -> Place:
    """Return the place with another relay, for when another program was quicker."""
    return replace(place, relay=f"127.0.0.1:{free_port()}")


def _address(name: str, asked: str | None, usual: str, told: list[str], taken: set[str]) -> str:
    address = asked or usual
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match[2]) < 65_536:
        raise CannotStartError(f"{name}={address}: write an address of this computer and a port, such as {usual}.")
    if address not in taken and is_free(address):
        taken.add(address)
        return address
    if asked is not None:
        raise CannotStartError(f"{name}={address} is used by another program. Choose another port.")
    other = f"127.0.0.1:{free_port()}"
    told.append(f"{address} is used by another program; using {other}. To choose: make run {name}=HOST:PORT")
    taken.add(other)
    return other


def is_free(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether a program could listen there now."""
    host, _, port = address.rpartition(":")
    with socket.socket(type=kind) as probe:
        if kind is socket.SOCK_STREAM:  # connections that have just ended keep nobody out
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that is free now."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_password(email: str, name: str, draw: Callable[[], str] = lambda: secrets.token_urlsafe(PASSWORD_BYTES)) -> str:
    """Return a password that the relay's own rule accepts."""
    while True:
        drawn = draw()
        if _holds(drawn, email, name):
            return drawn


def kept_password(place: Place, email: str, name: str) -> str:
    """Return the password of earlier rehearsals. One that is missing, damaged or too weak is drawn again.

    Raises CannotStartError when it can neither be read nor written.
    """
    try:
        kept = read_private(place.sign_in).decode(errors="replace").strip()
    except (FileNotFoundError, NotPrivateError):
        kept = ""
    except OSError as error:
        raise CannotStartError(_unusable(place.sign_in, error)) from None
    if _holds(kept, email, name):
        return kept
    drawn = new_password(email, name)
    try:
        place.sign_in.unlink(missing_ok=True)  # it may belong to another user, or be open to others
        write_private(place.sign_in, drawn.encode())
    except OSError as error:
        raise CannotStartError(_unusable(place.sign_in, error)) from None
    return drawn


def _holds(password: str, email: str, name: str) -> bool:
    try:
        check(password, Level.GOOD, email, name)
    except FieldError:
        return False
    return True


def _unusable(path: Path, error: OSError) -> str:
    return f"{path} cannot be used ({error.strerror}). Delete it, then try again."


def set_half_aside(place: Place, first: str) -> str | None:
    """Move a relay away whose set-up was interrupted; return what to tell, None where there is nothing to do.

    Half of an organisation cannot be completed by setting it up again. `first` is who is made first.
    """
    if not place.database.exists() or place.furnished.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{place.database}?mode=ro", uri=True)) as database:
            emails = {row[0] for row in database.execute("SELECT email FROM person")}
    except sqlite3.Error:
        return None  # the relay itself says best what is wrong with its database
    if not emails <= {first}:  # complete, by a rehearsal that did not leave the mark yet
        return None
    if not emails:
        return None  # set-up did not happen: the next one is the first
    number = 1
    while (aside := place.var / f"relay-{number}.half").exists():
        number += 1
    place.data.rename(aside)
    return f"the last rehearsal was interrupted in its set-up; {aside} keeps what it made"


def environment_of(place: Place, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the relay: settings of another relay on this machine are not ours."""
    kept = {name: value for name, value in environment.items() if not name.startswith(ENVIRONMENT)}
    return kept | {f"{ENVIRONMENT}STUN_PORT": str(place.stun_port)}


def last_words(log: Path, lines: int = 3) -> str:
    """Return what a part wrote last, for messages."""
    try:
        written = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"  {line}" for line in written[-lines:])
