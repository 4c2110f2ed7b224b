"""The chat of one customer's sessions: what is said and shown of it. Pure: times are arguments."""

import logging
import re
from dataclasses import replace

from applet.session.ui_state import ChatLine, UiState
from codec.token_bucket import Bucket, Rate
from codec.wire.messages import (
    CHAT_CHARACTERS,
    SENT_URL,
    Chat,
    ChatState,
    SendUrl,
    SessionMessage,
    SwitchChat,
    Typing,
)

CHAT_KEPT = 2_000
CHAT_RATE = Rate(per_second=10, burst=400)
"""So many lines of the technician at once, and then so many a second: more would keep the window from its buttons."""
Outcome = tuple[list[SessionMessage], UiState]
"""What to send to the technician, and what the customer sees from now on."""
_log = logging.getLogger(__name__)


class Conversation:
    """Numbers the customer's lines, and takes no more of the technician's than can be read."""

    def __init__(self) -> None:
        self._said = 0
        self._theirs = Bucket(CHAT_RATE)

    def say(self, text: str, ui_state: UiState, at: int) -> Outcome:
        """The customer has written this, at `at` in milliseconds since 1970."""
        text = text.strip()[:CHAT_CHARACTERS]
        if not text or not ui_state.chat_on:
            return [], ui_state
        self._said += 1
        return [Chat(self._said, text, at)], _with(ui_state, ChatLine(text, mine=True, at=at))

    def take(
        self, message: Chat | SendUrl | Typing | SwitchChat, ui_state: UiState, may_switch: bool, now: float
    ) -> Outcome:
        """The technician's side says this; `may_switch` the chat on and off. `now` in seconds of a steady clock."""
        match message:
            case Chat(text=text, at=at):
                return [], self._with_theirs(ui_state, ChatLine(text, mine=False, at=at), now)
            case SendUrl(url=url, at=at):
                if not re.fullmatch(SENT_URL, url):
                    return [], ui_state
                return [], self._with_theirs(ui_state, ChatLine(url, mine=False, at=at, link=True), now)
            case Typing(on=on):
                return [], replace(ui_state, technician_types=on and ui_state.chat_on)
            case SwitchChat(on=on):
                if may_switch:
                    ui_state = replace(ui_state, chat_on=on, technician_types=False)
                return [ChatState(ui_state.chat_on)], ui_state

    def _with_theirs(self, ui_state: UiState, line: ChatLine, now: float) -> UiState:
        line = replace(line, by=ui_state.technician)
        if line in ui_state.chat:
            return ui_state  # said again after a new key, and here already
        if not self._theirs.take(1, now):
            _log.warning("a line of the technician is dropped: they come too fast to be read")
            return ui_state
        return _with(ui_state, line) if ui_state.chat_on else ui_state


def _with(ui_state: UiState, line: ChatLine) -> UiState:
    return replace(ui_state, chat=(*ui_state.chat, line)[-CHAT_KEPT:], technician_types=False)
