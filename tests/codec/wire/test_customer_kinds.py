"""A technician is permitted no more than the customer's side can do."""

from dataclasses import dataclass

import pytest

from codec.wire.access import FUNCTIONS as FUNCTIONS_OF
from codec.wire.access import Access
from codec.wire.customer_kinds import CustomerKind, within_means
from codec.wire.permits import Function
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter, read_from_applet

FUNCTIONS = tuple(sorted(Function))


@dataclass(frozen=True)
class Told:
    """What is known of a customer."""

    kind: CustomerKind
    means: tuple[str, ...] = ()
    session_type: SessionType = SessionType.STANDARD


def page(*means: str) -> Told:
    """A customer in a browser."""
    return Told(CustomerKind.PAGE, means)


def test_a_program_says_nothing_of_its_means_and_can_do_everything_but_show_a_camera() -> None:
    assert set(FUNCTIONS) - set(within_means(FUNCTIONS, Told(CustomerKind.PROGRAM))) == {Function.LENS}
    entered = read_from_applet('{"type": "enter", "version": 2, "pin": "482133"}')
    assert entered == Enter(2, pin="482133", kind=CustomerKind.PROGRAM, means=[])


def test_of_a_page_neither_control_nor_clipboard_can_be_asked() -> None:
    left = within_means(FUNCTIONS, page("view", "chat"))
    assert set(FUNCTIONS) - set(left) == {
        Function.REMOTE_CONTROL,
        Function.CLIPBOARD,
        Function.LENS,
        Function.CHAT_TOGGLE,
    }


def test_a_phone_can_be_asked_for_its_camera_alone_and_what_is_seen_recorded() -> None:
    left = within_means(FUNCTIONS, page("camera", "chat"))
    assert {Function.LENS, Function.RECORD} <= set(left)
    assert not {Function.DESKTOP_VIEW, Function.REMOTE_CONTROL} & set(left)


@pytest.mark.req("CHAT-03")
def test_who_only_writes_shows_and_records_nothing_and_words_of_newer_pages_mean_nothing() -> None:
    left = within_means([*FUNCTIONS, "something_new"], page("chat", "hologram"))
    assert not {Function.DESKTOP_VIEW, Function.RECORD} & set(left)
    assert "something_new" in left


@pytest.mark.parametrize("means", [(*Access, "chat", "hologram"), ()])
def test_a_page_that_says_it_can_do_everything_is_a_page_still(means: tuple[str, ...]) -> None:
    lost = set(FUNCTIONS) - set(within_means(FUNCTIONS, page(*means)))
    beyond = {Function.REMOTE_CONTROL, Function.CLIPBOARD, Function.CHAT_TOGGLE}
    assert lost == beyond | (set() if means else {Function.LENS})


@pytest.mark.req("CHAT-03", "CHAT-11")
@pytest.mark.parametrize("kind", CustomerKind)
def test_of_a_session_that_is_only_a_chat_nothing_else_is_left_whatever_the_customer_could_do(
    kind: CustomerKind,
) -> None:
    duties = {Function.RECORD_CONSENT, Function.RECORD_ALWAYS, Function.CHAT_KEPT}
    left = set(within_means(FUNCTIONS, Told(kind, (*Access, "chat"), SessionType.CHAT))) - duties
    assert left == {Function.CHAT, Function.SEND_URLS}, "what one writes, and pages that open when they are chosen"


@pytest.mark.req("CHAT-11", "CONS-46", "PERM-60")
def test_with_a_page_the_chat_is_on_and_stays_on_whatever_the_group_says() -> None:
    for chat in ({Function.CHAT, Function.CHAT_TOGGLE}, {Function.CHAT}, {Function.CHAT_TOGGLE}, set[Function]()):
        assert within_means(chat, page("chat")) == (Function.CHAT,)
        assert set(within_means(chat, Told(CustomerKind.PROGRAM))) == chat


@pytest.mark.req("LENS-07")
@pytest.mark.parametrize("kind", CustomerKind)
def test_of_a_lens_session_the_camera_is_left_with_its_recording_and_the_chat(kind: CustomerKind) -> None:
    asked = {FUNCTIONS_OF[access] for access in Access}
    left = set(within_means(FUNCTIONS, Told(kind, (*Access, "chat"), SessionType.LENS)))
    assert left & asked == {Function.LENS, Function.RECORD}
    assert Function.CHAT in left
    without = set(within_means(FUNCTIONS, Told(kind, ("view", "chat"), SessionType.LENS)))
    if kind is CustomerKind.PAGE:
        assert without & asked == {Function.LENS, Function.RECORD}, "it says what is missing, and may find one later"
    else:
        assert not without & asked, "no camera is there, and nothing to record"
