"""What is heard of our own acts is never taken for the customer's hand. Pure."""

import pytest

from applet.input.injected import KEY_PRESS, KEY_RELEASE, MOTION, SECONDS, InjectedEvents

A, B = 38, 56
BUTTON_PRESS = 4


def heard(injected: InjectedEvents, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> bool:
    """Return whether it is recognised."""
    return injected.recognises(kind, detail, x, y, is_motion=kind == MOTION)


def moved(injected: InjectedEvents, x: int, y: int) -> int:
    """Move the pointer; return the number of the mark behind it."""
    injected.will(MOTION, 0, x, y)
    return injected.mark()


@pytest.mark.finding("field-1")
def test_a_key_that_we_hold_may_repeat_until_it_is_heard_to_go_up() -> None:
    injected = InjectedEvents(lambda: 0.0)
    injected.listens(True)
    injected.will(KEY_PRESS, A)
    for _ in range(50):
        assert heard(injected, KEY_PRESS, A)
    assert not heard(injected, KEY_PRESS, B)
    injected.will(KEY_RELEASE, A)
    assert heard(injected, KEY_PRESS, A)  # this one was under way
    assert heard(injected, KEY_RELEASE, A)
    assert not heard(injected, KEY_PRESS, A)


@pytest.mark.finding("field-1")
def test_a_move_that_the_server_ends_elsewhere_is_ours_and_the_customers_own_is_not() -> None:
    injected = InjectedEvents(lambda: 0.0)
    injected.listens(True)
    first = moved(injected, 5_000, 10)
    assert heard(injected, MOTION, x=1_279, y=10)
    assert not injected.heard(first)
    second = moved(injected, 20, 20)
    assert heard(injected, MOTION, x=700, y=700)
    assert heard(injected, MOTION, x=20, y=20)
    assert injected.heard(second)  # ours came as it was sent, so the other one was the customer's
    third = moved(injected, 20, 20)
    assert not injected.heard(third)  # nothing moved, so nothing was heard
    assert not heard(injected, MOTION, x=20, y=20)  # and what comes now is not it


@pytest.mark.finding("field-1")
def test_several_moves_under_way_are_told_apart_by_their_marks() -> None:
    injected = InjectedEvents(lambda: 0.0)
    injected.listens(True)
    marks = [moved(injected, 5_000, number) for number in range(5)]
    for number, mark in enumerate(marks):
        assert heard(injected, MOTION, x=1_279, y=number)
        assert not injected.heard(mark)


def test_what_has_not_come_back_in_time_masks_nothing() -> None:
    now = 0.0
    injected = InjectedEvents(lambda: now)
    injected.listens(True)
    injected.will(BUTTON_PRESS, 1)
    now = SECONDS + 0.1
    assert not heard(injected, BUTTON_PRESS, 1)
