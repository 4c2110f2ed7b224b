"""What a key of another program opens, and how long. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from codec.errors import DesksideError
from relay.field_errors import FieldError
from relay.settings import network_rules
from relay.settings.compound_kinds import ListOf
from relay.settings.kinds import ValueProblemError
from relay.settings.text_kinds import Network

PREFIX = "dk_"
"""Begins every key, so that a key in the wrong place is recognised as one."""
USUAL = timedelta(days=365)
LONGEST = timedelta(days=2 * 366)
MAX_NETWORKS = 100
_NETWORKS = ListOf(Network(), MAX_NETWORKS)


class Scope(StrEnum):
    """The permissions of a key, never more than those of the person who created it."""

    ORGANISATION_READ = "org:read"
    ORGANISATION_WRITE = "org:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    REPORTS_READ = "reports:read"
    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"


class ScopeMissingError(DesksideError):
    """This key does not have the required scope. Create a key that has it."""

    def __init__(self, scope: Scope | None) -> None:
        needed = "Only people do this, signed in." if scope is None else f"It needs one with the scope {scope}."
        super().__init__(f"This key may not do that. {needed}")


class KeyRefusedError(DesksideError):
    """The key is unknown, has expired or was revoked, or its owner was removed. Create a new one."""


class KeyNotFromHereError(DesksideError):
    """This key cannot be used from this network. Use an allowed network, or create another key."""


class NoSuchKeyError(DesksideError):
    """You have no such key."""


class TooManyCallsError(DesksideError):
    """Too many requests with this key. Wait `retry_seconds`."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"This key is used too often. Go on in {retry_seconds} seconds.")
        self.retry_seconds = retry_seconds


def checked_scopes(scopes: Iterable[Scope]) -> list[Scope]:
    """Return scopes in their own order, each once. Raises FieldError when there are none."""
    wanted = set(scopes)
    if not wanted:
        raise FieldError("scopes", "empty", "Choose at least one permission for the key.")
    return [scope for scope in Scope if scope in wanted]


def checked_end(expires_at: datetime | None, now: datetime) -> datetime:
    """Return when a new key ends: in a year, unless someone says otherwise. Raises FieldError; no key is for ever."""
    if expires_at is None:
        return now + USUAL
    if not now < expires_at <= now + LONGEST:
        raise FieldError("expires_at", "out_of_range", "Choose an expiry date in the future, within two years.")
    return expires_at


def checked_networks(networks: Iterable[str]) -> list[str]:
    """Return networks as prefixes, each once; none means everywhere. Raises FieldError."""
    try:
        return _NETWORKS.check(list(networks))
    except ValueProblemError as problem:
        raise FieldError("networks", problem.code, str(problem.sentence)) from None


def is_for(networks: Iterable[str], address: str) -> bool:
    """Whether a key with these networks may be used from an address."""
    listed = tuple(networks)
    return not listed or network_rules.allows("denied", listed, address)


def is_alive(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a key still opens anything."""
    return revoked_at is None and (expires_at is None or now < expires_at)
