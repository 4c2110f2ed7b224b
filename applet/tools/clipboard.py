"""The shared clipboard: what is copied on one computer can be pasted on the other."""

import asyncio
import logging
from dataclasses import dataclass, replace

from applet.session.copied import copied_here, copied_there, trouble
from applet.session.ui_state import ClipboardNote, CopiedHere, ToolIntent, ToolNews
from applet.tools.base import Tool, ToolHost
from codec.session.paste_queue import PasteQueue, TooMuchWaitsError
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.messages import ClipboardText, ClipboardTooLong, Message, ReleaseKeys
from codec.wire.tools import ToolName

PLACE_SECONDS = 0.5
"""So long a paste waits at most for windows that do not answer."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CopiedThere(ToolNews):
    """The technician copied this: it is in this computer's clipboard from now on."""

    tool = ToolName.CLIPBOARD
    text: str


@dataclass(frozen=True)
class TextPlaced(ToolIntent):
    """This text of the technician can be pasted here now."""

    tool = ToolName.CLIPBOARD
    text: str


class ClipboardTool(Tool):
    """See applet/session/copied.py, which decides. The clipboard itself belongs to the windows (applet/ui/tools).

    They take a moment to place a text, and a paste that comes right behind it waits for that.
    """

    name = ToolName.CLIPBOARD

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._pastes = PasteQueue()
        self._placing: str | None = None
        """What the windows are placing."""
        self._late: asyncio.TimerHandle | None = None

    def take(self, message: ClipboardText | ClipboardTooLong) -> None:
        """See Tool."""
        if isinstance(message, ClipboardText):
            self._placing = message.text
            if self._late is None:  # texts without end hold nothing back for longer
                self._late = asyncio.get_running_loop().call_later(PLACE_SECONDS, self._placed)
            self.host.tell(CopiedThere(message.text))
        self._carry_out(*copied_there(message, self.host.ui_state.clipboard_note))

    def holds_back(self, message: Message) -> bool:
        """See Tool."""
        try:
            return self._pastes.holds_back(message, self._placing is not None)
        except TooMuchWaitsError as error:
            _log.warning("%s", error)
            self._forget()
            return True

    def unseen(self) -> None:
        """See Tool. There is no clipboard without a window."""
        self._placed()

    def intend(self, intent: CopiedHere | TextPlaced) -> None:
        """See Tool. What was copied here is shared, or both sides are told why it is not."""
        if isinstance(intent, TextPlaced):
            if intent.text == self._placing:
                self._placed()
        elif self.host.latch.passes(Access.CLIPBOARD):
            self._carry_out(*copied_here(intent, self.host.ui_state.clipboard_note))

    def allow(self, granted: frozenset[Access]) -> None:
        """See Tool. What waits to be sent and may no longer be is not sent."""
        if Access.CLIPBOARD not in granted:
            self._forget()
            self.host.discard(Lane.BULK)
            self._carry_out(trouble(self.host.ui_state.clipboard_note, None), None)

    def end(self) -> None:
        """See Tool."""
        self._forget()

    def _placed(self) -> None:
        """The text can be pasted, or has had time enough: what waited behind it goes on."""
        self._stop_placing()
        for message in self._pastes.take():
            self.host.take(message)

    def _forget(self) -> None:
        """Nothing is pasted that was not placed: let go of what the technician holds by now."""
        self._stop_placing()
        if self._pastes.take():
            self.host.take(ReleaseKeys())

    def _stop_placing(self) -> None:
        self._placing = None
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _carry_out(self, said: list[Message], note: ClipboardNote | None) -> None:
        for message in said:
            self.host.send(message)
        self.host.show(replace(self.host.ui_state, clipboard_note=note))
