"""What a customer enters: a PIN, a PIN with secret digits, or a link. Pure."""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from applet.session.hosts import BadAddressError, relay_address
from codec.errors import DesksideError
from codec.wire.pins import LONG_FIRST, SENT_LINK_CHARACTERS, can_be_secret, grouped, split
from codec.wire.program_names import read_link

MAX_CODE = 500
_LINK_PATH = "/s/"


class BadCodeError(DesksideError):
    """What was entered is neither a PIN nor a link. `problem` names why."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"not a code: {problem}")
        self.problem = problem


@dataclass(frozen=True)
class Code:
    """How to get in. Exactly one of `pin` and `routing` is set; `secret` never leaves this computer."""

    relay: str
    pin: str | None = None
    routing: str | None = None
    secret: str | None = None

    @property
    def digest(self) -> str:
        """A short name for this code, from what the relay knows of it anyway."""
        public = f"{self.relay} {self.pin or ''} {self.routing or ''}"
        return hashlib.sha256(public.encode()).hexdigest()[:16]


def read_code(typed: str, relay: str | None) -> Code:
    """Return what was typed or pasted; `relay` is the one that a PIN is for. Raises BadCodeError."""
    text = typed.strip()
    if len(text) > MAX_CODE:
        raise BadCodeError("too_long")
    carried = read_link(text)
    if carried is not None:
        return _pin(carried.pin or "", check_relay(carried.relay))
    return _link(text) if "/" in text else _pin(text, relay)


def read_digits(typed: str) -> str:
    """Return the extra digits of a PIN, typed by themselves. Raises BadCodeError."""
    digits = _digits(typed)
    if not can_be_secret(digits):
        raise BadCodeError("not_extra_digits")
    return digits


def grouped_while_typed(text: str) -> str:
    """Return digits as a PIN is read: "482 133 7421" with the extra digits by themselves. Anything else stays."""
    digits = text.replace(" ", "")
    if not digits.isascii() or not digits.isdecimal():
        return text
    try:
        pin, secret = split(digits)
    except ValueError:
        pin, secret = digits, ""
    return " ".join(filter(None, (grouped(pin), secret)))


def place_after(text: str, digits: int) -> int:
    """Return the place in a text behind so many digits."""
    for place, character in enumerate(text):
        if digits <= 0:
            return place
        digits -= character.isdigit()
    return len(text)


def _pin(text: str, relay: str | None) -> Code:
    digits = _digits(text)
    try:
        pin, secret = split(digits)
    except ValueError:
        raise BadCodeError("not_whole_nine" if digits.startswith(LONG_FIRST) else "not_whole") from None
    if secret and not can_be_secret(secret):
        raise BadCodeError("not_extra_digits")
    if relay is None:
        raise BadCodeError("no_relay")
    return Code(relay, pin=pin, secret=secret or None)


def _digits(text: str) -> str:
    digits = "".join(character for character in text if not character.isspace() and character not in "-.·")
    if not digits.isascii() or not digits.isdecimal():
        raise BadCodeError("not_digits")
    return digits


def _link(text: str) -> Code:
    try:
        address = urlsplit(text)
    except ValueError:
        raise BadCodeError("not_a_link") from None
    is_front_page = address.path in ("", "/") and address.fragment.isascii() and address.fragment.isdecimal()
    if not address.netloc or not (is_front_page or _LINK_PATH in address.path):
        raise BadCodeError("not_a_link")
    relay = check_relay(f"{address.scheme}://{address.netloc}")
    if is_front_page:  # with a PIN: a technician sends it to a customer who goes on with the help program
        return _pin(address.fragment, relay)
    routing = address.path.rpartition(_LINK_PATH)[2]
    if not routing or (not address.fragment and len(routing) != SENT_LINK_CHARACTERS):
        raise BadCodeError("half_a_link")
    return Code(relay, routing=routing, secret=address.fragment or None)


def check_relay(relay: str) -> str:
    """Return the address of a relay as it is connected to. Raises BadCodeError unless it is safe to speak to."""
    try:
        return relay_address(relay)
    except BadAddressError as error:
        raise BadCodeError(error.problem) from None
