"""What counts as a use of a session, and how often the relay hears of it."""

import pytest

from codec.wire.messages import Chat, Stats, Stopped, Typing
from console.session.use import TOLD_SECONDS, SessionUse

LATER = 1_000.0


def told(use: SessionUse, now: float, *, is_shown: bool = False) -> bool:
    """Whether the relay is told at this moment."""
    return use.is_news(now, is_shown=is_shown)


@pytest.mark.req("SESS-123", "SESS-133")
def test_what_either_side_does_is_told_once_each() -> None:
    use = SessionUse(0.0)
    assert told(use, 0.0), "it was picked up"
    assert not told(use, LATER)
    use.technician_did(LATER)
    assert told(use, LATER + 1)
    assert not told(use, LATER + 2)
    use.heard(Typing(on=True), 2 * LATER)
    assert told(use, 2 * LATER)


@pytest.mark.req("SESS-123")
def test_what_programs_say_by_themselves_is_no_use() -> None:
    use = SessionUse(0.0)
    assert told(use, 0.0)
    use.heard(Stats(1, 1), LATER)
    assert not told(use, LATER)


@pytest.mark.req("SESS-125", "SESS-126", "SESS-131")
def test_what_is_shown_is_used_as_long_as_that_is_so() -> None:
    use = SessionUse(0.0)
    times = [second for second in range(1_000) if told(use, float(second), is_shown=True)]
    assert len(times) == 1_000 / TOLD_SECONDS
    assert told(use, LATER + 100), "of the last second before it ended"
    assert not told(use, 2 * LATER)


def test_a_deed_that_was_held_back_is_told_when_it_may_be() -> None:
    use = SessionUse(0.0)
    assert told(use, 0.0)
    use.heard(Chat(1, "Hello", 0), 5.0)
    assert not told(use, 6.0)
    assert told(use, TOLD_SECONDS)
    use.heard(Stopped(by_key=True), 2 * TOLD_SECONDS)
    assert told(use, 2 * TOLD_SECONDS)
