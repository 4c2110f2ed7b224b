"""Where recordings go, as people write it: a folder, a share or a server's address. Pure.

/srv/recordings    C:\\recordings    \\\\computer\\folder    smb://computer/folder
<scheme>://[user[:password]@]host[:port]/path[?extra]      scheme: ftp, ftps, http, https, sftp
s3://[key:secret@]server[:port]/bucket[/prefix][?region=eu-west-1&http=1]
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from codec.errors import DesksideError


class Place(StrEnum):
    """The kinds of places that recordings can go to."""

    LOCAL = "local"
    NETWORK = "network"
    FTP = "ftp"
    FTPS = "ftps"
    HTTP = "http"
    HTTPS = "https"
    SFTP = "sftp"
    S3 = "s3"

    @property
    def is_folder(self) -> bool:
        """Whether the technician's computer reaches it as a folder."""
        return self in (Place.LOCAL, Place.NETWORK)


SERVERS = tuple(place for place in Place if not place.is_folder)
"""The places that are reached by an address, which begins with the place's name."""
_PORTS = {Place.FTP: 21, Place.FTPS: 21, Place.HTTP: 80, Place.HTTPS: 443, Place.SFTP: 22, Place.S3: 443}
_WITH_EXTRA = (Place.HTTP, Place.HTTPS, Place.S3)
_S3_OPTIONS = {"region": re.compile(r"[a-z0-9-]{1,40}"), "http": re.compile(r"[01]")}
_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")
_SHARE = re.compile(r"\\\\(?P<host>[^\\/]+)\\(?P<path>[^\\/].*)", re.DOTALL)
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[^\s/\\@?#%<>\"'`{}|^]+")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Flaw(StrEnum):
    """What can be wrong with a location: the cause and the remedy."""

    EMPTY = "Enter a location, as a complete path or address."
    NOT_WHOLE = (
        "This is not a complete path or address. Enter one such as /srv/recordings, C:\\recordings, "
        "\\\\computer\\folder or sftp://server/recordings."
    )
    SCHEME = (
        "An address must begin with ftp://, ftps://, http://, https://, sftp://, s3:// or smb://. Use one of these."
    )
    HOST = "The address has no server. Enter the server after the two slashes, as in sftp://server/recordings."
    PORT = "The port must be a number from 1 to 65535. Correct it, or leave it out."
    CHARACTERS = "A location cannot contain characters such as line breaks. Remove them."
    DOTS = "The path contains “..”. Enter the actual folder."
    MARK = "The path contains “#” or “?”. Use %23 for “#” and %3F for “?”."
    USER = "The address has a password but no user name. Enter both or neither."
    FOLDER = "The address has no folder. Enter it after the computer, as in smb://computer/folder."
    BUCKET = "The address has no bucket. Enter it after the server, as in s3://server/bucket."
    OPTION = "After “?”, an S3 address can have only region=… and http=1. Remove the rest."
    ONLY_WINDOWS = (
        "This path works only on Windows. Mount the share on this computer and enter the path where it is mounted."
    )
    NOT_WINDOWS = "This path does not work on Windows. Enter one with a drive, such as C:\\recordings, or a share."


class BadLocationError(DesksideError):
    """The location cannot be used. The text says what is wrong and what helps, and never repeats a password."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw


@dataclass(frozen=True)
class Location:
    """A place, read. `port` None means the usual one.

    `path` is the folder: as the file system has it, decoded for FTP, SFTP and S3, as it is in the address for
    HTTP. `query` is what HTTP servers and S3 take beside it.
    """

    place: Place
    host: str = ""
    port: int | None = None
    path: str = ""
    query: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The location for people and logs: without the password, and without what an HTTP server's query may hide."""
        if self.place == Place.LOCAL:
            return self.path
        if self.place == Place.NETWORK:
            return f"\\\\{self.host}\\{self.path}"
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        path = self.path if self.place in (Place.HTTP, Place.HTTPS) else quote(self.path)
        query = f"?{self.query if self.place == Place.S3 else '…'}" if self.query else ""
        return f"{self.place}://{user}{self._server}{path}{query}"

    @property
    def account(self) -> tuple[str, str, int, str]:
        """What a password is good for: scheme, host, port and user. Elsewhere it must not be sent."""
        return self.place, self.host, self.port or _PORTS.get(self.place, 0), self.user

    @property
    def usual_port(self) -> int:
        """The port to connect to. Raises KeyError for folders."""
        if self.place == Place.S3 and self.option("http") == "1":
            return self.port or 80
        return self.port or _PORTS[self.place]

    @property
    def is_unencrypted(self) -> bool:
        """Whether everybody on the way reads what is sent there, the password too."""
        return self.place in (Place.FTP, Place.HTTP) or (self.place == Place.S3 and self.option("http") == "1")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this computer by its address: what is sent there goes over no network."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def option(self, name: str) -> str:
        """Return what an S3 address says about `region` or `http`, empty where it says nothing."""
        return dict(parse_qsl(self.query)).get(name, "")

    @property
    def _server(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host


def read_location(text: str, user: str = "", password: str = "") -> Location:
    """Return what a location says. `user` and `password` beside it win over those in it. Raises BadLocationError."""
    text = text.strip()
    if not text:
        raise BadLocationError(Flaw.EMPTY)
    _refuse_characters(text + user + password)
    address = _ADDRESS.match(text)
    if address is None:
        return _folder(text)
    scheme = address["scheme"].lower()
    if scheme == "smb":
        return _share(text)
    if scheme not in SERVERS:
        raise BadLocationError(Flaw.SCHEME)
    return _server(Place(scheme), _split(text), user, password)


def folder_of(location: Location, platform: str) -> str:
    """Return the path of a folder on a system, named as `sys.platform` has it.

    Raises BadLocationError where that system cannot reach it.
    """
    is_windows = platform == "win32"
    if location.place == Place.NETWORK:
        if not is_windows:
            raise BadLocationError(Flaw.ONLY_WINDOWS)
        return location.shown
    if bool(_WINDOWS_PATH.match(location.path)) is not is_windows:
        raise BadLocationError(Flaw.NOT_WINDOWS if is_windows else Flaw.ONLY_WINDOWS)
    return location.path


def _folder(text: str) -> Location:
    share = _SHARE.fullmatch(text)
    is_path = text.startswith("/") or _WINDOWS_PATH.match(text)
    if not share and not is_path:
        raise BadLocationError(Flaw.NOT_WHOLE)
    _refuse_dots(text)
    if share is None:
        return Location(Place.LOCAL, path=text)
    return _named_share(share["host"], share["path"])


def _share(text: str) -> Location:
    parts = _split(text)
    if parts.query or parts.fragment:
        raise BadLocationError(Flaw.MARK)
    return _named_share(_host(parts), unquote(parts.path).strip("/").replace("/", "\\"))


def _named_share(host: str, path: str) -> Location:
    if not _HOST.fullmatch(host):
        raise BadLocationError(Flaw.HOST)
    if not path.strip("\\"):
        raise BadLocationError(Flaw.FOLDER)
    _refuse_characters(path)
    _refuse_dots(path)
    return Location(Place.NETWORK, host, path=path)


def _server(place: Place, parts: SplitResult, user: str, password: str) -> Location:
    if parts.fragment or (parts.query and place not in _WITH_EXTRA):
        raise BadLocationError(Flaw.MARK)
    host, port = _host(parts), _port(parts)
    inside, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if secret and not inside and not user:
        raise BadLocationError(Flaw.USER)
    path = unquote(parts.path)
    _refuse_characters(path + inside + secret)
    _refuse_dots(path)
    if place == Place.S3:
        _refuse_s3(path, parts.query)
    kept = quote(parts.path, safe="/%:@!$&'()*+,;=~") if place in (Place.HTTP, Place.HTTPS) else path
    name = user or inside
    own = password or (secret if name == inside else "")
    return Location(place, host, port, kept or "/", parts.query, name, own)


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:  # brackets that are no IPv6 address
        raise BadLocationError(Flaw.HOST) from None


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        raise BadLocationError(Flaw.HOST)
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        raise BadLocationError(Flaw.PORT) from None
    if port == 0:
        raise BadLocationError(Flaw.PORT)
    return port


def _refuse_s3(path: str, query: str) -> None:
    if not path.strip("/"):
        raise BadLocationError(Flaw.BUCKET)
    options = parse_qsl(query, keep_blank_values=True)
    if any(name not in _S3_OPTIONS or not _S3_OPTIONS[name].fullmatch(value) for name, value in options):
        raise BadLocationError(Flaw.OPTION)
    if query and not options:
        raise BadLocationError(Flaw.OPTION)


def _refuse_characters(text: str) -> None:
    """Line breaks would end a command or a header early; characters that turn the order make a host read as another."""
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in _TURNING for sign in text):
        raise BadLocationError(Flaw.CHARACTERS)


def _refuse_dots(path: str) -> None:
    if ".." in re.split(r"[\\/]", path):
        raise BadLocationError(Flaw.DOTS)
