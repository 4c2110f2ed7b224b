"""Rates over the time between two readings."""

from console.session.meter import Meter, Rates


def test_rates_are_for_each_second() -> None:
    meter = Meter()
    for _ in range(30):
        meter.picture()
    assert meter.rates(2.0, 50_000) == Rates(15.0, 200.0)
    assert meter.rates(3.0, 50_000) == Rates(0.0, 0.0)


def test_no_time_is_no_new_reading() -> None:
    meter = Meter()
    meter.picture()
    first = meter.rates(1.0, 1_000)
    assert meter.rates(1.0, 9_000) == first
