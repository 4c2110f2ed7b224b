"""What a key of another program opens, from where, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from relay.api_keys.rules import (
    LONGEST,
    MAX_NETWORKS,
    USUAL,
    Scope,
    checked_end,
    checked_networks,
    checked_scopes,
    is_alive,
    is_for,
)
from relay.field_errors import FieldError

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_scopes_are_kept_once_and_in_their_own_order() -> None:
    """However they were chosen; and a key without any is refused."""
    assert checked_scopes([Scope.REPORTS_READ, Scope.ORGANISATION_READ, Scope.REPORTS_READ]) == [
        Scope.ORGANISATION_READ,
        Scope.REPORTS_READ,
    ]
    with pytest.raises(FieldError):
        checked_scopes([])


def test_no_key_is_for_ever() -> None:
    """A year unless another end is chosen, which is in the future and within two years."""
    assert checked_end(None, NOW) == NOW + USUAL
    assert checked_end(NOW + SECOND, NOW) == NOW + SECOND
    assert checked_end(NOW + LONGEST, NOW) == NOW + LONGEST
    for end in (NOW, NOW - SECOND, NOW + LONGEST + SECOND):
        with pytest.raises(FieldError):
            checked_end(end, NOW)


def test_networks_are_kept_as_prefixes() -> None:
    """One address is a network of one."""
    assert checked_networks(["203.0.113.7", "10.0.0.0/8"]) == ["203.0.113.7/32", "10.0.0.0/8"]
    assert checked_networks([]) == []
    for wrong in (["ten"], [f"10.{n >> 8}.{n & 255}.0/24" for n in range(MAX_NETWORKS + 1)]):
        with pytest.raises(FieldError) as refused:
            checked_networks(wrong)
        assert refused.value.field == "networks"


def test_a_key_without_networks_is_for_everywhere() -> None:
    """With some, it is for those only."""
    assert is_for([], "198.51.100.1")
    assert is_for(["10.0.0.0/8"], "10.1.2.3")
    assert not is_for(["10.0.0.0/8"], "198.51.100.1")


def test_a_key_ends_when_it_expires_or_is_revoked() -> None:
    """The moment of its end is too late."""
    assert is_alive(None, None, NOW)
    assert is_alive(NOW + SECOND, None, NOW)
    assert not is_alive(NOW, None, NOW)
    assert not is_alive(NOW + SECOND, NOW - SECOND, NOW)
