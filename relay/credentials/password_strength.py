"""How strong a password is, and whether it may be used. Pure; `static/strength.js` says the same while one types.

Four kinds of characters count: small letters, capitals, digits, and everything else. A character counts as repeated
when it is anywhere else too (SEC-23 to SEC-30).
"""

import unicodedata
from datetime import datetime, timedelta
from enum import IntEnum

from codec.wire.api_types import MAX_PASSWORD
from relay.field_errors import FieldError, too_long

MIN_LENGTH = 8
MAX_LENGTH = MAX_PASSWORD
_KINDS = {"Ll": "small", "Lu": "capital", "Nd": "digit"}


class Level(IntEnum):
    """How strong a password is. `NONE` is never enough."""

    NONE = 0
    GOOD = 1
    STRONG = 2
    EXCELLENT = 3

    @property
    def key(self) -> str:
        """Its name as settings and tables write it."""
        return self.name.lower()

    @classmethod
    def of(cls, key: str | None) -> "Level":
        """Return the level of that name; nobody knows the strength of an older password: NONE."""
        return cls[(key or "none").upper()]


def level_of(password: str) -> Level:
    """Return how strong a password is."""
    if len(password) < MIN_LENGTH:
        return Level.NONE
    kinds = len({_KINDS.get(unicodedata.category(character), "special") for character in password})
    repeats = len(set(password)) < len(password)
    match kinds, repeats:
        case 4, False:
            return Level.EXCELLENT
        case (4, True) | (3, False):
            return Level.STRONG
        case 3, True:
            return Level.GOOD
        case _:
            return Level.NONE


def check(password: str, least: Level, email: str, name: str, field: str = "password") -> Level:
    """Return the level of a password that may be used. Raises FieldError."""
    if len(password) < MIN_LENGTH:
        raise FieldError(field, "too_short", f"Use at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise too_long(field, MAX_LENGTH)
    if password.casefold() in {email.casefold(), name.casefold(), email.partition("@")[0].casefold()}:
        raise FieldError(field, "guessable", "Choose something that is not your name or your address.")
    level = level_of(password)
    if level < max(least, Level.GOOD):
        wanted = max(least, Level.GOOD)
        raise FieldError(field, f"not_{wanted.key}", _WANTED[wanted])
    return level


_WANTED = {
    Level.GOOD: "Use at least three of these: lower-case letters, capitals, digits, special characters.",
    Level.STRONG: "Use three kinds of characters and none twice, or all four kinds.",
    Level.EXCELLENT: (
        "Use lower-case letters, capitals, digits and special characters, and do not repeat a character."
    ),
}


def has_expired(changed_at: datetime | None, age_days: int, now: datetime) -> bool:
    """Whether a password is too old; 0 days is no limit (SEC-31). One of unknown age is as old as can be."""
    return age_days > 0 and (changed_at is None or now >= changed_at + timedelta(days=age_days))


def days_left(changed_at: datetime | None, age_days: int, warn_days: int, now: datetime) -> int | None:
    """Return in how many days a password ends when its owner is to be warned of that, else None (SEC-32, EDGE-37)."""
    if age_days <= 0 or warn_days <= 0 or changed_at is None:
        return None
    left = changed_at + timedelta(days=age_days) - now
    return max(0, left.days) if left <= timedelta(days=warn_days) else None
