"""What a line was seen to carry."""

import pytest

from codec.picture.rate.throughput import KEPT_SECONDS, TELLING_BYTES, Throughput


def test_small_pictures_say_nothing_of_a_line() -> None:
    throughput = Throughput()
    for number in range(100):
        throughput.note(TELLING_BYTES - 1, 0.1, number * 0.1)
    assert throughput.bytes_per_second(10.0) is None


def test_large_ones_do_for_half_a_minute_and_one_alone_only_if_it_is_very_large() -> None:
    throughput = Throughput()
    throughput.note(10_000, 0.1, 1.0)
    assert throughput.bytes_per_second(1.0) is None
    throughput.note(10_000, 0.3, 2.0)
    assert throughput.bytes_per_second(2.0) == pytest.approx(50_000)
    assert throughput.bytes_per_second(2.0 + KEPT_SECONDS) is None
