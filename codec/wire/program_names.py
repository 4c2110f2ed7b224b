"""What the help program brings along from the relay's page: in its file's name, or in a `deskside:` link. Pure.

Neither ever holds a secret. Names of files stay in lists of downloads and in backups, and links are read by every user
of a computer from its list of processes: a PIN lets one customer in, within minutes, and nothing else is in them.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from codec.wire.pins import is_pin

SCHEME = "deskside"
"""Links of this scheme open the help program where it is installed."""
PIN_SECONDS = 900.0
"""A PIN in a name is used only while the file is so young: no PIN can be used much longer, and files are kept."""
_LOCAL = ("localhost", "127.0.0.1")
_HOST = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)
_NAME = re.compile(
    r"deskside_(?P<host>[a-z0-9.-]{1,253}?)(?:_(?P<port>[0-9]{1,5}))?(?:_pin(?P<pin>[0-9]{6,9}))?_help\b", re.ASCII
)


@dataclass(frozen=True)
class Carried:
    """A relay, and the PIN that a customer gave there."""

    relay: str
    pin: str | None = None


def name_for(relay: str, ending: str, pin: str | None = None) -> str | None:
    """Return what a file is called that carries these, None where a name cannot carry this relay."""
    address = urlsplit(relay)
    host = (address.hostname or "").lower()
    if not _HOST.fullmatch(host) or relay != _address(host, address.port):
        return None
    port = "" if address.port is None else f"_{address.port}"
    return f"deskside_{host}{port}{f'_pin{pin}' if is_pin(pin) else ''}_help{ending}"


def read_name(name: str) -> Carried | None:
    """Return what the name of a file carries; browsers may have added to it. None where it carries nothing."""
    found = _NAME.match(name)
    if found is None:
        return None
    port = None if found["port"] is None else int(found["port"])
    return Carried(_address(found["host"], port), found["pin"] if is_pin(found["pin"]) else None)


def link_for(carried: Carried) -> str:
    """Return the link that opens the help program with these."""
    pin = f"&pin={carried.pin}" if carried.pin else ""
    return f"{SCHEME}://open?relay={quote(carried.relay, safe='')}{pin}"


def read_link(link: str) -> Carried | None:
    """Return what a link carries, None for one that is not ours. Anyone may have written it: the relay is not known."""
    try:
        parts = urlsplit(link.strip())
        fields = parse_qs(parts.query, max_num_fields=8)
    except ValueError:
        return None
    relay, pin = fields.get("relay", [""])[0], fields.get("pin", [None])[0]
    if parts.scheme != SCHEME or not relay:
        return None
    return Carried(relay, pin if is_pin(pin) else None)


def _address(host: str, port: int | None) -> str:
    return f"{'http' if host in _LOCAL else 'https'}://{host}{'' if port is None else f':{port}'}"
