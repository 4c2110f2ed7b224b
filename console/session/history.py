"""What a session has been so far: its chat log, and what a page must hear when it opens the session. Pure."""

from collections import deque
from datetime import datetime

from codec.wire.access import Access
from codec.wire.chat_log import Who
from codec.wire.declaration import where
from codec.wire.messages import (
    MESSAGES,
    Answered,
    Asking,
    Granted,
    Message,
    Notice,
    Release,
    SessionMessage,
    Stopped,
    Trouble,
)
from console.page.messages import ChatLine, Event

MAX_LINES = 2_000
_ASKED = {
    Access.VIEW: Event.ASKED_VIEW,
    Access.CONTROL: Event.ASKED_CONTROL,
    Access.CAMERA: Event.ASKED_CAMERA,
    Access.CLIPBOARD: Event.ASKED_CLIPBOARD,
    Access.RECORD: Event.ASKED_RECORD,
}


class ChatLog:
    """The lines of one session, in order, the oldest dropped beyond MAX_LINES."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._lines: deque[ChatLine] = deque(maxlen=MAX_LINES)
        self._number = 0

    @property
    def lines(self) -> list[ChatLine]:
        """All lines that are kept."""
        return list(self._lines)

    def begin_with(self, lines: list[ChatLine]) -> None:
        """Put what was written before this log began in front of it."""
        self._lines = deque([*lines, *self._lines], maxlen=MAX_LINES)

    def write(self, who: Who, text: str, now: datetime) -> ChatLine:
        """Add what a person wrote."""
        return self._add(ChatLine(self._session, self._next(), now, who, text))

    def note(self, event: Event, now: datetime, detail: str = "") -> ChatLine:
        """Add a system line."""
        return self._add(ChatLine(self._session, self._next(), now, Who.SYSTEM, event=event, detail=detail))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _add(self, line: ChatLine) -> ChatLine:
        self._lines.append(line)
        return line


def _place(kind: type[Message]) -> int:
    return kind.declared.replayed or 0


_REPLAYED = tuple(sorted(where(MESSAGES, lambda declared: declared.replayed is not None), key=_place))


class Snapshot:
    """The latest of each message that still holds, to be repeated to a page that comes later."""

    def __init__(self) -> None:
        self._latest: dict[type[SessionMessage], SessionMessage] = {}
        self._troubles: dict[Trouble, Notice] = {}

    @property
    def granted(self) -> frozenset[Access]:
        """What the customer allows now."""
        granted = self._latest.get(Granted)
        return granted.access if isinstance(granted, Granted) else frozenset()

    @property
    def asking(self) -> int | None:
        """The number of the question that is on the customer's screen."""
        asking = self._latest.get(Asking)
        return asking.number if isinstance(asking, Asking) else None

    def note(self, message: SessionMessage) -> None:
        """Remember `message` if a later page needs it."""
        match message:
            case Notice(trouble, True):
                self._troubles[trouble] = message
            case Notice(trouble, False):
                self._troubles.pop(trouble, None)
            case Answered() | Stopped():
                self._latest.pop(Asking, None)
            case _ if isinstance(message, _REPLAYED):
                self._latest[type(message)] = message
                if isinstance(message, Granted) and Access.CONTROL not in message.access:
                    self._troubles.pop(Trouble.CUSTOMER_HAS_HANDS_ON, None)  # no hand is left that could rest

    def forget(self) -> None:
        """Forget everything: another handshake began, nothing said before holds."""
        self._latest.clear()
        self._troubles.clear()

    def replay(self) -> list[SessionMessage]:
        """Return what a page must hear, in an order that makes sense to it."""
        return [self._latest[kind] for kind in _REPLAYED if kind in self._latest] + list(self._troubles.values())


def event_of(message: SessionMessage, before: frozenset[Access]) -> tuple[Event, str] | None:
    """Return the system line that a message deserves, if any; `before` is what was allowed until now."""
    match message:
        case Granted(access) if access - before:
            return Event.ALLOWED, " ".join(kind for kind in Access if kind in access)
        case Answered(_, False, False):
            return Event.NOT_PERMITTED, ""
        case Answered(_, False):
            return Event.DECLINED, ""
        case Stopped(by_key):
            return (Event.STOPPED_BY_KEY if by_key else Event.STOPPED_BY_BUTTON), ""
        case Release(access):
            return Event.RELEASED, access.value
        case _:
            return None


def asked(access: Access) -> Event:
    """Return the system line for a question to the customer."""
    return _ASKED[access]
