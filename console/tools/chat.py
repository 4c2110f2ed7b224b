"""The chat: what the two write to each other."""

from collections import deque
from datetime import UTC, datetime
from typing import Any

from codec.wire import messages
from codec.wire.chat_log import Who
from codec.wire.messages import ChatState, Message, Typing
from codec.wire.tools import ToolName
from console.page.messages import Say
from console.session.history import MAX_LINES
from console.tools.base import Holds, Rules, Tool, ToolHost, Verdict, verdict


class ChatRules(Rules):
    """A chat that is off carries nothing."""

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self._on = True

    def admit(self, message: Message, now: float) -> Verdict:
        """See Rules."""
        match message:
            case ChatState(on):
                self._on = on
            case Typing(on):
                return verdict(message, self._on or not on)
            case messages.Chat():
                return verdict(message, self._on)
        return Verdict(message)

    def start_over(self) -> None:
        """See Rules."""
        self._on = True


class ChatTool(Tool):
    """Writes both people's lines into the session's log, which the pages show."""

    name = ToolName.CHAT
    rules_type = ChatRules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        super().__init__(host, rules)
        self._spoken = 0
        self._heard: deque[tuple[int, str]] = deque(maxlen=MAX_LINES)

    def hear(self, message: Message) -> bool:
        """See Tool."""
        if not isinstance(message, messages.Chat):
            return True
        line = (message.at, message.text)
        if line not in self._heard:  # else it was said again after a new key
            self._heard.append(line)
            self.host.write(Who.CUSTOMER, message.text)
        return False

    def sent(self, message: Message) -> None:
        """See Tool."""
        if isinstance(message, messages.SendUrl):
            self.host.write(Who.TECHNICIAN, message.url)

    def said(self, message: Say) -> None:
        """See Tool. Raises StreamFullError when the line to the customer is too slow for that."""
        self._spoken += 1
        line = messages.Chat(self._spoken, message.text, int(datetime.now(UTC).timestamp() * 1000))
        self.host.send(line)
        self.host.record(line)
        self.host.write(Who.TECHNICIAN, message.text)
