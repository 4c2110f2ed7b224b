"""What relays say to one another of their sockets, and what each does then."""

import pytest

from codec.wire.customer_kinds import CustomerKind
from relay.bus.base import RELAYS
from relay.bus.local import LocalBus
from relay.signalling.across import (
    AppletCame,
    ConsoleCame,
    Said,
    SessionOver,
    SessionsOver,
    TunnelOver,
    TunnelsOver,
    read_said,
    say,
)
from relay.signalling.departures import Departures
from relay.signalling.passed_leg import named, relay_of


class Heard:
    """What is published."""

    def __init__(self, bus: LocalBus) -> None:
        self.messages: list[bytes] = []
        bus.follow([RELAYS], self)

    def hear(self, _topic: object, message: bytes) -> None:
        self.messages.append(message)

    def missed(self) -> None:
        raise AssertionError


@pytest.mark.parametrize(
    "said",
    [
        AppletCame(1, 7),
        AppletCame(1, 7, CustomerKind.PROGRAM),
        ConsoleCame(1, 2, "console-of-anna"),
        TunnelOver(1, 7),
        TunnelsOver(1, 2, "console-of-anna"),
        SessionOver(1, 7),
    ],
)
def test_all_is_read_as_it_was_said_and_not_by_who_said_it(said: Said) -> None:
    bus = LocalBus()
    heard = Heard(bus)
    say(bus, said)
    (message,) = heard.messages
    assert read_said(message, 2) == said
    assert read_said(message, 1) is None


def test_a_relay_that_is_alone_says_nothing() -> None:
    bus, over = LocalBus(), list[int]()
    heard = Heard(bus)
    SessionsOver(bus, 0, over.append).over(7)
    assert (heard.messages, over) == ([], [7])


def test_a_session_that_ends_at_one_is_forgotten_at_all() -> None:
    bus, here, there = LocalBus(), list[int](), list[int]()
    first = SessionsOver(bus, 1, here.append)
    SessionsOver(bus, 2, there.append)
    first.over(7)
    assert (here, there) == ([7], [7])


def test_a_page_that_came_back_elsewhere_is_closed_no_longer() -> None:
    bus = LocalBus()
    departures = Departures(bus, 1)
    departures.closed(7)
    say(bus, AppletCame(2, 8))
    assert departures.is_closed(7)
    say(bus, AppletCame(2, 7))
    assert not departures.is_closed(7)


@pytest.mark.parametrize(
    ("ticket", "relay"),
    [
        ("12.secret", 12),
        ("secret", 0),
        (".secret", 0),
        ("-1.secret", 0),
        ("1234567890.secret", 0),
        ("²3.secret", 0),
        ("", 0),
    ],
)
def test_a_ticket_names_the_relay_that_holds_its_tunnel(ticket: str, relay: int) -> None:
    assert relay_of(ticket) == relay


def test_what_is_named_is_read() -> None:
    assert (named(0, "secret"), named(12, "secret"), relay_of(named(12, "a.b"))) == ("secret", "12.secret", 12)
