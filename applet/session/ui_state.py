"""What the engine tells the person's side, and what the person may ask of it. Immutable, so that threads can share it.

The engine makes a new UiState whenever something changed; the window (or the terminal) shows it and keeps nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from applet.session.consent import Question
from applet.session.interruption import Interruption
from codec.wire.access import Access
from codec.wire.signals import Wait
from codec.wire.tools import ToolName


class Stage(StrEnum):
    """Where the customer is."""

    ENTRY = "entry"
    ENTERING = "entering"
    WAITING = "waiting"
    TOGETHER = "together"
    ENDED = "ended"


class ClipboardNote(StrEnum):
    """Why the two clipboards differ although they are shared."""

    MINE_TOO_LONG = "mine_too_long"
    THEIRS_TOO_LONG = "theirs_too_long"
    NOT_READ = "not_read"
    """The program that holds what was copied here did not give it."""


@dataclass(frozen=True)
class Terms:
    """Terms of the organisation, to accept or decline. `scroll`: only after they were seen to their end."""

    text: str
    scroll: bool


@dataclass(frozen=True)
class ChatLine:
    """One line of the conversation. `mine` is the customer's own, the others are `by` a technician."""

    text: str
    mine: bool
    at: int
    link: bool = False
    """Whether it is the address of a page that the technician sends, and nothing else."""
    by: str = ""


@dataclass(frozen=True)
class UiState:
    """Everything that the customer should see now. `problem` and `ending` are words for applet/ui/texts.py."""

    stage: Stage = Stage.ENTRY
    relay: str | None = None
    unknown_relay: str | None = None
    """The relay that a link leads to and that was never used on this computer: the person decides whether to use it."""
    problem: str | None = None
    retry_seconds: int | None = None
    technician: str = ""
    organisation: str = ""
    application: str = ""
    """What the organisation calls this program; empty where it has no name of its own."""
    online: bool = True
    """Whether there is a way to the technician at this moment."""
    away: bool = False
    """Whether there has been none for so long that the person should know that the technician may not come back."""
    wait: Wait | None = None
    """What is told of the wait for a technician."""
    words: tuple[str, ...] = ()
    words_changed: bool = False
    """Whether these words replaced others in this session: what was compared before says nothing of them."""
    attempt: int = 1
    """Which attempt to agree on a key is under way, or was the last; more than one is worth a look."""
    vouched: bool = False
    """Whether a secret has proven who is at the other end, so that no words need be compared."""
    terms: Terms | None = None
    """What must be accepted before any technician may begin."""
    needs_digits: bool = False
    """Whether the technician's PIN has extra digits that were not entered yet."""
    question: Question | None = None
    granted: frozenset[Access] = frozenset()
    chat: tuple[ChatLine, ...] = ()
    chat_on: bool = True
    """Whether the two can write to each other."""
    chat_kept: bool = False
    """Whether the organisation keeps what they write."""
    technician_types: bool = False
    began_at: float | None = None
    ended_at: float | None = None
    ending: str | None = None
    survey: str = ""
    """Where the organisation asks how the session was, once it has ended; empty where it asks nothing."""
    allowed_once: frozenset[Access] = frozenset()
    stopped: bool = False
    """Whether the customer has stopped everything in this session: nothing answers in their place any more."""
    recording_since: float | None = None
    """Since when the technician's side records, in seconds since 1970 by this computer's clock."""
    clipboard_note: ClipboardNote | None = None
    """Why the two clipboards differ although they are shared."""
    screen_trouble: str = ""
    """Why the technician cannot see the screen (a word of Cause), as far as the person here can do something."""
    slow_because: str = ""
    """Why the technician sees the screen late or blurred (a word of Diagnosis), as far as the customer can help it."""
    interruption: Interruption | None = None
    """Why nothing is seen or controlled at the moment, though the session goes on."""
    handed_to: str = ""
    """Whom it is being handed over to, where that is known."""
    stop_key: bool = False
    """Whether the stop key is heard. Otherwise no text mentions it."""


@dataclass(frozen=True)
class EnterCode:
    """The customer has entered a PIN or link."""

    typed: str


@dataclass(frozen=True)
class EnterDigits:
    """The customer has entered the extra digits of a PIN."""

    typed: str


@dataclass(frozen=True)
class AnswerTerms:
    """The customer accepts or declines the terms."""

    accepts: bool


@dataclass(frozen=True)
class UseRelay:
    """The person's answer about the relay that was unknown."""

    relay: str
    uses: bool


@dataclass(frozen=True)
class Decide:
    """The customer's answer to the question with this serial; an empty set is no."""

    serial: int
    allowed: frozenset[Access]


@dataclass(frozen=True)
class Revoke:
    """The customer takes one permission back."""

    access: Access


@dataclass(frozen=True)
class Stop:
    """Stop everything at once."""

    by_key: bool


class ToolIntent:
    """What the person does with a tool: each says with which."""

    tool: ClassVar[ToolName]


@dataclass(frozen=True)
class NoWindow:
    """There is no window that could show what this tool tells."""

    tool: ToolName


class ToolNews:
    """What a tool tells its part in the windows (applet/ui/tools): each says which."""

    tool: ClassVar[ToolName]


@dataclass(frozen=True)
class Say(ToolIntent):
    """The customer wrote a line."""

    tool = ToolName.CHAT
    text: str


@dataclass(frozen=True)
class Types(ToolIntent):
    """The customer is writing, or has stopped."""

    tool = ToolName.CHAT
    on: bool


@dataclass(frozen=True)
class ClipboardChanged(ToolIntent):
    """The customer's clipboard holds this text now."""

    tool = ToolName.CLIPBOARD
    text: str


@dataclass(frozen=True)
class ClipboardTooLong(ToolIntent):
    """The customer copied a text of so many bytes, or more: it is not shared."""

    tool = ToolName.CLIPBOARD
    size: int


@dataclass(frozen=True)
class ClipboardNotRead(ToolIntent):
    """The customer copied something in a program that did not give it in time."""

    tool = ToolName.CLIPBOARD


@dataclass(frozen=True)
class Leave:
    """The customer ends the session; `quit` ends the program too."""

    quit: bool = False


CopiedHere = ClipboardChanged | ClipboardTooLong | ClipboardNotRead
Intent = EnterCode | EnterDigits | AnswerTerms | UseRelay | Decide | Revoke | Stop | Leave | ToolIntent | NoWindow
