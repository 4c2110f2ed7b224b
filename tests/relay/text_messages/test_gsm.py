"""How many text messages a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.text_messages.gsm import (
    BASIC,
    EACH,
    EACH_UNICODE,
    EXTENDED,
    ONE,
    ONE_UNICODE,
    is_gsm,
    length_of,
    messages_of,
)
from relay.text_messages.service import text_for
from tests.relay.mail.test_mail import LANGUAGES


@pytest.mark.parametrize(
    ("text", "length", "messages"),
    [
        ("", 0, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("é" * 160, 160, 1),
        ("ë" * 70, 70, 1),
        ("ë" * 71, 71, 2),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
    ],
)
def test_the_table(text: str, length: int, messages: int) -> None:
    assert (length_of(text), messages_of(text)) == (length, messages)


def test_the_alphabet_has_as_many_characters_as_the_standard() -> None:
    assert len(BASIC) == 127, "and one that begins what is extended"
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@given(st.text(max_size=700))
def test_messages_hold_what_they_are_counted_for(text: str) -> None:
    one, each = (ONE, EACH) if is_gsm(text) else (ONE_UNICODE, EACH_UNICODE)
    count, length = messages_of(text), length_of(text)
    assert length <= (one if count == 1 else count * each)
    assert count == 1 or length > (count - 1) * each


@given(st.text(max_size=200), st.sampled_from(["en", "nl"]))
def test_a_link_of_usual_length_is_one_message_whatever_the_organisation_is_called(name: str, language: str) -> None:
    link = "https://help.northwind-it-services.example/s/abcdefghijklmnopqrst"
    text = text_for(link, name, LANGUAGES[language])
    assert text.count(link) == 1
    assert messages_of(text) == 1
    assert "\n" not in text
