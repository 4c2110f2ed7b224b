"""What is heard of our own acts is never taken for the customer's hand. Pure."""

import pytest

from applet.inputs.ours import KEY_PRESS, KEY_RELEASE, MOTION, SECONDS, Ours

A, B = 38, 56
BUTTON_PRESS = 4


def heard(ours: Ours, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> bool:
    """Return whether it is recognised."""
    return ours.recognises(kind, detail, x, y, is_motion=kind == MOTION)


def moved(ours: Ours, x: int, y: int) -> int:
    """Move the pointer; return the number of the mark behind it."""
    ours.will(MOTION, 0, x, y)
    return ours.mark()


@pytest.mark.finding("field-1")
def test_a_key_that_we_hold_may_repeat_until_it_is_heard_to_go_up() -> None:
    ours = Ours(lambda: 0.0)
    ours.listens(True)
    ours.will(KEY_PRESS, A)
    for _ in range(50):
        assert heard(ours, KEY_PRESS, A)
    assert not heard(ours, KEY_PRESS, B)
    ours.will(KEY_RELEASE, A)
    assert heard(ours, KEY_PRESS, A)  # this one was under way
    assert heard(ours, KEY_RELEASE, A)
    assert not heard(ours, KEY_PRESS, A)


@pytest.mark.finding("field-1")
def test_a_move_that_the_server_ends_elsewhere_is_ours_and_the_customers_own_is_not() -> None:
    ours = Ours(lambda: 0.0)
    ours.listens(True)
    first = moved(ours, 5_000, 10)
    assert heard(ours, MOTION, x=1_279, y=10)
    assert not ours.heard(first)
    second = moved(ours, 20, 20)
    assert heard(ours, MOTION, x=700, y=700)
    assert heard(ours, MOTION, x=20, y=20)
    assert ours.heard(second)  # ours came as it was sent, so the other one was the customer's
    third = moved(ours, 20, 20)
    assert not ours.heard(third)  # nothing moved, so nothing was heard
    assert not heard(ours, MOTION, x=20, y=20)  # and what comes now is not it


@pytest.mark.finding("field-1")
def test_several_moves_under_way_are_told_apart_by_their_marks() -> None:
    ours = Ours(lambda: 0.0)
    ours.listens(True)
    marks = [moved(ours, 5_000, number) for number in range(5)]
    for number, mark in enumerate(marks):
        assert heard(ours, MOTION, x=1_279, y=number)
        assert not ours.heard(mark)


def test_what_has_not_come_back_in_time_masks_nothing() -> None:
    now = 0.0
    ours = Ours(lambda: now)
    ours.listens(True)
    ours.will(BUTTON_PRESS, 1)
    now = SECONDS + 0.1
    assert not heard(ours, BUTTON_PRESS, 1)
