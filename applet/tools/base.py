"""What a tool is on the customer's side, and what a session lends to it.

A tool is one file here, and one of the same name in console/tools and console/ui/src/tools. What it hears is declared
at the messages (codec/wire/messages.py): the engine asks customer and group before it passes anything on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from applet.input.base import Input, Listener, LocalInput
from applet.screen.base import Screen, Watched, Watcher
from applet.session.stop_latch import StopLatch
from applet.session.ui_state import ToolNews, UiState
from codec.wire.access import Access
from codec.wire.customer_settings import CustomerSettings
from codec.wire.lanes import Lane
from codec.wire.messages import Display, Message
from codec.wire.permits import Function
from codec.wire.tools import ToolName


@dataclass(frozen=True)
class Platform:
    """How this computer's screen is read and its input made."""

    open_screen: Callable[[], Screen]
    open_watcher: Callable[[Watched], Watcher] | None
    open_input: Callable[[Callable[[], bool]], Input]
    """The argument says, in any thread, whether an event may be injected at this very moment."""
    open_listener: Callable[[LocalInput], Listener]


class ToolHost(Protocol):
    """What the engine lends to its tools. All is used in its loop, but for `soon` and the latch."""

    platform: Platform
    latch: StopLatch
    displays: list[Display]
    """The monitors as the technician was told last."""

    settings: CustomerSettings
    """What the organisation has chosen for this session. Read in every thread: it is replaced as a whole."""

    @property
    def ui_state(self) -> UiState:
        """What the customer sees."""

    def show(self, ui_state: UiState) -> None:
        """Let the customer see this from now on."""

    def tell(self, news: ToolNews) -> None:
        """Tell the tool's part in the windows; of what it has not heard yet, only the newest."""

    def send(self, message: Message) -> None:
        """Send a message to the technician; without a connection it is dropped."""

    def discard(self, lane: Lane) -> None:
        """Do not send what waits on this lane."""

    def allows(self, access: Access) -> bool:
        """Whether the customer allows this now."""

    def permits(self, function: Function) -> bool:
        """Whether the technician's group may do this."""

    @property
    def is_asking(self) -> bool:
        """Whether there is a question on the customer's screen."""

    def sign(self, data: bytes) -> bytes | None:
        """Sign with this session's key, where the customer has ever allowed to record; else None."""

    def take(self, message: Message) -> None:
        """Take a message of the technician that has waited."""

    def heed(self) -> None:
        """Take note of what the customer has stopped."""

    def soon(self, happened: Callable[[], None]) -> None:
        """Call this in the loop, from any thread."""


class Tool:
    """One tool, for as long as the engine runs. What a tool has no use for it leaves as it is here."""

    name: ClassVar[ToolName]
    consent: ClassVar[Mapping[Access, str]] = {}
    """What a question for this says because of the tool, marked for translation."""

    def __init__(self, host: ToolHost) -> None:
        self.host = host

    def take(self, message: Any) -> None:
        """The technician says this, and it is allowed. The type is one that names this tool."""

    def refuse(self, message: Any) -> None:
        """The technician says this without what it needs. It is passed over."""

    def holds_back(self, message: Message) -> bool:
        """Whether this message of the technician, of whatever tool, waits here: then this tool has the host take it."""
        return False

    def intend(self, intent: Any) -> None:
        """The person here does this. The type is one that names this tool."""

    def unseen(self) -> None:
        """There is no window that could show what was told."""

    def allow(self, granted: frozenset[Access]) -> None:
        """The customer allows this, and nothing else, from now on. Said before either side hears of it."""

    def entered(self) -> None:
        """The relay has let us into a session, and its permit is known."""

    def met(self) -> None:
        """A key is agreed: the technician's program hears now what holds."""

    def asked(self) -> None:
        """The customer is about to be asked something."""

    def lost(self) -> None:
        """There has been no way to the technician for some seconds."""

    def end(self) -> None:
        """The session is over, or another technician's program takes it on."""

    def begin(self) -> None:
        """The engine runs from now on."""

    async def run(self) -> None:
        """Work beside the engine, until cancelled."""

    def close(self) -> None:
        """The engine ends."""
