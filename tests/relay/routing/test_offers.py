"""Sessions that consoles are asked to start."""

import pytest

from relay.routing.offers import MOST_SECONDS, OFFER_SECONDS, PASSED_OVER_SECONDS, Offers

BOB, CARLA = 2, 3


class Clock:
    """A clock that goes on when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_offered_is_for_one_technician_and_not_for_long() -> None:
    clock = Clock()
    offers = Offers(clock)
    offers.offer(7, BOB, 10, is_lens=False)
    assert offers.of(7, BOB) is not None
    assert offers.of(7, CARLA) is offers.of(8, BOB) is None
    clock.now += OFFER_SECONDS
    assert offers.of(7, BOB) is None


@pytest.mark.req("SESS-81")
def test_a_console_that_does_not_react_is_passed_over_longer_each_time() -> None:
    clock = Clock()
    offers = Offers(clock)
    seconds = PASSED_OVER_SECONDS
    for _ in range(12):
        offers.offer(7, BOB, 10, is_lens=False)
        assert offers.follow({7}, {BOB}) == []
        clock.now += OFFER_SECONDS
        assert [each.person for each in offers.follow({7}, {BOB})] == [BOB]
        assert offers.all() == []
        clock.now += seconds - 0.5
        assert offers.passes_over(BOB)
        clock.now += 0.5
        assert not offers.passes_over(BOB)
        seconds = min(MOST_SECONDS, 2 * seconds)
    assert seconds == MOST_SECONDS
    offers.reacted(BOB)
    offers.offer(7, BOB, 10, is_lens=False)
    clock.now += OFFER_SECONDS
    offers.follow({7}, {BOB})
    clock.now += PASSED_OVER_SECONDS
    assert not offers.passes_over(BOB), "who has picked one up begins at the first step again"


def test_what_no_longer_waits_is_no_ones_failure() -> None:
    clock = Clock()
    offers = Offers(clock)
    offers.offer(7, BOB, 10, is_lens=False)
    clock.now += OFFER_SECONDS
    assert offers.follow(set(), {BOB}) == []
    assert not offers.passes_over(BOB)
    offers.offer(7, BOB, 10, is_lens=False)
    clock.now += OFFER_SECONDS / 2
    assert offers.follow({7}, {CARLA}) == []
    assert offers.of(7, BOB) is None, "who has gone meanwhile starts nothing"
    assert not offers.passes_over(BOB)


def test_a_console_that_comes_again_is_asked_once_more() -> None:
    clock = Clock()
    offers = Offers(clock)
    for _ in range(2):
        offers.offer(7, BOB, 10, is_lens=False)
        clock.now += OFFER_SECONDS
        offers.follow({7}, {BOB})
        assert offers.passes_over(BOB)
        offers.came(BOB)
        assert not offers.passes_over(BOB)
    offers.offer(7, BOB, 10, is_lens=False)
    clock.now += OFFER_SECONDS
    offers.follow({7}, {BOB})
    clock.now += 2 * PASSED_OVER_SECONDS
    assert offers.passes_over(BOB), "coming again is no proof that it works"
