"""The technician's mouse and keyboard on this computer."""

from dataclasses import replace

from applet.input.remote_control import RemoteControl
from applet.tools.base import Tool, ToolHost
from codec.wire.access import Access
from codec.wire.messages import Message
from codec.wire.tools import ToolName


class InputTool(Tool):
    """See applet/input/remote_control.py, which carries it out."""

    name = ToolName.INPUT

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._control = RemoteControl(
            open_input=host.platform.open_input,
            open_listener=host.platform.open_listener,
            soon=host.soon,
            displays=lambda: host.displays,
            send=host.send,
            may=lambda: host.latch.passes(Access.CONTROL),
            sees=lambda: host.latch.passes(Access.VIEW),
            stop=self._stop,
            deaf=self._tell_stop_key,
        )

    def take(self, message: Message) -> None:
        """See Tool. While a question is on the screen nothing is injected: only the customer can answer it."""
        self._control.take(message, self.host.allows(Access.CONTROL) and not self.host.is_asking)

    def refuse(self, message: Message) -> None:
        """See Tool. What only lets go of something is carried out whatever is allowed."""
        self._control.take(message, may=False)

    def allow(self, granted: frozenset[Access]) -> None:
        """See Tool."""
        if Access.CONTROL not in granted:
            self._control.let_go()
            self._control.put_back()

    def asked(self) -> None:
        """See Tool."""
        self._control.let_go()
        self._listen()

    def entered(self) -> None:
        """See Tool. What the organisation has chosen is known now."""
        self._tell_stop_key()

    def lost(self) -> None:
        """See Tool."""
        self._control.let_go()

    def end(self) -> None:
        """See Tool."""
        self._control.let_go()

    def begin(self) -> None:
        """See Tool. The stop key is heard from the beginning."""
        self._listen()

    def close(self) -> None:
        """See Tool."""
        self._control.close()

    def _listen(self) -> None:
        self._control.listen()
        self._tell_stop_key()

    def _tell_stop_key(self) -> None:
        """The stop key is heard, or no longer, or is turned off for this session."""
        heeds = self._control.has_stop_key and not self.host.settings.control_no_stop_key
        self.host.show(replace(self.host.ui_state, stop_key=heeds))

    def _stop(self) -> None:
        """Called in the listener's thread."""
        if self.host.settings.control_no_stop_key:
            return
        self.host.latch.stop(by_key=True)
        self.host.soon(self.host.heed)
