"""Where a viewer of a recording goes next."""

import pytest

from console.player.timeline import SECOND, Playhead, Timeline

BURSTS = [0, 100_000, 200_000, 10 * SECOND, 10 * SECOND + 40_000, 12 * SECOND, 14 * SECOND, 40 * SECOND]
LINE = Timeline(60 * SECOND, BURSTS, [30 * SECOND])


def test_steps_go_from_picture_to_picture() -> None:
    assert LINE.picture_at(0) == 0
    assert LINE.picture_at(150_000) == 100_000
    assert Timeline(SECOND, [5]).picture_at(4) == 5
    assert Timeline(SECOND, []).picture_at(4) is None
    assert [LINE.step(150_000, 1), LINE.step(150_000, -1), LINE.step(100_000, -1)] == [200_000, 0, 0]
    assert LINE.step(0, -1) == 0
    assert LINE.step(50 * SECOND, 1) == 50 * SECOND
    assert Timeline(SECOND, []).step(5, -1) == 0


def test_the_next_change_is_where_something_begins_after_stillness() -> None:
    assert [LINE.change(at * SECOND, 1) for at in (0, 10, 13, 50)] == [
        10 * SECOND,
        14 * SECOND,
        14 * SECOND,
        LINE.duration,
    ]
    assert [LINE.change(at * SECOND, -1) // SECOND for at in (60, 40, 12, 11, 10, 0)] == [40, 14, 10, 10, 0, 0]


def test_quiet_parts_begin_after_a_second_and_end_before_the_change_or_what_is_said() -> None:
    assert LINE.quiet == [
        (1_200_000, 9_500_000), (15 * SECOND, 29_500_000), (31 * SECOND, 39_500_000), (41 * SECOND, 59_500_000),
    ]  # fmt: skip
    assert LINE.skipped(SECOND) == SECOND
    assert LINE.skipped(2 * SECOND) == 9_500_000
    assert LINE.skipped(9_500_000) == 9_500_000
    assert LINE.skipped(0) == 0


def test_activity_says_where_much_changes_and_where_nothing_does() -> None:
    shown = LINE.activity([1000] * 7 + [10], 6)
    assert shown[1] == 100  # from 10 to 20 s there are four pictures, before that three
    assert shown[2] == shown[3] == shown[5] == 0
    assert 0 < shown[4] < shown[0] < 100
    assert Timeline(0, []).activity([], 4) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("speed", "after"), [(0.5, 5), (1.0, 10), (16.0, 60), (0.01, 5), (900.0, 60), (float("nan"), 10)]
)
def test_a_recording_runs_as_fast_as_it_is_told_and_stops_at_its_end(speed: float, after: int) -> None:
    head = Playhead(LINE)
    head.run_at(speed)
    head.play(1_000)
    assert head.look(10 * SECOND + 1_000) == after * SECOND
    assert head.playing == (after < 60)


def test_time_stands_still_while_it_may_not_run_or_is_paused() -> None:
    head = Playhead(LINE)
    head.play(0)
    head.look(5 * SECOND, may_run=False)
    assert head.look(6 * SECOND) == SECOND
    head.playing = False
    assert head.look(20 * SECOND) == SECOND
    head.go(99 * SECOND)
    head.play(20 * SECOND)
    assert head.at == 0


def test_quiet_parts_are_left_out_while_it_plays_only() -> None:
    head = Playhead(LINE, skips=True)
    head.go(5 * SECOND)
    assert head.look(0) == 5 * SECOND
    head.play(0)
    assert head.look(40_000) == 9_500_000
