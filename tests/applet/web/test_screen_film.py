"""When a shared screen is a film: what the line cannot carry, until it rests or the line can."""

from tests.support.node import Node

POOR = 250_000
"""Bytes a second: 2 Mbit/s."""
PIXELS = 1280 * 800


def test_what_takes_the_line_longer_than_a_second_is_too_much(node: Node) -> None:
    assert node.ask("filmTimes", [["isTooMuch", POOR + 1, POOR, 5.0]]) == [True]
    assert node.ask("filmTimes", [["isTooMuch", POOR - 1, POOR, 5.0]]) == [False]


def test_what_is_long_again_and_again_is_too_much_and_text_never_is(node: Node) -> None:
    long, text = POOR * 0.4, POOR * 0.2
    again = [["isTooMuch", long, POOR, 5.0 + each / 2] for each in range(3)]
    assert node.ask("filmTimes", again) == [False, False, True]
    now_and_then = [["isTooMuch", long, POOR, 5.0 + 2 * each] for each in range(5)]
    assert node.ask("filmTimes", now_and_then) == [False] * 5
    assert node.ask("filmTimes", [["isTooMuch", text, POOR, 5.0 + each / 5] for each in range(20)]) == [False] * 20


def test_a_film_rests_when_hardly_anything_is_new_and_moves_again_with_more(node: Node) -> None:
    cursor, window = 200, 100_000
    calls = [
        ["begin", 5.0],
        ["restsIn", 5.1],
        ["filmed", cursor, POOR, 5.2],
        ["restsIn", 5.3],
        ["filmed", window, POOR, 5.35],
        ["restsIn", 5.4],
        ["restsIn", 6.0],
    ]
    _, first, _, rests, _, moved, again = node.ask("filmTimes", calls)
    assert 0.15 < first < 0.25
    assert rests == 0
    assert 0.2 < moved < 0.3
    assert again == 0


def test_while_it_moves_it_is_tried_now_and_then_whether_the_line_can_carry_it(node: Node) -> None:
    calls = [["begin", 5.0], ["mayTry", 6.0], ["mayTry", 7.1], ["mayTry", 7.2], ["mayEnd", POOR * 0.2, POOR]]
    assert node.ask("filmTimes", calls)[1:] == [False, True, False, True]


def test_a_line_that_carries_any_picture_at_once_needs_no_film(node: Node) -> None:
    assert node.ask("isSlowFor", PIXELS, POOR)
    assert not node.ask("isSlowFor", PIXELS, 10_000_000)
