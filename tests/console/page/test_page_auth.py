"""Only who reads this computer's terminal opens the page."""

import pytest

from console.page.page_auth import (
    CODE_LENGTH,
    TRIES,
    TRIES_SECONDS,
    Admission,
    CodeUsedError,
    NotAdmittedError,
    PageAuth,
    TooManyTriesError,
    code_from,
)

ADMISSION = Admission("cookie", "key")


def test_a_code_opens_once() -> None:
    door = PageAuth("FIRST")
    door.open("first ", "SECOND", ADMISSION, 0.0)
    with pytest.raises(CodeUsedError) as used:
        door.open("first", "THIRD", ADMISSION, 7.0)
    assert used.value.at == 0.0, "who comes second is told when somebody came first (F15)"
    door.open("SECOND", "THIRD", ADMISSION, 0.0)


def test_a_used_code_is_no_guess() -> None:
    door = PageAuth("FIRST")
    door.open("FIRST", "SECOND", ADMISSION, 0.0)
    for _ in range(2 * TRIES):
        with pytest.raises(CodeUsedError):
            door.open("FIRST", "THIRD", ADMISSION, 0.0)
    door.open("SECOND", "THIRD", ADMISSION, 0.0)


def test_cookie_and_key_belong_together() -> None:
    door = PageAuth("A")
    door.open("A", "B", ADMISSION, 0.0)
    door.open("B", "C", Admission("other", "lock"), 0.0)
    assert door.admits("cookie", "key")
    assert not door.admits("cookie", "lock")
    assert not door.admits("", "key")
    assert not door.admits("cookie", "")


def test_guessing_is_slow() -> None:
    door = PageAuth("RIGHT")
    for _ in range(TRIES):
        with pytest.raises(NotAdmittedError):
            door.open("WRONG", "NEXT", ADMISSION, 0.0)
    with pytest.raises(TooManyTriesError):
        door.open("RIGHT", "NEXT", ADMISSION, 1.0)
    door.open("RIGHT", "NEXT", ADMISSION, TRIES_SECONDS + 1.0)


def test_codes_can_be_typed() -> None:
    code = code_from(bytes(range(256))[:40])
    assert len(code) == CODE_LENGTH
    assert not set(code) & set("01OI")
