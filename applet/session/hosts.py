"""Addresses of relays: which ones can be used, and how a host is shown so that nobody takes it for another. Pure.

A relay says of itself what it likes; its host is what the certificate proves. So a host is shown as it is connected to,
and in letters of other scripts only where these cannot be taken for different ones (as browsers decide it, see
"IDN in Google Chrome"): else by its `xn--` name.
"""

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

from codec.errors import DesksideError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MAX_SHOWN = 80
_PORTS = {"https": 443, "http": 80}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_HOST = 253
_LATIN_LOOKALIKES = frozenset("ıĸŀŉſƒȷɑɡɩʟαβ")
_LOOK_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "CHEROKEE", "LISU", "GEORGIAN"})
"""Scripts in which whole words can look like Latin ones. Shown only below a top domain of their own."""
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"CJK", "BOPOMOFO"}),
    frozenset({"CJK", "HANGUL"}),
)
_LETTERS = ("Ll", "Lo", "Lm", "Mn", "Mc")


class BadAddressError(DesksideError):
    """This is no address of a relay. `problem` names why: "not_a_relay", or "not_safe" where it is not encrypted."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"not an address of a relay: {problem}")
        self.problem = problem


def relay_address(text: str) -> str:
    """Return the address that is connected to: scheme, host in ASCII, and a port that is not the usual one.

    What follows the host is left out. Raises BadAddressError, also for http:// to anywhere but this computer.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii(parts.hostname or "")
    except (ValueError, AddressValueError):
        raise BadAddressError("not_a_relay") from None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or "\\" in text or port == 0:
        raise BadAddressError("not_a_relay")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadAddressError("not_safe")
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def shown_host(address: str) -> str:
    """Return the host of a relay's address as people may see it. Its end is what matters, so that is never cut off."""
    netloc = address.partition("://")[2]
    host, colon, port = netloc.rpartition(":") if re.search(r":\d+$", netloc) else (netloc, "", "")
    labels = host.split(".")
    scripts_of_top = _scripts(_unicode(labels[-1]))
    shown = ".".join(_shown_label(label, scripts_of_top) for label in labels) + colon + port
    return shown if len(shown) <= MAX_SHOWN else f"…{shown[1 - MAX_SHOWN :]}"


def _ascii(host: str) -> str:
    """Return a host as the DNS has it. Raises ValueError for what is none."""
    if ":" in host:
        return IPv6Address(host).compressed
    host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(host)
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        return str(IPv4Address(host))  # no other numbers: some programs read 2130706433 as an address too
    return ".".join(labels)


def _shown_label(label: str, scripts_of_top: frozenset[str]) -> str:
    text = _unicode(label)
    return text if text != label and _is_clear(text, scripts_of_top) else label


def _unicode(label: str) -> str:
    """Return what an `xn--` label stands for; the label itself where that is nothing proper."""
    if not label.startswith("xn--"):
        return label
    try:
        text = label[4:].encode("ascii").decode("punycode")
        again = text.encode("punycode").decode("ascii")
    except (ValueError, OverflowError):
        return label
    proper = f"xn--{again}" == label and unicodedata.normalize("NFKC", text).casefold() == text and not text.isascii()
    return text if proper else label


def _is_clear(text: str, scripts_of_top: frozenset[str]) -> bool:
    """Whether a label is in one script, and cannot be taken for one in Latin letters."""
    if not all(character in "-0123456789" or unicodedata.category(character) in _LETTERS for character in text):
        return False
    scripts = _scripts(text)
    if scripts == {"LATIN"}:
        return all(character < "\u0180" and character not in _LATIN_LOOKALIKES for character in text)
    if scripts & _LOOK_LATIN:
        return len(scripts) == 1 and scripts <= scripts_of_top
    return len(scripts) == 1 or any(scripts <= allowed for allowed in _TOGETHER)


def _scripts(text: str) -> frozenset[str]:
    """Return the scripts of the letters of a text: the first words of their names in the Unicode Character Database."""
    letters = (each for each in text if unicodedata.category(each) in _LETTERS)
    return frozenset(unicodedata.name(each, "UNKNOWN").split()[0] for each in letters)
