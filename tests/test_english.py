"""What people read is plain English: none of the words and turns that gave away a translated sentence."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOGUES = sorted(ROOT.glob("*/locale/nl/LC_MESSAGES/*.po"))
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
    "going on": "continuing",
    "anybody": "anyone",
    "everybody": "everyone",
    "meanwhile": "in the meantime",
    "this is no": "this is not a",
    "it is no": "it is not a",
    "is no file": "is not a file",
    "is not yours": "you do not have permission",
    "empty:": "if empty,",
    "off:": "when this is off,",
    "on:": "when this is on,",
    "present password": "current password",
    "small letters": "lower-case letters",
    "telephone": "phone",
    "mails": "e-mails",
    "vouches": "signs, confirms",
    "wrong tries": "wrong attempts",
    "given away": "in use",
    "is asked for": "is required",
    "set-up token": "setup token",
    "withdraw": "cancel",
    "all the same": "anyway",
    "organization": "organisation",
    "go on": "continue",
    "for ever": "forever",
}
_WORDS = re.compile(r"\b(" + "|".join(re.escape(each) for each in FORBIDDEN) + r")(?!\w)", re.IGNORECASE)


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


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_quotes_are_of_one_kind_in_both_languages(catalogue: Path) -> None:
    """“ and ” quote; ‘ is not used, and ’ is an apostrophe."""
    with catalogue.open("rb") as file:
        texts = [text for message in read_po(file) for text in (message.id, message.string)]
    assert [text for text in texts if "‘" in str(text) or str(text).count("“") != str(text).count("”")] == []
