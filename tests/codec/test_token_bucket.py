"""A token bucket gives no more than it says, whenever it is asked."""

from hypothesis import given
from hypothesis import strategies as st

from codec.token_bucket import Bucket, Rate

RATE = Rate(per_second=10, burst=100)


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 50)), max_size=60))
def test_a_bucket_gives_no_more_than_it_says(takes: list[tuple[float, int]]) -> None:
    bucket, now, taken = Bucket(RATE), 0.0, 0
    for waited, amount in takes:
        now += waited
        wait = bucket.wait(amount, now)
        if bucket.take(amount, now):
            taken += amount
            assert wait == 0
        else:
            assert wait > 0
        assert taken <= RATE.burst + RATE.per_second * now + 1e-6


def test_what_is_given_back_is_never_more_than_the_burst() -> None:
    bucket = Bucket(RATE, now=5.0)
    assert bucket.take(60, 5.0)
    bucket.add(500)
    assert bucket.take(100, 5.0)
    assert not bucket.take(1, 5.0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(RATE, now=5.0)
    assert bucket.take(100, 5.0)
    assert not bucket.take(1, 1.0)
    assert not bucket.take(1, 5.0)
    assert bucket.take(1, 5.2)
