"""Whether a customer comes in through a channel."""

import pytest

from codec.wire.signals import Refusal
from relay.channels.rules import MAX_WAITING, NotAdmittedError, check_room


@pytest.mark.parametrize("waiting", [0, MAX_WAITING - 1])
def test_there_is_room_until_it_is_full(waiting: int) -> None:
    check_room(is_served=True, waiting=waiting)


@pytest.mark.parametrize("waiting", [0, MAX_WAITING])
def test_no_one_waits_where_no_one_comes(waiting: int) -> None:
    with pytest.raises(NotAdmittedError) as caught:
        check_room(is_served=False, waiting=waiting)
    assert (caught.value.refusal, caught.value.retry_seconds) == (Refusal.NOT_SERVED, None)


def test_who_finds_it_full_hears_when_to_come_again() -> None:
    with pytest.raises(NotAdmittedError) as caught:
        check_room(is_served=True, waiting=MAX_WAITING)
    assert caught.value.refusal is Refusal.BUSY
    assert caught.value.retry_seconds
