"""What people read is plain English: none of the words and turns that gave away a translated sentence."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOGUES = sorted(ROOT.glob("*/locale/nl/LC_MESSAGES/*.po"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
WRITTEN_BY_TESTS = ROOT / "docs" / "requirements.md"
"""Holds the names of tests, which are long sentences of their own."""
FORBIDDEN = {
    "whoever": "you, anyone, the person who",
    "whomever": "you, anyone, the person whom",
    "somebody": "someone, a person, or their role",
    "nobody": "no one",
    "anew": "again",
    "of itself": "automatically",
    "by itself": "automatically",
    "of its own accord": "automatically",
    "he": "they",
    "his": "their",
    "him": "them",
    "take back": "cancel, undo, withdraw",
    "taken back": "cancelled, undone, withdrawn",
    "takes back": "cancels, undoes, withdraws",
    "gives back": "stops, returns",
    "given back": "stopped, returned",
    "give back": "stop, return",
    "stands": "is",
    "stand in": "are in",
    "lies": "is",
    "lie in": "are in",
    "thereby": "by this",
    "therein": "in it",
    "whereof": "of which",
    "look again": "refresh",
    "mend": "fix",
    "mended": "fixed",
    "goes on": "continues",
    "go on": "continue",
}
_WORDS = re.compile(r"\b(" + "|".join(re.escape(each) for each in FORBIDDEN) + r")\b", re.IGNORECASE)
_CODE = re.compile(r"```[\s\S]*?```|`[^`]*`|^    [^\n]*$", re.MULTILINE)


def sentences(catalogue: Path) -> list[str]:
    """Return every English text that a program shows."""
    with catalogue.open("rb") as file:
        return [
            text
            for message in read_po(file)
            for text in (message.id if isinstance(message.id, tuple | list) else (message.id,))
            if text
        ]


def complaints(text: str) -> list[str]:
    return [f"“{found}”: say {FORBIDDEN[found.lower()]}" for found in _WORDS.findall(text)]


@pytest.mark.finding("use-G")
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_no_text_of_a_program_sounds_translated(catalogue: Path) -> None:
    assert {text: found for text in sentences(catalogue) if (found := complaints(text))} == {}


@pytest.mark.finding("use-G")
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_texts_of_a_program_are_short_sentences_without_semicolons(catalogue: Path) -> None:
    assert [text for text in sentences(catalogue) if ";" in text] == []


@pytest.mark.finding("use-G")
@pytest.mark.parametrize("page", [page for page in PAGES if page != WRITTEN_BY_TESTS], ids=lambda path: path.name)
def test_no_page_sounds_translated(page: Path) -> None:
    prose = _CODE.sub("", page.read_text())
    assert [f"{line.strip()[:80]} … {found}" for line in prose.splitlines() if (found := complaints(line))] == []
