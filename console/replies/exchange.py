"""Predefined replies as a file that technicians give one another. Pure.

The file comes from anywhere, so nothing in it is expanded: a document type, without which XML has no entities of its
own, is refused like all else that no export writes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from codec.errors import DesksideError
from codec.wire.messages import CHAT_CHARACTERS
from console.replies.messages import FILE_BYTES, NAME_CHARACTERS, Reply, ReplyKind

MOST_REPLIES = 2_000
MOST_RAW = 2 * CHAT_CHARACTERS
"""The longest text of an element, white space included: 1 MiB of pieces takes half a minute to join."""
_ROOT, _VERSION = "deskside-replies", "1"
_PARTS = ("name", "content")
_NO_TEXT = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML can hold (https://www.w3.org/TR/xml/#charsets), and line ends of other systems."""
_ADDRESS = re.compile(r"(https?|ftp)://[^\s/]\S*", re.IGNORECASE)


class BadRepliesError(DesksideError):
    """This file does not contain predefined replies that Deskside exported. Nothing was added."""


class EmptyReplyError(DesksideError):
    """Enter a name and a text or an address."""


class BadAddressError(DesksideError):
    """Enter a whole address. It begins with https://, http:// or ftp://."""


@dataclass(frozen=True)
class Entry:
    """A reply or address without its place in anybody's list."""

    kind: ReplyKind
    name: str
    content: str


def entry(kind: ReplyKind, name: str, content: str) -> Entry:
    """Return what is kept of what was entered. Raises BadAddressError, EmptyReplyError."""
    lines = (each.replace("\r\n", "\n").replace("\r", "\n") for each in (name, content))
    name, content = (_NO_TEXT.sub("", each).strip() for each in lines)
    if not name or not content:
        raise EmptyReplyError(EmptyReplyError.__doc__)
    if kind is ReplyKind.URL and not _ADDRESS.fullmatch(content):
        raise BadAddressError(BadAddressError.__doc__)
    return Entry(kind, " ".join(name.split()), content)


def write(replies: Iterable[Reply]) -> str:
    """Return the file with these replies."""
    lines = [
        f"  <{each.kind}>\n    <name>{_escaped(each.name)}</name>\n    <content>{_escaped(each.content)}</content>\n"
        f"  </{each.kind}>\n"
        for each in replies
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{_ROOT} version="{_VERSION}">\n{"".join(lines)}</{_ROOT}>\n'


def read(xml: str) -> list[Entry]:
    """Return what a file holds. Raises BadRepliesError, whatever is wrong with it."""
    data = xml.removeprefix("\ufeff").encode(errors="replace")
    if len(data) > FILE_BYTES:
        raise BadRepliesError(BadRepliesError.__doc__)
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
        return [entry(*each) for each in reader.found]
    except (expat.ExpatError, BadAddressError, EmptyReplyError):
        raise BadRepliesError(BadRepliesError.__doc__) from None


class _Reader:
    """Takes exactly the elements that `write` writes."""

    def __init__(self) -> None:
        self.found: list[tuple[ReplyKind, str, str]] = []
        self._open: list[str] = []
        self._parts: dict[str, str] = {}
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_what: object) -> None:
        raise BadRepliesError(BadRepliesError.__doc__)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match self._open:
            case []:
                fits = name == _ROOT and attributes == {"version": _VERSION}
            case [_]:
                fits = name in set(ReplyKind) and not attributes and len(self.found) < MOST_REPLIES
                self._parts = {}
            case [_, _]:
                fits = name in _PARTS and name not in self._parts and not attributes
                self._parts[name] = ""
            case _:
                fits = False
        if not fits:
            self._refuse()
        self._open.append(name)

    def _end(self, name: str) -> None:
        self._open.pop()
        if len(self._open) != 1:
            return
        title, content = (self._parts.get(part, "").strip() for part in _PARTS)
        if not 0 < len(title) <= NAME_CHARACTERS or not 0 < len(content) <= CHAT_CHARACTERS:
            self._refuse()
        self.found.append((ReplyKind(name), title, content))

    def _text(self, text: str) -> None:
        if len(self._open) == len((_ROOT, *_PARTS)):
            self._parts[self._open[-1]] += text
            if len(self._parts[self._open[-1]]) > MOST_RAW:
                self._refuse()
        elif text.strip():
            self._refuse()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
