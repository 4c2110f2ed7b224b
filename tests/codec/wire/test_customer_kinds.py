"""A technician is permitted no more than the customer's side can do."""

from codec.wire.access import Access
from codec.wire.customer_kinds import CustomerKind, within_means
from codec.wire.permits import Function
from codec.wire.signals import Enter, read_from_applet

FUNCTIONS = tuple(sorted(Function))


def test_a_program_says_nothing_of_its_means_and_can_do_everything() -> None:
    assert within_means(FUNCTIONS, []) == FUNCTIONS
    entered = read_from_applet('{"type": "enter", "version": 2, "pin": "482133"}')
    assert entered == Enter(2, pin="482133", kind=CustomerKind.PROGRAM, means=[])


def test_of_a_page_neither_control_nor_clipboard_can_be_asked() -> None:
    left = within_means(FUNCTIONS, ["view", "chat"])
    assert set(FUNCTIONS) - set(left) == {Function.REMOTE_CONTROL, Function.CLIPBOARD}


def test_who_only_writes_shows_nothing_and_words_of_newer_pages_mean_nothing() -> None:
    left = within_means([*FUNCTIONS, "something_new"], ["chat", "hologram"])
    assert Function.DESKTOP_VIEW not in left
    assert Function.RECORD in left
    assert "something_new" in left


def test_a_page_that_has_all_means_loses_nothing() -> None:
    assert within_means(FUNCTIONS, [*Access, "chat"]) == FUNCTIONS
