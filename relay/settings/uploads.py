"""What an uploaded file really is: its kind by its first bytes, the sides of a picture from its head.

Nothing is decoded here, so that a picture made to burst memory costs nothing. The code that keeps the bytes files
them under `sha256`.
"""

import hashlib
import re
import struct
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from relay.settings.compound_kinds import File
from relay.settings.kinds import ValueProblemError
from relay.settings.sentences import Sentence, sentence
from relay.texts import _

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z_])")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers, which carry the sides."""
_BARE = frozenset({0x01, 0xFF, *range(0xD0, 0xD9)})
"""Markers of JPEG that no length follows, and the byte that may fill the room before one."""
LONGEST_NAME = 128


@dataclass(frozen=True)
class Upload:
    """A file as a setting keeps it; the sides are 0 for what is no picture."""

    name: str
    format: str
    bytes: int
    width: int
    height: int
    sha256: str


def describe(kind: File, name: str, content: bytes) -> dict[str, Any]:
    """Return the value for a setting of this kind. Raises ValueProblemError naming the rule that the file breaks."""
    if not content:
        raise ValueProblemError("empty", Sentence(_("The file is empty. Choose another one.")))
    shortened = PureWindowsPath(PurePosixPath(name).name).name[-LONGEST_NAME:]
    what, width, height = recognise(content)
    ending = shortened.rpartition(".")[2].upper().replace("JPEG", "JPG")
    if kind.formats and what != ending and ending in kind.formats:
        said = _("The file is named {name}, but it is not a {format} file. Save it as {format} and upload it again.")
        raise ValueProblemError("format", sentence(said, name=shortened, format=ending))
    kind.judge(what, len(content), width, height)
    return asdict(Upload(shortened, what, len(content), width, height, hashlib.sha256(content).hexdigest()))


def recognise(content: bytes) -> tuple[str, int, int]:
    """Return what the bytes are ("PNG", "JPG", "BMP", "ICO", "WEBP", "XML" or "") and a picture's width and height.

    A picture whose sides are not found is none: browsers may find them, and any limit would be passed.
    """
    what, width, height = _look(content)
    return (what, width, height) if what == "XML" or (width > 0 and height > 0) else ("", 0, 0)


def _look(content: bytes) -> tuple[str, int, int]:
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            return ("PNG", *struct.unpack_from(">II", content, 16))
        if content.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", content, 18)
            return "BMP", width, abs(height)
        if content.startswith(b"\x00\x00\x01\x00"):
            return ("ICO", *_largest_icon(content))
        if content.startswith(b"\xff\xd8\xff"):
            return ("JPG", *_jpeg_sides(content))
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return ("WEBP", *_webp_sides(content))
    except (struct.error, IndexError):
        return "", 0, 0
    return ("XML", 0, 0) if _XML.match(content[:256]) else ("", 0, 0)


def _largest_icon(content: bytes) -> tuple[int, int]:
    (count,) = struct.unpack_from("<H", content, 4)
    sides = [struct.unpack_from("<BB", content, 6 + 16 * number) for number in range(count)]
    width, height = max(((wide or 256), (high or 256)) for wide, high in sides) if sides else (0, 0)
    return width, height


def _jpeg_sides(content: bytes) -> tuple[int, int]:
    place = 2
    while content[place] == 0xFF:
        if content[place + 1] in _BARE:
            place += 1 if content[place + 1] == 0xFF else 2
            continue
        marker, length = content[place + 1], struct.unpack_from(">H", content, place + 2)[0]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + length
    return 0, 0


def _webp_sides(content: bytes) -> tuple[int, int]:
    match content[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
    return 0, 0
