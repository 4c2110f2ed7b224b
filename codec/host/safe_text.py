"""Text that others wrote, made safe for a terminal and a log: it cannot steer the one, nor forge lines of the other.

What a terminal obeys and what only hides or turns text around is written as an escape (`\\x1b`, `\\u202e`); letters,
marks and signs of every language stay as they are. Pure.
"""

import unicodedata
from collections.abc import Iterator

MAX_MARKS = 8
"""No language needs more marks on one letter; more of them only paint over the lines around."""
TAB = 4
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_KEPT = frozenset(
    "\u00ad\u200b\u200c\u200d\u2060"
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Format characters that words are written with, and that turn nothing around."""
_ON_LETTERS = _MARKS | {"Cf"}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that nobody sees."""
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LETTER = 2
_WIDE = frozenset("WFA")
"""Wide, full width, and what is wide on some terminals: a line may end too early, never too late."""


def for_terminal(text: object) -> str:
    """Return a text as one line that does nothing but stand there. Escaping it again changes nothing."""
    return "".join(_safe(str(text)))


def lines_for_terminal(text: object, before: str = "") -> str:
    """Return a text whose own line breaks stay; `before` precedes every line but the first."""
    return f"\n{before}".join(map(for_terminal, str(text).replace("\r\n", "\n").split("\n")))


def hanging(text: object, first: str, others: str, columns: int) -> str:
    """Return a text that begins with `first`, on as many lines as it takes, all others beginning with `others`.

    No line is wider than `columns`, so the terminal itself breaks none: nothing but `first` and `others` is ever at the
    left edge, whatever the text holds.
    """
    lines, line, used = list[str](), first, _width(first)
    room = max(columns, _width(first) + _LETTER, _width(others) + _LETTER)
    for number, part in enumerate(str(text).replace("\r\n", "\n").split("\n")):
        if number:
            lines.append(line)
            line, used = others, _width(others)
        for written in _letters(for_terminal(part.replace("\t", " " * TAB))):
            width = _width(written)
            if used + width > room:
                lines.append(line)
                line, used = others, _width(others)
            line, used = line + written, used + width
    return "\n".join([*lines, line])


def _safe(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        if " " <= character <= "~":
            marks = 0
            yield character
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in _ON_LETTERS else 0
        if marks > MAX_MARKS or _is_escaped(character, category):
            yield _NAMED.get(character) or _escape(ord(character))
        else:
            yield character


def _is_escaped(character: str, category: str) -> bool:
    if character in _FILLERS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return True
    return category in _ESCAPED and character not in _KEPT


def _escape(number: int) -> str:
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _letters(text: str) -> Iterator[str]:
    """Cut a text into letters with the marks on them."""
    letter = ""
    for character in text:
        if letter and character > "~" and unicodedata.category(character) in _ON_LETTERS:
            letter += character
            continue
        if letter:
            yield letter
        letter = character
    if letter:
        yield letter


def _width(text: str) -> int:
    """Return how many columns a text takes at most; marks take some on terminals that do not know them."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)
