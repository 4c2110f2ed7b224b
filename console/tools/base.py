"""What a tool is on the technician's side: its rules for what passes, and what it does in an open session.

A tool is one file here, and one of the same name in applet/tools and console/ui/src/tools. Which messages are a tool's
is declared at them (codec/wire/messages.py): the filter has counted a message, and asked whether the customer allows
it, before a tool decides about it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from codec.wire.access import Access
from codec.wire.chat_log import Who
from codec.wire.lanes import Lane
from codec.wire.messages import Message
from codec.wire.tools import ToolName
from console.page.messages import Event, ToPage


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message: `passed` is what everybody here hears, None is nothing."""

    passed: Message | None = None
    replies: tuple[Message, ...] = ()
    """What is said to the applet because of it."""
    ends: Event | None = None
    """Why the session ends."""


DROP = Verdict()
FLOOD = Verdict(ends=Event.ENDED_FLOOD)


def verdict(message: Message, passes: bool) -> Verdict:
    """Return that a message passes, or that it is passed over."""
    return Verdict(message) if passes else DROP


class Holds(Protocol):
    """What holds in a session."""

    @property
    def granted(self) -> frozenset[Access]:
        """What was asked for, permitted and said."""

    @property
    def functions(self) -> frozenset[str]:
        """What the technician's group may do."""


class Rules:
    """What of one tool passes. Pure: `now` is in seconds of a steady clock."""

    ends_without: ClassVar[Access | None] = None
    """What ends as soon as the group no longer permits it. All else that a customer has allowed goes on."""

    def __init__(self, holds: Holds, now: float) -> None:
        self.holds = holds

    def admit(self, message: Any, now: float) -> Verdict:
        """Decide about a message of the applet. The type is one that names this tool."""
        return Verdict(message)

    def may_say(self, message: Any, now: float) -> bool:
        """Take note of what is said to the applet; False keeps it here."""
        return True

    def granted(self, before: frozenset[Access]) -> None:
        """What holds has changed; `before` is what held until now."""

    def settled(self, waits: frozenset[Access]) -> None:
        """A question is answered or withdrawn; `waits` is what the open ones may still bring."""

    def start_over(self) -> None:
        """Another handshake: nothing that was said before holds."""

    def tick(self, now: float) -> tuple[Message, ...]:
        """Let time pass, about a second; return what is to be said to the applet."""
        return ()


class ToolHost(Protocol):
    """What an open session lends to its tools. All is used in the event loop."""

    @property
    def number(self) -> int:
        """The session's number."""

    def send(self, message: Message) -> None:
        """Send to the applet what may be said. Raises StreamFullError."""

    def ask(self, message: Message) -> None:
        """The same for what the group's rules for recordings may hold back."""

    def record(self, message: Message) -> None:
        """Let the recording have what was said to the applet."""

    def tell(self, message: ToPage) -> None:
        """Tell the pages that look at the session."""

    def write(self, who: Who, text: str) -> None:
        """Add a line to the session's log."""

    def note(self, event: Event, detail: str = "") -> None:
        """Add a line about what happened to the session's log."""

    def discard(self, lane: Lane) -> None:
        """Do not send what waits on this lane."""

    def unacknowledged(self, lane: Lane) -> int:
        """Return how many bytes on this lane the applet has not confirmed."""


class Tool:
    """One tool in one open session. What a tool has no use for it leaves as it is here."""

    name: ClassVar[ToolName]
    rules_type: ClassVar[type[Rules]] = Rules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        """`rules` are of `rules_type`."""
        self.host = host

    def hear(self, message: Any) -> bool:
        """The applet says this, and it has passed. Return whether the pages hear it as it is."""
        return True

    def holds_back(self, message: Message) -> bool:
        """Whether this message of a page, of whatever tool, waits here: then this tool sends it."""
        return False

    def sent(self, message: Message) -> None:
        """A message of a page, one that names this tool, was sent to the applet."""

    def said(self, message: Any) -> None:
        """A page says this to the engine. The type is one that names this tool. Raises StreamFullError."""

    def opening(self) -> ToPage | None:
        """Return what a page must know that opens the session."""
        return None

    def changed(self) -> None:
        """Something was said or heard, or a second has passed. Called often."""

    def page_left(self, watched: bool) -> None:
        """A page no longer looks; `watched`: another one still does. Raises StreamFullError."""

    def end(self) -> None:
        """The session is over, or another handshake begins it again."""
