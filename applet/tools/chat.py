"""The chat: what the two write to each other."""

import time
from dataclasses import replace

from applet.session.conversation import Conversation, Outcome
from applet.session.ui_state import Say, Types
from applet.tools.base import Tool, ToolHost
from codec.wire import messages
from codec.wire.permits import Function
from codec.wire.tools import ToolName


class ChatTool(Tool):
    """See applet/session/conversation.py, which decides."""

    name = ToolName.CHAT

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._conversation = Conversation()

    def take(self, message: messages.Chat | messages.SendUrl | messages.Typing | messages.SwitchChat) -> None:
        """See Tool."""
        may_switch = self.host.permits(Function.CHAT_TOGGLE)
        self._carry_out(self._conversation.take(message, self.host.ui_state, may_switch, time.monotonic()))

    def refuse(self, message: messages.SendUrl | messages.SwitchChat) -> None:
        """See Tool. The technician is told what holds."""
        if isinstance(message, messages.SwitchChat):
            self.take(message)

    def intend(self, intent: Say | Types) -> None:
        """See Tool."""
        match intent:
            case Say(text=text):
                self._carry_out(self._conversation.say(text, self.host.ui_state, int(time.time() * 1000)))
            case Types(on=on):
                self.host.send(messages.Typing(on))

    def entered(self) -> None:
        """See Tool. Whether the chat is on at first is for the technician's group to say."""
        self.host.show(replace(self.host.ui_state, chat_on=self.host.permits(Function.CHAT)))

    def met(self) -> None:
        """See Tool."""
        self.host.send(messages.ChatState(self.host.ui_state.chat_on))

    def _carry_out(self, outcome: Outcome) -> None:
        said, ui_state = outcome
        for message in said:
            self.host.send(message)
        self.host.show(ui_state)
