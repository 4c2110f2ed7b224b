"""What the console sees of a session, in numbers."""

from codec.session.diagnosis import Fact
from codec.wire.messages import Key, Notice, Picture, Shown, Stats, Trouble, Watch
from console.session.observed import KEPT, STATS_SECONDS, Observed

KEY = Key(True, "KeyQ", "q", "q", 0)


def test_a_picture_is_measured_from_its_arrival_to_the_page_and_a_key_to_the_next_picture() -> None:
    observed = Observed()
    observed.said(KEY, 9.0)
    observed.said(KEY, 9.03)
    observed.heard(Picture(0, 1, b""), 9.05)
    observed.heard(Picture(0, 2, b""), 9.1)
    observed.said(Shown(0, 2), 9.3)
    facts = observed.facts(9.3)
    assert round(facts[Fact.KEY_MS]) == 50
    assert round(facts[Fact.PAGE_MS]) == 200
    assert facts[Fact.PAGE_SILENT_S] == 0


def test_a_page_that_shows_nothing_is_silent_until_it_is_told_to_watch_again() -> None:
    observed = Observed()
    observed.heard(Picture(0, 1, b""), 1.0)
    assert observed.facts(6.0)[Fact.PAGE_SILENT_S] == 5
    observed.said(Watch(None), 6.0)
    assert observed.facts(7.0)[Fact.PAGE_SILENT_S] == 0


def test_what_the_customer_measured_holds_for_some_seconds() -> None:
    observed = Observed()
    observed.heard(Stats(10, 20, True, 400, 55), 1.0)
    facts = observed.facts(1.0)
    assert (facts[Fact.WAITS_MS], facts[Fact.ENCODE_MS], facts[Fact.DARK], facts[Fact.BUSY]) == (10, 20, 1, 0.55)
    assert Fact.WAITS_MS not in observed.facts(1.0 + STATS_SECONDS)


def test_a_sleep_is_seen_by_the_clock_on_the_wall() -> None:
    observed = Observed()
    observed.tick(1.0, 1000.0, 0.02)
    observed.tick(2.0, 1001.0, 0.02)
    assert Fact.ASLEEP_S not in observed.facts(2.0)
    observed.tick(3.0, 1061.0, 0.02)
    assert observed.facts(3.0)[Fact.ASLEEP_S] == 60
    assert Fact.ASLEEP_S not in observed.facts(60.0)


def test_round_trips_of_the_last_seconds_say_how_steady_the_line_is() -> None:
    observed = Observed()
    for second, rtt in enumerate((0.02, 0.021, 0.3, 0.05, 0.31)):
        observed.tick(float(second), 1000.0 + second, rtt)
    facts = observed.facts(4.0)
    assert (round(facts[Fact.RTT_BEST_MS]), round(facts[Fact.RTT_SPREAD_MS])) == (20, 255)


def test_a_line_that_becomes_longer_once_is_long_and_not_unsteady() -> None:
    observed = Observed()
    for second in range(14):
        observed.tick(float(second), 1000.0 + second, (0.25 if second > 4 else 0.02) + second / 10_000)
    facts = observed.facts(13.0)
    assert facts[Fact.RTT_BEST_MS] > 200
    assert facts[Fact.RTT_SPREAD_MS] < 1


def test_how_long_nothing_changed_is_known_without_a_word_of_the_customers_side() -> None:
    observed = Observed()
    assert Fact.STILL_S not in observed.facts(5.0)
    observed.heard(Picture(0, 1, b""), 5.0)
    assert observed.facts(12.0)[Fact.STILL_S] == 7


def test_another_handshake_forgets_the_connection_before() -> None:
    observed = Observed()
    observed.heard(Notice(Trouble.DISPLAY_LOST, on=True), 1.0)
    observed.went(direct=True)
    assert (observed.facts(1.0)[Fact.UNREADABLE], observed.facts(1.0)[Fact.WAS_DIRECT]) == (1, 1)
    observed.start_over()
    assert (observed.facts(1.0)[Fact.UNREADABLE], observed.facts(1.0)[Fact.WAS_DIRECT]) == (0, 0)


def test_pictures_that_nothing_shows_fill_no_memory() -> None:
    observed = Observed()
    for number in range(5_000):
        observed.heard(Picture(0, number, b""), number * 0.01)
    assert len(observed._arrived) <= 600
    for number in range(2 * KEPT):
        observed.said(Shown(0, 4_900 + number), 60.0)
    assert observed.facts(60.0)[Fact.PAGE_MS] > 0
