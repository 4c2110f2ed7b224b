"""What both sides hear of what was copied, and of what could not be shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.session.copied import copied_here, copied_there
from applet.session.ui_state import (
    ClipboardChanged,
    ClipboardNote,
    ClipboardNotRead,
    ClipboardTooLong,
    CopiedHere,
    UiState,
)
from applet.ui.texts import note_text
from codec.wire import messages
from codec.wire.messages import CLIPBOARD_BYTES, Notice, Trouble, pack, unpack

notes = st.sampled_from([None, *ClipboardNote])
copies = st.one_of(
    st.builds(ClipboardChanged, st.text(st.characters(codec=None), max_size=50)),
    st.builds(ClipboardTooLong, st.integers(CLIPBOARD_BYTES + 1, 1 << 40)),
    st.just(ClipboardNotRead()),
)


FOR_THE_TECHNICIAN = (messages.Cause.SLOW_PROGRAM, messages.Cause.NO_OVERLAY, messages.Cause.NO_WINDOW)
"""Causes that the customer can do nothing about, and that take nothing from them."""


@pytest.mark.finding("field-11", "field-12", "field-13")
@given(copies, notes)
def test_whatever_is_copied_can_be_said_and_a_failure_is_told_and_taken_back(
    copied: CopiedHere, before: ClipboardNote | None
) -> None:
    said, note = copied_here(copied, before)
    assert [unpack(pack(each)) for each in said] == said
    told = [each.on for each in said if isinstance(each, Notice) and each.trouble is Trouble.CLIPBOARD_FAILED]
    failed = isinstance(copied, ClipboardNotRead)
    assert told == ([True] if failed else [False] if before is ClipboardNote.NOT_READ else [])
    assert (note is None) is isinstance(copied, ClipboardChanged)


@pytest.mark.finding("field-11")
@pytest.mark.parametrize(("text", "fits"), [("€" * (CLIPBOARD_BYTES // 3), True), ("€" * 350_000, False)])
def test_the_limit_is_in_bytes(text: str, fits: bool) -> None:
    said, note = copied_here(ClipboardChanged(text), None)
    assert said == [messages.ClipboardText(text) if fits else messages.ClipboardTooLong(len(text.encode()))]
    assert note is (None if fits else ClipboardNote.MINE_TOO_LONG)


@pytest.mark.finding("field-11", "field-15", "field-18")
def test_the_customer_reads_what_does_not_work_and_what_to_do() -> None:
    assert note_text(UiState(), "Anna") == ""
    for note in ClipboardNote:
        assert note_text(UiState(clipboard_note=note), "Anna").endswith(".")
    assert copied_there(messages.ClipboardTooLong(1 << 21), None) == ([], ClipboardNote.THEIRS_TOO_LONG)
    assert copied_there(messages.ClipboardText("a"), ClipboardNote.NOT_READ)[1] is None
    for cause in messages.Cause:
        text = note_text(UiState(screen_trouble=cause), "Anna")
        assert bool(text) is (cause not in FOR_THE_TECHNICIAN)
        assert not text or "Anna" in text
