"""PINs and links: how they are made, and whether one may be used now. Pure."""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta

from codec.errors import DesksideError
from codec.wire.api_types import CodeState, Method
from codec.wire.group_settings import GroupSettings
from codec.wire.pins import SENT_LINK_BYTES, pin_of
from codec.wire.session_types import SessionType
from codec.wire.signals import Refusal
from relay.limits.rate_limiter import Limit, neighbourhood_of

ROUTING_BYTES = 18
MAX_MISSES = 3
"""A code that was tried with a wrong secret so often is burnt."""
LIMITS = {"address": Limit(10, 600, neighbourhood_of), "relay": Limit(50, 600)}
"""Wrong PINs from one address, which are refused beyond, and on this relay in all, which get dearer: new PINs are long,
and all of them are looked at by turns. Nobody guesses a link, so nothing is counted for links.
"""
MAX_LIVE = 20
"""So many PINs and links of one technician wait for customers at once."""
TURN_SECONDS = 0.2
"""While more wrong PINs are tried on this relay than `relay`, one is looked at in so much time."""
TURN_PLACES = 60
"""So many wait for that, each network in a line of its own."""


INSTANT_CHAT = "instant_chat"
"""The run type of groups whose sessions start as chats (APP-09)."""


class MethodOffError(DesksideError):
    """Your group does not invite customers this way. Choose another way, or ask an administrator."""


class TooManyCodesError(DesksideError):
    """Too many of your PINs and links are waiting to be used. Cancel some, then create a new one."""


class NoPinLeftError(DesksideError):
    """Too many PINs are waiting for customers. Cancel some, or invite by link."""


class CodeRefusedError(DesksideError):
    """This PIN or link does not work. `refusal` says why, `code` is its number when it is someone's."""

    def __init__(self, refusal: Refusal, code: int | None = None, person: int | None = None) -> None:
        super().__init__(f"the code is refused: {refusal}")
        self.refusal = refusal
        self.code = code
        self.person = person


def check_offered(method: Method, chosen: GroupSettings) -> None:
    """Raise MethodOffError where a technician's group has this way to invite customers turned off (SESS-17).

    A link that is sent by e-mail is a link: either of the two ways allows it.
    """
    offered = {
        Method.PIN: chosen.connections_pin,
        Method.LINK: chosen.connections_link or chosen.connections_own_mail,
        Method.EMAIL: chosen.connections_server_mail,
        Method.SMS: chosen.connections_sms,
    }
    if not offered[method]:
        raise MethodOffError(MethodOffError.__doc__)


def choose_pin(candidates: list[int], taken: Container[str], *, is_long: bool) -> str:
    """Return the PIN of the first candidate (random numbers) that no live code has. Raises NoPinLeftError."""
    for candidate in candidates:
        pin = pin_of(candidate, is_long=is_long)
        if pin not in taken:
            return pin
    raise NoPinLeftError(NoPinLeftError.__doc__)


def why_not(state: CodeState, expires_at: datetime, now: datetime) -> Refusal | None:
    """Return why a code cannot be used now, or None when it can."""
    match state:
        case CodeState.USED:
            return Refusal.USED
        case CodeState.CANCELLED | CodeState.BURNT:
            return Refusal.CANCELLED
        case CodeState.EXPIRED:
            return Refusal.EXPIRED
        case CodeState.ISSUED:
            return Refusal.EXPIRED if now >= expires_at else None


def lifetime_of(method: Method, chosen: GroupSettings, by_operator: Mapping[Method, timedelta]) -> timedelta:
    """Return how long a PIN or link is valid: as the group chose, or where it did not as the relay's operator."""
    kind = Method.PIN if method is Method.PIN else Method.LINK
    return timedelta(minutes=chosen.timeouts_code) if chosen.timeouts_code else by_operator[kind]


def routing_bytes(method: Method) -> int:
    """Return how many random bytes lead to the session of a link: who sends it, its length says (codec/wire/pins)."""
    return ROUTING_BYTES if method is Method.LINK else SENT_LINK_BYTES


def digits_of(typed: str) -> str:
    """Return the digits of what someone typed or pasted: "482 133", "482-133"."""
    return "".join(character for character in typed if character.isascii() and character.isdecimal())


def session_type_of(run_type: object) -> SessionType:
    """Return what a session is where a group or a channel has this run type, and no one chose (APP-09)."""
    return SessionType.CHAT if run_type == INSTANT_CHAT else SessionType.STANDARD
