"""The recording on the technician's side: it is shown while it lasts, and vouched for where the customer allowed it."""

import time
from dataclasses import replace

from applet.tools.base import Tool
from codec.wire import messages
from codec.wire.chain_head import Head
from codec.wire.messages import SignedHead, SignHead
from codec.wire.tools import ToolName


class RecordingTool(Tool):
    """Shows what is done whatever was allowed: it must be seen."""

    name = ToolName.RECORDING

    def take(self, message: messages.Recording | SignHead) -> None:
        """See Tool."""
        match message:
            case messages.Recording(since=None):
                self._show(None)
            case messages.Recording():
                self._show(self.host.ui_state.recording_since or time.time())
            case SignHead(number=number, digest=digest):
                signature = self.host.sign(Head(number, digest).to_sign())
                if signature is not None:
                    self.host.send(SignedHead(number, digest, signature))

    def end(self) -> None:
        """See Tool."""
        self._show(None)

    def _show(self, since: float | None) -> None:
        self.host.show(replace(self.host.ui_state, recording_since=since))
