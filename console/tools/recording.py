"""The recording: the applet's signatures pass for what it was asked to sign."""

from codec.wire.messages import Message, SignedHead, SignHead
from codec.wire.tools import ToolName
from console.tools.base import Holds, Rules, Tool, Verdict, verdict

MOST_HEADS = 64


class RecordingRules(Rules):
    """Counts the signatures that the recording waits for."""

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self._heads = 0

    def admit(self, message: Message, now: float) -> Verdict:
        """See Rules."""
        passes, self._heads = self._heads > 0, max(0, self._heads - 1)
        return verdict(message, passes)

    def may_say(self, message: Message, now: float) -> bool:
        """See Rules."""
        if isinstance(message, SignHead):
            self._heads = min(self._heads + 1, MOST_HEADS)
        return True

    def start_over(self) -> None:
        """See Rules."""
        self._heads = 0


class RecordingTool(Tool):
    """What is recorded, and when, is for console/recording/controller.py, which hears everything."""

    name = ToolName.RECORDING
    rules_type = RecordingRules

    def hear(self, message: Message) -> bool:
        """See Tool."""
        return not isinstance(message, SignedHead)
