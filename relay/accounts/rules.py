"""What a person must be called. Pure."""

import re
import unicodedata
from enum import StrEnum

from codec.wire.api_types import MAX_EMAIL
from relay.field_errors import FieldError, too_long

MAX_NAME = 128
MAX_NICKNAME = 128
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)*")
# Characters that turn the reading direction or hide themselves: a name made of them could pose as another.
_DECEIVING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINER, _NON_JOINER = "\u200d", "\u200c"
_EMOJI = re.compile("[\U0001f000-\U0001fbff]")
"""Also where this Python does not know the newest of them yet."""


class Role(StrEnum):
    """What a person is in the organisation."""

    ACCOUNT_OWNER = "account_owner"
    MASTER_ADMINISTRATOR = "master_administrator"
    ADMINISTRATOR = "administrator"
    TECHNICIAN = "technician"

    @property
    def rules_all(self) -> bool:
        """Whether the whole organisation is theirs to arrange: the owner may do what a master administrator may."""
        return self in (Role.ACCOUNT_OWNER, Role.MASTER_ADMINISTRATOR)


class Status(StrEnum):
    """Whether a unit takes part. One that is in a disabled group does not, whatever its own status."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class Licence(StrEnum):
    """What a person may serve customers with: the console, and phones and tablets on top of it."""

    STANDARD = "standard"
    MOBILE = "mobile"

    @property
    def in_effect(self) -> bool:
        """Whether something obeys it: phones cannot be served yet."""
        return self is Licence.STANDARD


def clean_name(field: str, text: str, longest: int = MAX_NAME) -> str:
    """Return a name without outer spaces. Raises FieldError for an empty, too long or deceiving one."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise FieldError(field, "empty", "Enter a name.")
    if len(name) > longest:
        raise too_long(field, longest)
    if _deceives(name):
        raise FieldError(field, "deceiving", "A name cannot have invisible characters. Type it instead of pasting it.")
    return name


def _deceives(name: str) -> bool:
    """Whether a name has a character that hides itself. Joiners are visible in emoji, and in scripts that join."""
    for place, character in enumerate(name):
        if unicodedata.category(character) not in _DECEIVING or _EMOJI.match(character):
            continue
        before, after = name[place - 1 : place], name[place + 1 : place + 2]
        joins_emoji = character == _JOINER and after and unicodedata.category(before or " ") in ("So", "Sk", "Mn", "Cn")
        joins_letters = character in (_JOINER, _NON_JOINER) and _is_joining(before) and _is_joining(after)
        if not joins_emoji and not joins_letters:
            return True
    return False


def _is_joining(character: str) -> bool:
    """Whether a letter is of a script that is written with joiners: Arabic, and those of India."""
    return character != "" and (0x600 <= ord(character) <= 0x6FF or 0x900 <= ord(character) <= 0xDFF)


def clean_email(text: str) -> str:
    """Return an e-mail address without outer spaces. Raises FieldError when it cannot be one."""
    email = text.strip()
    if not email_key(email) or not _EMAIL.fullmatch(email):
        raise FieldError("email", "not_an_address", "Enter an e-mail address, for example anna@northwind.example.")
    return email


def email_key(email: str) -> str:
    """Return what makes an address unique: people do not remember which letters were capitals.

    What is too long is nobody's address: its key is empty. It is measured before it is normalised, which makes a text
    up to 18 times as long, and after.
    """
    email = email.strip()
    key = unicodedata.normalize("NFKC", email).casefold() if len(email) <= MAX_EMAIL else ""
    return key if len(key) <= MAX_EMAIL else ""
