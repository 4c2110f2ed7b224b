"""The newest frame wins: how many pictures may be under way, and when the next may leave."""

from codec.pacing import FRAME_SECONDS, MAX_UNDER_WAY, SLACK_SECONDS, Pace


def pace_with_round_trips(*round_trips: float) -> Pace:
    pace = Pace()
    now = 0.0
    for number, seconds in enumerate(round_trips):
        pace.sent(number, now)
        now += seconds
        pace.shown(number, now)
    return pace


def under_way_at_most(pace: Pace) -> int:
    now = 1_000.0
    for number in range(100, 120):
        now += FRAME_SECONDS
        if pace.wait(now) is None:
            return number - 100
        pace.sent(number, now)
    raise AssertionError("never stopped")


def test_the_first_picture_leaves_at_once_and_alone() -> None:
    pace = Pace()
    assert pace.wait(0.0) == 0.0
    pace.sent(0, 0.0)
    assert pace.wait(100.0) is None


def test_no_more_pictures_than_a_screen_can_show() -> None:
    pace = pace_with_round_trips(0.001)
    pace.sent(1, 1.0)
    wait = pace.wait(1.0)
    assert wait is not None
    assert 0 < wait <= FRAME_SECONDS


def test_distance_allows_several_under_way() -> None:
    assert under_way_at_most(pace_with_round_trips(0.002)) == 2
    assert under_way_at_most(pace_with_round_trips(0.05)) == 5
    assert under_way_at_most(pace_with_round_trips(0.5)) == MAX_UNDER_WAY


def test_queueing_allows_only_one() -> None:
    assert under_way_at_most(pace_with_round_trips(0.02, 0.02 + 2 * SLACK_SECONDS)) == 1


def test_a_line_that_became_longer_is_believed_in_time() -> None:
    pace = pace_with_round_trips(0.02, *[0.3] * 60)
    assert under_way_at_most(pace) > 1


def test_a_later_picture_answers_for_the_earlier_ones() -> None:
    pace = pace_with_round_trips(0.055)
    pace.sent(1, 1.0)
    pace.sent(2, 1.1)
    pace.shown(2, 1.155)
    assert under_way_at_most(pace) == 5


def test_unknown_numbers_mean_nothing() -> None:
    pace = Pace()
    pace.sent(5, 0.0)
    pace.shown(4, 0.1)
    assert pace.wait(1.0) is None


def test_a_viewer_that_begins_anew_owes_nothing() -> None:
    pace = Pace()
    pace.sent(0, 0.0)
    pace.restart()
    assert pace.wait(1.0) == 0.0
