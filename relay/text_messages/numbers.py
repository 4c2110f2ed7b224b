"""Telephone numbers as people type them, in the form that every gateway takes (E.164). Pure."""

import re
from collections.abc import Iterable

from relay.field_errors import FieldError

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN = re.compile(r"[\s\u00a0().\-/\u2010-\u2015]")


def clean_number(typed: str, countries: Iterable[str] = ()) -> str:
    """Return a number with its country code: "+31 6 1234-5678" → "+31612345678". Raises FieldError.

    Without a country code it is nobody's: which one is meant, no rule can know. `countries` are the beginnings that the
    operator allows; without any, all are.
    """
    number = _BETWEEN.sub("", typed.strip().replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not number.isascii() or not _E164.fullmatch(number):
        raise FieldError("to", "not_a_number", "Enter the number with its country code, for example +31 6 12345678.")
    allowed = tuple(countries)
    if allowed and not number.startswith(allowed):
        beginnings = ", ".join(allowed)
        raise FieldError("to", "other_country", f"This server sends text messages only to numbers with {beginnings}.")
    return number
