"""The chat as the customer sees it. Pure."""

import pytest

from applet.session.conversation import CHAT_KEPT, CHAT_RATE, Conversation
from applet.session.ui_state import ChatLine, UiState
from codec.wire.messages import CHAT_CHARACTERS, Chat, ChatState, SendUrl, SwitchChat, Typing

ON, OFF = UiState(chat_on=True), UiState(chat_on=False)


def test_what_the_customer_writes_is_numbered_cut_and_shown() -> None:
    talk = Conversation()
    said, seen = talk.say("  hello \n", ON, 5)
    assert (said, seen.chat) == ([Chat(1, "hello", 5)], (ChatLine("hello", mine=True, at=5),))
    said, seen = talk.say("x" * (CHAT_CHARACTERS + 1), seen, 6)
    assert said == [Chat(2, "x" * CHAT_CHARACTERS, 6)]
    assert len(seen.chat) == 2
    assert talk.say(" \n", ON, 7) == ([], ON)
    assert talk.say("hello", OFF, 7) == ([], OFF)


def test_the_technicians_lines_are_shown_while_the_chat_is_on_and_they_can_be_read() -> None:
    talk, seen = Conversation(), ON
    for number in range(int(CHAT_RATE.burst) + 100):
        _, seen = talk.take(Chat(number, str(number), 0), seen, may_switch=False, now=0.0)
    assert len(seen.chat) == CHAT_RATE.burst < CHAT_KEPT
    _, seen = talk.take(Chat(0, "again", 0), seen, may_switch=False, now=1.0)
    assert seen.chat[-1].text == "again"
    assert Conversation().take(Chat(0, "hello", 0), OFF, may_switch=False, now=0.0) == ([], OFF)


def test_only_the_newest_lines_are_kept() -> None:
    talk, seen = Conversation(), ON
    for number in range(CHAT_KEPT + 3):
        _, seen = talk.take(Chat(number, str(number), 0), seen, may_switch=False, now=10.0 * number)
    assert [line.text for line in seen.chat] == [str(number) for number in range(3, CHAT_KEPT + 3)]


def test_who_may_not_switch_the_chat_is_told_that_it_stayed_as_it_was() -> None:
    talk = Conversation()
    _, types = talk.take(Typing(True), ON, may_switch=True, now=0.0)
    assert types.technician_types
    assert talk.take(SwitchChat(False), types, may_switch=False, now=0.0) == ([ChatState(True)], types)
    said, seen = talk.take(SwitchChat(False), types, may_switch=True, now=0.0)
    assert said == [ChatState(False)]
    assert (seen.chat_on, seen.technician_types) == (False, False)
    assert talk.take(Typing(True), seen, may_switch=True, now=0.0) == ([], seen)


def test_a_page_that_is_sent_is_shown_once_and_only_while_the_chat_is_on() -> None:
    talk, page = Conversation(), SendUrl("https://help.example:8443/a?b=%20c#d", 5)
    _, seen = talk.take(page, ON, may_switch=False, now=0.0)
    assert seen.chat == (ChatLine(page.url, mine=False, at=5, link=True),)
    assert talk.take(page, seen, may_switch=False, now=0.0) == ([], seen)
    assert talk.take(page, OFF, may_switch=False, now=0.0) == ([], OFF)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://files.example/",
        "https://bank.example@evil.example/",
        "https://bаnk.example/",
        "https://help.example/\u202egpj.exe",
        "https://help.example/a b",
        "https://help.example/\n",
        "https://",
        "help.example",
    ],
)
def test_what_is_no_plain_address_of_a_page_is_not_shown(address: str) -> None:
    assert Conversation().take(SendUrl(address, 5), ON, may_switch=False, now=0.0) == ([], ON)
