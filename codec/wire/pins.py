"""PINs: six digits, or nine while strangers guess at many of them. Pure.

A PIN that begins with a 9 has nine digits, every other one has six. So a reader of digits knows from the first where
the PIN ends and a secret begins, and never gives a digit of the secret away as one of the PIN: not the customer's page,
not the help program, not a relay that would like a shorter one.
"""

import re
from typing import Annotated

from msgspec import Meta

SHORT_DIGITS = 6
SHORT_PINS = 9 * 10**5
LONG_DIGITS = 9
LONG_PINS = 10**8
"""How many there are: a long one is 111 times as hard to guess."""
LONG_FIRST = "9"
SECRET_DIGITS = 4
"""So many secret digits a console adds to a PIN: fewer cannot be right and are refused before a guess is spent."""
MAX_SECRET_DIGITS = 8
"""So many are read, in case a console adds more one day."""
PATTERN = r"^([0-8][0-9]{5}|9[0-9]{8})\Z"
SENT_LINK_BYTES = 15
SENT_LINK_CHARACTERS = 20
"""So long is the routing part of a link that the relay sends itself. Such a link has no secret, as the relay would know
it. Every other link is longer: where one comes without its secret, part of it is missing.
"""
Pin = Annotated[str, Meta(pattern=PATTERN)]
_pattern = re.compile(PATTERN)


def pin_of(number: int, *, is_long: bool) -> str:
    """Return the PIN of a number below LONG_PINS or SHORT_PINS, else ValueError; every PIN has one."""
    if not 0 <= number < (LONG_PINS if is_long else SHORT_PINS):
        raise ValueError(f"there is no such PIN: {number}")
    return f"{LONG_FIRST}{number:0{LONG_DIGITS - 1}d}" if is_long else f"{number:0{SHORT_DIGITS}d}"


def is_pin(text: str | None) -> bool:
    """Whether this is a whole PIN and nothing else."""
    return text is not None and _pattern.match(text) is not None


def split(digits: str) -> tuple[str, str]:
    """Return the PIN that digits begin with, and the secret digits after it. Raises ValueError if it is cut short."""
    length = LONG_DIGITS if digits.startswith(LONG_FIRST) else SHORT_DIGITS
    pin, secret = digits[:length], digits[length:]
    if not is_pin(pin):
        raise ValueError("these digits are not a whole PIN")
    return pin, secret


def can_be_secret(digits: str) -> bool:
    """Whether digits are as many as the secret of a PIN may have."""
    return SECRET_DIGITS <= len(digits) <= MAX_SECRET_DIGITS


def grouped(pin: str, gap: str = " ") -> str:
    """Return a PIN as it is read aloud: "482 133", "948 213 377"."""
    return gap.join(pin[place : place + 3] for place in range(0, len(pin), 3))
