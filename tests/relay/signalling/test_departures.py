"""A page that says good-bye is waited for a moment, because a reload says the same; a line that breaks says nothing."""

import pytest

from codec.wire.customer_kinds import CustomerKind
from relay.bus.local import LocalBus
from relay.signalling.departures import RETURN_SECONDS, Departures, says_goodbye


@pytest.mark.parametrize(
    ("kind", "code", "goodbye"),
    [
        (CustomerKind.PAGE, 1001, True),
        (CustomerKind.PAGE, 1006, False),
        (CustomerKind.PAGE, 1000, False),
        (CustomerKind.PAGE, None, False),
        (CustomerKind.PROGRAM, 1001, False),
    ],
)
def test_only_a_page_that_goes_says_goodbye(kind: CustomerKind, code: int | None, goodbye: bool) -> None:
    assert says_goodbye(kind, code) is goodbye


def test_a_page_that_does_not_come_back_is_overdue_once() -> None:
    now = [100.0]
    departures = Departures(LocalBus(), clock=lambda: now[0])
    departures.closed(7)
    departures.closed(8)
    departures.came_back(8)
    assert (departures.is_closed(7), departures.is_closed(8)) == (True, False)
    now[0] += RETURN_SECONDS - 1
    assert departures.take_overdue() == []
    now[0] += 1
    assert departures.take_overdue() == [7]
    assert departures.take_overdue() == []
    assert not departures.is_closed(7)
