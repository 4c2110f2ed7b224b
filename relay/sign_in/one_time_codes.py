"""One-time codes: those of an authenticator app (RFC 6238), and recovery codes for who has lost it. Pure."""

import hmac
from datetime import datetime
from urllib.parse import quote

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A phone's clock may be so many steps off, in either direction."""
RECOVERY_CODES = 10
_RECOVERY_GROUPS, _RECOVERY_GROUP = 3, 4
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are read as one another."""


def new_totp_secret() -> str:
    """Return 160 random bits as an authenticator app takes them: base32."""
    return pyotp.random_base32()


def totp_uri(secret: str, email: str, organisation: str) -> str:
    """Return what the QR code says (otpauth://, RFC 6238 with the defaults that every app knows)."""
    issuer = quote(f"Deskside {organisation}".replace(":", " "))
    return f"otpauth://totp/{issuer}:{quote(email)}?secret={secret}&issuer={issuer}"


def matching_step(secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """Return the time step that a code belongs to, None when it is of none that may still be used.

    `last` is the step of the last code that was taken: no code works twice, nor an older one after a newer. A step that
    lies in the future was taken before the clock was set back; codes of now were not used then.
    """
    if not is_totp(code):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    if last is not None and last > present + DRIFT_STEPS:
        last = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if (last is None or step > last) and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def plain(code: str) -> str:
    """Return a code as it is compared: people type it in groups, with capitals."""
    return "".join(character for character in code.casefold() if character.isalnum())


def is_totp(code: str) -> bool:
    """Whether someone typed an app's code rather than a recovery code."""
    return len(code) == 6 and code.isascii() and code.isdecimal()


def recovery_code(random: bytes) -> str:
    """Return a recovery code made of random bytes, one for each character: about 59 bits, in groups."""
    characters = [_ALPHABET[byte % len(_ALPHABET)] for byte in random[: _RECOVERY_GROUPS * _RECOVERY_GROUP]]
    groups = [
        "".join(characters[place : place + _RECOVERY_GROUP]) for place in range(0, len(characters), _RECOVERY_GROUP)
    ]
    return "-".join(groups)
