"""The words that two people compare."""

import pytest

from codec.session.sas import WORDS, sas_words


def test_there_is_one_word_for_each_byte_and_no_word_twice() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256


def test_words_are_short_and_plain() -> None:
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in WORDS)


def test_golden_words() -> None:
    assert sas_words(bytes([0, 1, 255, 9])) == ("acorn", "album", "zebra")


def test_too_short_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes"):
        sas_words(b"ab")
