"""What customers filled in waits for minutes, is used once, and is bounded."""

from datetime import UTC, datetime, timedelta

import pytest

from relay.channels import answers
from relay.channels.answers import LIFETIME, AnswerStore

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def take(store: AnswerStore, reference: str, channel: int = 1, now: datetime = NOW) -> tuple[str, ...] | None:
    """Use up what was filled in."""
    with store.used(reference, channel, now) as found:
        return found


def test_answers_are_used_once() -> None:
    store = AnswerStore()
    reference = store.keep(1, ["Lars"], NOW)
    assert take(store, reference) == ("Lars",)
    assert take(store, reference) is None
    assert take(store, "") is None


def test_who_was_not_let_in_keeps_their_answers() -> None:
    store = AnswerStore()
    reference = store.keep(1, ["Lars"], NOW)
    with pytest.raises(ZeroDivisionError), store.used(reference, 1, NOW):
        raise ZeroDivisionError
    assert take(store, reference) == ("Lars",)


@pytest.mark.parametrize("later", [LIFETIME, -timedelta(seconds=1)])
def test_answers_are_kept_for_minutes(later: timedelta) -> None:
    store = AnswerStore()
    assert take(store, store.keep(1, ["Lars"], NOW), now=NOW + later) is None


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST", 3)
    store = AnswerStore()
    kept = [store.keep(1, [str(number)], NOW) for number in range(5)]
    assert [take(store, reference) for reference in kept] == [None, None, ("2",), ("3",), ("4",)]
