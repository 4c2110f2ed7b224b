"""What a customer takes part with, and by what means: a page in a browser can do less than a program. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Protocol

from msgspec import Meta

from codec.wire.access import FUNCTIONS, Access
from codec.wire.permits import Function
from codec.wire.session_types import SessionType

Means = Annotated[list[Annotated[str, Meta(pattern=r"^[a-z_]{1,16}\Z")]], Meta(max_length=16)]
"""What a customer's side can do: "chat", and of what a customer can allow "view", "control", "clipboard" and "camera".

Words that are not known mean nothing. None at all is all that the help program can do, which shows no camera.
"""


class CustomerKind(StrEnum):
    """What the customer takes part with."""

    PROGRAM = "program"
    PAGE = "page"
    """The relay's own page, in the customer's browser."""


CUSTOMER_KINDS = tuple(CustomerKind)


class Customer(Protocol):
    """How a customer takes part: what is known of a session says it."""

    @property
    def kind(self) -> CustomerKind:
        """With what."""

    @property
    def means(self) -> Sequence[str]:
        """By what means; see `Means`."""

    @property
    def session_type(self) -> SessionType:
        """For what."""


def within_means(functions: Iterable[str], customer: Customer) -> tuple[str, ...]:
    """Return what is left of a technician's functions with this customer, sorted.

    Of a chat only what is written in it is left, and of a Lens session the camera besides: a page is asked for it even
    if it finds none, because that tells its customer what is missing. Where nothing can be seen, nothing is recorded.
    In a chat, and with a page, the chat is on and stays on whatever the group says: it is how the two go on when
    nothing else can.
    """
    there = frozenset(customer.means) or _OF_THE_PROGRAM
    if customer.session_type is not SessionType.STANDARD:
        there &= _OF_TYPES[customer.session_type]
    if customer.kind is CustomerKind.PAGE:
        there &= _OF_A_PAGE  # whatever it says: no browser lends a page the mouse, the keyboard or the clipboard
        if customer.session_type is SessionType.LENS:
            there |= {Access.CAMERA}
    lost = {FUNCTIONS[access] for access in _NEED_MEANS - there}
    if not shows_something(there):
        lost |= {FUNCTIONS[Access.RECORD]}
    left = set(functions) - lost
    if customer.kind is CustomerKind.PAGE or customer.session_type is SessionType.CHAT:
        left = left - {Function.CHAT_TOGGLE} | {Function.CHAT}
    return tuple(sorted(left))


def while_interrupted(functions: Iterable[str]) -> tuple[str, ...]:
    """Return what is left of a technician's functions in a session on hold, or on its way to another technician."""
    return tuple(sorted({Function.CHAT, Function.CHAT_TOGGLE} & set(functions)))


def shows_something(means: Iterable[str]) -> bool:
    """Whether a customer with these means can show anything."""
    return not {Access.VIEW, Access.CAMERA}.isdisjoint(means)


_NEED_MEANS = frozenset(Access) - {Access.RECORD}
"""What can be allowed only by who has the means. What is seen is recorded by the technician's side."""
_OF_TYPES = {
    SessionType.CHAT: frozenset[str]({"chat"}),
    SessionType.LENS: frozenset[str]({Access.CAMERA, "chat"}),
}
_OF_A_PAGE = frozenset[str]({Access.VIEW, Access.CAMERA, "chat"})
_OF_THE_PROGRAM = frozenset[str](_NEED_MEANS - {Access.CAMERA})
