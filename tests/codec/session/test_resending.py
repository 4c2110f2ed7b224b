"""What is said again under a new key: what people wrote, and no more than the other end takes at once."""

from codec.session.resending import AT_MOST, to_resend
from codec.wire.access import Access
from codec.wire.messages import Ask, Chat, Typing, pack, unpack


def test_lines_are_said_again_and_nothing_that_was_asked_or_allowed() -> None:
    lines = [pack(Chat(number, f"line {number}", number)) for number in range(AT_MOST + 5)]
    said = [pack(Ask(1, Access.VIEW)), *lines, pack(Typing(True))]
    assert to_resend(said) == lines[5:]
    assert to_resend([]) == []


def test_what_is_said_again_fits_into_what_an_applet_may_say_at_once() -> None:
    limit = Chat.declared.at_most
    assert limit is not None
    assert limit.burst > AT_MOST
    assert isinstance(unpack(pack(Chat(1, "a", 1))), Chat)
