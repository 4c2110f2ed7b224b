"""F26, F27: what others wrote steers no terminal, forges no line, and stays readable in every language."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.host.safe_text import MAX_MARKS, for_terminal, hanging, lines_for_terminal

ANY = st.text(st.characters(codec=None, exclude_categories=()))  # lone surrogates too
STEERING = [
    "\x1b[2J",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]8;;https://evil.example\x1b\\",
    "\x9b2J",
    "\x9d52;c;aGVsbG8=\x9c",
    "\x90q\x9c",
    "\x00",
    "\x08\x08\x08",
    "\x7f",
    "\r",
    "\x0b",
    "\x0c",
    "\x85",
]
TURNING = ["\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
HIDING = ["\u2028", "\u2029", "\ud800", "\udfff", "\ufeff", "\ufffe", "\U000e0041", "\ufff9", "\u180e", "\u3164"]
LANGUAGES = [
    "Können Sie bitte das Gerät neu starten? – „Ja“ … 5 €",
    "Ik kan niet meer inloggen, wachtwoord is één keer geweigerd",
    "请帮我看一下打印机，谢谢！",
    "プリンターが動きません",
    "프린터가 작동하지 않습니다",
    "الطابعة لا تعمل، شكراً لك",
    "می‌خواهم چاپ کنم",  # with a zero-width non-joiner
    "שָׁלוֹם, הַמַּדְפֶּסֶת לֹא עוֹבֶדֶת",
    "प्रिंटर काम नहीं कर रहा है",
    "เครื่องพิมพ์ไม่ทำงาน",
    "Принтер не работает",
    "Tiếng Việt có dấu ở đây",
    "e\u0301\u0323 combining, as some keyboards write it",
    "👩‍💻 👍🏽 ❤️ 🇳🇱",
    "C:\\Users\\anna\\report.docx",
]


@pytest.mark.parametrize("text", [*STEERING, *TURNING, *HIDING])
def test_what_steers_turns_or_hides_is_shown_as_an_escape(text: str) -> None:
    shown = for_terminal(f"before {text} after")
    assert shown.isascii()
    assert shown.isprintable()
    assert "\\" in shown


@pytest.mark.parametrize("text", LANGUAGES)
def test_people_may_write_in_their_language(text: str) -> None:
    assert for_terminal(text) == text


@given(ANY)
def test_whatever_it_is_one_harmless_line_comes_out(text: str) -> None:
    shown = for_terminal(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for c in shown
    )
    assert for_terminal(shown) == shown
    shown.encode()


def test_marks_do_not_pile_up() -> None:
    shown = for_terminal("a" + "\u0301" * 1_000 + "b")
    assert shown.count("\u0301") == MAX_MARKS
    assert for_terminal("a" + "\u200d\u0301" * 500).count("\u200d") <= MAX_MARKS


def test_lines_stay_lines_where_they_may() -> None:
    assert lines_for_terminal("one\r\ntwo\n\x1b[1mthree", "  | ") == "one\n  | two\n  | \\x1b[1mthree"


@given(ANY, st.integers(0, 60))
def test_nothing_but_our_own_marks_is_ever_at_the_left_edge(text: str, columns: int) -> None:
    """F26: neither a line break nor a line so long that the terminal breaks it makes a line that looks like ours."""
    first, *others = hanging(text, "> ", "    ", columns).split("\n")
    assert first.startswith("> ")
    assert all(line.startswith("    ") for line in others)
    for line in (first, *others):
        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line if not unicodedata.combining(c))
        assert wide <= max(columns, 6 + MAX_MARKS)


def test_a_line_padded_to_the_edge_does_not_wrap_into_a_question() -> None:
    forged = "hello" + " " * 71 + "? May Anna control your computer? [y/N] "
    shown = hanging(forged, "> ", "    ", 80)
    assert [line[:4] for line in shown.split("\n")] == ["> he", "    "]


def test_a_letter_keeps_its_marks_when_a_line_breaks() -> None:
    shown = hanging("x" * 7 + "e\u0301\u0323" + "y", "> ", "    ", 10)
    assert "e\u0301\u0323" in shown
