"""A paste waits for its text, and everything behind it keeps its order. Pure."""

import pytest

from codec.session.paste_queue import MOST_WAITING, PasteQueue, TooMuchWaitsError, is_paste
from codec.wire.messages import (
    Key,
    Message,
    Modifier,
    PointerButton,
    ReleaseKeys,
    Shown,
    StillHeld,
    TypeText,
)

PASTE = Key(True, "KeyV", "v", modifiers=Modifier.CONTROL)
UP = Key(False, "KeyV", "v", modifiers=Modifier.CONTROL)


@pytest.mark.parametrize(
    "key",
    [
        PASTE,
        Key(True, "KeyV", "V", modifiers=Modifier.CONTROL | Modifier.SHIFT),
        Key(True, "KeyV", "v", modifiers=Modifier.META | Modifier.CAPS_LOCK),
        Key(True, "KeyV", "м", modifiers=Modifier.CONTROL),
        Key(True, "Period", "v", modifiers=Modifier.CONTROL),
        Key(True, "Insert", "Insert", modifiers=Modifier.SHIFT),
    ],
)
def test_what_programs_paste_at(key: Key) -> None:
    assert is_paste(key)


@pytest.mark.parametrize(
    "message",
    [
        UP,
        Key(True, "KeyV", "v"),
        Key(True, "KeyV", ".", modifiers=Modifier.CONTROL),
        Key(True, "KeyV", "v", modifiers=Modifier.CONTROL | Modifier.ALT),
        Key(True, "KeyC", "c", modifiers=Modifier.CONTROL),
        Key(True, "Insert", "Insert", modifiers=Modifier.CONTROL),
        TypeText("v"),
        ReleaseKeys(),
    ],
)
def test_what_they_do_not_paste_at(message: Message) -> None:
    assert not is_paste(message)


def test_a_paste_and_what_comes_behind_it_wait_and_nothing_else() -> None:
    queue = PasteQueue()
    assert not queue.holds_back(Key(True, "KeyA", "a"), copies=True)
    assert not queue.holds_back(PASTE, copies=False)
    behind = [PASTE, UP, PointerButton(0, 1, 2, 0, True), TypeText("x"), ReleaseKeys()]
    assert all(queue.holds_back(message, copies=True) for message in behind)
    assert not queue.holds_back(StillHeld(), copies=True)
    assert not queue.holds_back(Shown(0, 1), copies=True)
    assert queue.holds_back(Key(True, "KeyA", "a"), copies=False), "what waits is not overtaken when its text is there"
    assert queue.take() == [*behind, Key(True, "KeyA", "a")]
    assert not queue.waits
    assert not queue.holds_back(Key(True, "KeyA", "a"), copies=False)


def test_no_more_waits_than_anybody_types() -> None:
    queue = PasteQueue()
    for _ in range(MOST_WAITING):
        assert queue.holds_back(PASTE, copies=True)
    with pytest.raises(TooMuchWaitsError):
        queue.holds_back(UP, copies=True)
    assert not queue.waits
