"""How a recording's name is written at a place: so that every file system and server keeps it, and it can be read back.

Letters and digits of all scripts stay as they are. Everything else that some system changes, forbids or takes for
something of its own is written as in addresses, `%` and two hexadecimal digits for each byte of its UTF-8. Pure.
"""

import re
import unicodedata
from urllib.parse import quote, unquote

PART = ".part"
"""The ending under which a file arrives, until it is whole."""
_PLAIN = frozenset(" ._-+=@,()")
_JAMO = range(0x1100, 0x1200)
"""Letters that join with the one before them, so that some systems write them otherwise."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever comes after the point."""


def stored_name(name: str) -> str:
    """Return how `name` is written at a place. Never empty, never a path, never hidden. Raises ValueError for ""."""
    if not name:
        raise ValueError("a file has a name")
    text = "".join(sign if _stays(sign) else _written(sign) for sign in name)
    if text[0] in " .-" or _RESERVED.match(text):
        text = _written(text[0]) + text[1:]
    if text[-1] in " ." or text.lower().endswith(PART):  # Windows drops those; the other is for what is not whole
        text = text[:-1] + _written(text[-1])
    return text


def name_of(stored: str) -> str:
    """Return the name that `stored_name` wrote."""
    return unquote(stored, errors="surrogatepass")


def quoted(stored: str) -> str:
    """Return a stored name as a piece of an address."""
    return quote(stored, safe="")


def _stays(sign: str) -> bool:
    if sign in _PLAIN:
        return True
    return sign.isalnum() and ord(sign) not in _JAMO and unicodedata.is_normalized("NFKC", sign)


def _written(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))
