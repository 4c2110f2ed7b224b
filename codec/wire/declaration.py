"""What is declared of a session message beside its fields: who says it and when, on which lane, what keeps it.

It is written once, at the message's class (codec/wire/messages.py). A list of messages is what `where` finds, never
kept by hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from codec.token_bucket import Rate
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.permits import Function
from codec.wire.roles import Role
from codec.wire.tools import ToolName

APPLET, CONSOLE = frozenset({Role.APPLET}), frozenset({Role.CONSOLE})
BOTH = APPLET | CONSOLE
SHORT = 1_024
"""Bytes of the longest message without texts and pixels, with room for fields that a newer program adds."""


@dataclass(frozen=True)
class Declared:
    """What is declared of one message."""

    by: frozenset[Role]
    """Who says it. From the other end it is refused."""
    tool: ToolName | None = None
    """Which tool takes it at the other end. None: the session itself."""
    needs: Access | None = None
    """What the customer must have allowed. Until then, and as soon as they no longer do, it is passed over."""
    function: Function | None = None
    """What the technician's group must be permitted besides. What can be asked for has its function in access.py."""
    longest: int = SHORT
    """Bytes, as MessagePack. A longer one is no message."""
    at_most: Rate | None = None
    """How often an applet says it. What comes more often is passed over: the next one says it again."""
    counts: bool = False
    """Whether each one counts, so that an applet that says it too often has broken the rules and the session ends."""
    lane: Lane = Lane.CONTROL
    """Where it travels. On the picture lane there are pictures only."""
    supersedes: bool = False
    """Each of these replaces what waits on its lane and has not left yet (see Connection.send)."""
    fleeting: bool = False
    """Whether it says nothing any more after a lost line: without a link it is dropped."""
    resent: bool = False
    """Whether it is said again under a new key where it may not have arrived under the one before."""
    is_use: bool = False
    """Whether the customer's end says it because the customer did something: then the session is used (SESS-133)."""
    from_page: bool = False
    """Whether a page may have the console say it; what is not listed so, the console says itself."""
    recorded: bool = False
    """Whether a recording's journal keeps it."""
    proven: bool = False
    """Whether the proof beside a recording holds it too."""
    replayed: int | None = None
    """Where it comes among what a page that opens later must hear: the lower, the earlier. None: it is not repeated."""


class HasDeclared(Protocol):
    """A class of messages."""

    declared: ClassVar[Declared]


Kind = TypeVar("Kind", bound=HasDeclared)


def where(kinds: Iterable[type[Kind]], holds: Callable[[Declared], bool]) -> tuple[type[Kind], ...]:
    """Return the classes of which something is declared, in their order; fit for `isinstance`."""
    return tuple(kind for kind in kinds if holds(kind.declared))
