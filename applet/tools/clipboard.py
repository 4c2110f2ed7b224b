"""The shared clipboard: what is copied on one computer can be pasted on the other."""

from dataclasses import dataclass, replace

from applet.session.copied import copied_here, copied_there, trouble
from applet.session.ui_state import ClipboardNote, CopiedHere, ToolNews
from applet.tools.base import Tool
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.messages import ClipboardText, ClipboardTooLong, Message
from codec.wire.tools import ToolName


@dataclass(frozen=True)
class CopiedThere(ToolNews):
    """The technician copied this: it is in this computer's clipboard from now on."""

    tool = ToolName.CLIPBOARD
    text: str


class ClipboardTool(Tool):
    """See applet/session/copied.py, which decides. The clipboard itself belongs to the windows (applet/ui/tools)."""

    name = ToolName.CLIPBOARD

    def take(self, message: ClipboardText | ClipboardTooLong) -> None:
        """See Tool."""
        if isinstance(message, ClipboardText):
            self.host.tell(CopiedThere(message.text))
        self._carry_out(*copied_there(message, self.host.ui_state.clipboard_note))

    def intend(self, intent: CopiedHere) -> None:
        """See Tool. It is shared, or both sides are told why it is not."""
        if self.host.latch.passes(Access.CLIPBOARD):
            self._carry_out(*copied_here(intent, self.host.ui_state.clipboard_note))

    def allow(self, granted: frozenset[Access]) -> None:
        """See Tool. What waits to be sent and may no longer be is not sent."""
        if Access.CLIPBOARD not in granted:
            self.host.discard(Lane.BULK)
            self._carry_out(trouble(self.host.ui_state.clipboard_note, None), None)

    def _carry_out(self, said: list[Message], note: ClipboardNote | None) -> None:
        for message in said:
            self.host.send(message)
        self.host.show(replace(self.host.ui_state, clipboard_note=note))
