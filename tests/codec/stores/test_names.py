"""How recordings' names are written at a place."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codec.stores.names import PART, name_of, quoted, stored_name


@given(st.text(st.characters(), min_size=1))
@example("../../etc/passwd")
@example("..")
@example(".hidden")
@example("-rf")
@example("CON.avi")
@example("com¹")
@example("a.part")
@example("a.PART.part")
@example("a%2Fb")
@example(" a. ")
@example("a\r\nDELE b")
@example("\udcff")
@example("\u1100\u1161")
@example("e\u0301")
def test_every_name_is_safe_at_a_place_and_can_be_read_back(name: str) -> None:
    stored = stored_name(name)
    assert name_of(stored) == name
    assert not set(stored) & set("/\\:*?\"<>|\0\r\n;&$`'")
    assert all(sign.isprintable() for sign in stored)
    assert stored[0] not in " .-"
    assert stored[-1] not in " ."
    assert not stored.lower().endswith(PART)
    assert unicodedata.is_normalized("NFC", stored)
    stored.encode("utf-8")
    assert quoted(stored).isascii()


def test_the_usual_names_stay_as_they_are() -> None:
    for name in ("00000042-20261127T230000Z-Jürgen_Groß-山田.avi.proof", "a b (2).dsr"):
        assert stored_name(name) == name


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="name"):
        stored_name("")
