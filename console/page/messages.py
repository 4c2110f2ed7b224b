"""What the page and its engine say to each other about everything except a session's own messages.

JSON text frames, field `type`. The page asks with a `request` number of its own and gets `Done` or `Failed` for it; all
else the engine tells unasked. Session messages travel beside these as binary frames: session u32 little-endian, then
the MessagePack of one message of codec/wire/messages.py, in both directions.

Messages of one area are in its own `messages.py`. `make types` writes the TypeScript of all of them,
`console/ui/src/wire/page.gen.ts`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from codec.errors import MALFORMED, DesksideError
from codec.session.diagnosis import Diagnosis
from codec.wire.api_types import MAX_NOTES, Method, NewTransfer, Session, TransferTargets
from codec.wire.chat_log import Who
from codec.wire.custom_fields import CUSTOM_FIELDS
from codec.wire.messages import CHAT_CHARACTERS
from codec.wire.session_types import SessionType
from codec.wire.signals import (
    CodeChanged,
    Desk,
    Missed,
    SessionChanged,
    SessionGone,
    StartSession,
    Technicians,
    TimeLimits,
)
from codec.wire.technician_status import TechnicianStatus
from codec.wire.tools import ToolName
from console.customer_page.messages import AcceptCustomerPage, CustomerPage
from console.library.messages import LibraryFromPage, LibraryToPage, StopConverting
from console.page.message_base import PageMessage as _PageMessage
from console.page.message_base import Request, Short, ToolMessage
from console.player.messages import ClosePlayer, OpenPlayer, PlayerDo, PlayerToPage
from console.recording.messages import TrustRelayKey, UploadsFromPage, UploadsToPage, UsePlace
from console.replies.messages import Replies, RepliesFromPage
from console.sign_in.messages import SignInFromPage, SignInToPage
from console.surveys.messages import SurveysFromPage, SurveyTold

MAX_PAGE_MESSAGE = 64 * 1024


class BadPageMessageError(DesksideError):
    """What the page said is not a message of this version. Reload the page."""


class Path(StrEnum):
    """How a session's messages travel now."""

    NONE = "none"
    """Nobody is connected yet, or any more."""
    HANDSHAKE = "handshake"
    RELAYED = "relayed"
    DIRECT = "direct"
    LOST = "lost"
    """There was a connection and there will be again; the session goes on by itself."""
    REFUSED = "refused"
    """The handshake failed; this attempt is over."""


class Check(StrEnum):
    """What vouches for the customer at the other end."""

    WORDS = "words"
    COMPARED = "compared"
    """The technician says that the words were the same."""
    SECRET = "secret"  # noqa: S105  (a word on the wire, not a secret)


class Event(StrEnum):
    """System lines of the chat log; the page has the sentence for each."""

    PICKED_UP = "picked_up"
    AUTO_STARTED = "auto_started"
    """The session started automatically, as its channel has it."""
    CONNECTED = "connected"
    """`detail` names the encryption."""
    WENT_DIRECT = "went_direct"
    WENT_RELAYED = "went_relayed"
    LOST = "lost"
    PAGE_CLOSED = "page_closed"
    """The customer's page was closed, or is being loaded again: the session ends unless it comes back."""
    BACK = "back"
    ASKED_VIEW = "asked_view"
    ASKED_CONTROL = "asked_control"
    ASKED_CAMERA = "asked_camera"
    ASKED_CLIPBOARD = "asked_clipboard"
    ASKED_RECORD = "asked_record"
    RECORDING_BEGAN = "recording_began"
    RECORDING_KEPT = "recording_kept"
    """`detail` is the file."""
    RECORDING_SAVED = "recording_saved"
    """The recording had failed; `detail` is the file with what there is of it."""
    RECORDING_PARTLY = "recording_partly"
    """A file of it ended early; the recording goes on in the other one. `detail` is its kind."""
    RECORDING_FAILED = "recording_failed"
    """`detail` is the reason."""
    RECORDING_UNCONFIRMED = "recording_unconfirmed"
    RECORDING_NEEDED = "recording_needed"
    """The technician's group demands a recording and there is none: nothing can be seen or controlled."""
    DECLINED = "declined"
    """The customer said no."""
    ASKED_WISH = "asked_wish"
    """The technician asked to have something done with the camera: `detail` is a `CameraWish`."""
    DECLINED_WISH = "declined_wish"
    PHOTO_SENT = "photo_sent"
    NOT_PERMITTED = "not_permitted"
    """The customer was not asked: the technician's own group may not."""
    ALLOWED = "allowed"
    """`detail` lists what is allowed now, separated by spaces: view control clipboard record."""
    RELEASED = "released"
    PAGE_LOST = "page_lost"
    """The technician's page that showed the session is gone: what the customer had allowed is given back."""
    STOPPED_BY_KEY = "stopped_by_key"
    STOPPED_BY_BUTTON = "stopped_by_button"
    WORDS_COMPARED = "words_compared"
    WORDS_DIFFER = "words_differ"
    """Technician and customer saw different words: the session ends."""
    REFUSED_SECRET = "refused_secret"  # noqa: S105  (a word on the wire, not a secret)
    REFUSED_BURNT = "refused_burnt"
    """The secret was tried too often without being confirmed, so nothing was sent."""
    SECRET_UNCONFIRMED = "secret_unconfirmed"  # noqa: S105
    """The other end never confirmed the secret: one of its tries is used. `detail` is how many are left."""
    CUSTOMER_RESTARTED = "customer_restarted"
    """The customer's page was loaded again, so that a new key must be agreed. Nothing that was allowed holds then."""
    NEW_WORDS = "new_words"
    """The session was connected again with a new key: the words are to be compared again."""
    REFUSED_CHANGED = "refused_changed"
    REFUSED_PROTOCOL = "refused_protocol"
    REFUSED_RELOADS = "refused_reloads"
    """The customer's page was loaded again more often than a session allows where only words show who is there."""
    REFUSED_UNCONFIRMED = "refused_unconfirmed"
    """The customer's page was loaded again before it had confirmed the extra digits: another try would be a guess."""
    ENDED_BY_CUSTOMER = "ended_by_customer"
    ENDED_PAGE_CLOSED = "ended_page_closed"
    """The customer closed the page and did not come back."""
    ENDED_BY_TECHNICIAN = "ended_by_technician"
    ENDED_BY_ORGANISATION = "ended_by_organisation"
    ENDED_LOST = "ended_lost"
    ENDED_UNUSED = "ended_unused"
    """Neither side did anything for as long as the channel or group allows."""
    HELD = "held"
    RESUMED = "resumed"
    HANDED_OVER = "handed_over"
    """`detail` is whom it is on its way to."""
    TRANSFERRED = "transferred"
    """`detail` is who has it now."""
    TRANSFER_DECLINED = "transfer_declined"
    """`detail` is who declined."""
    TRANSFER_TIMED_OUT = "transfer_timed_out"
    """`detail` is for how many minutes no one took it."""
    TAKEN_BACK = "taken_back"
    RESUMED_ELSEWHERE = "resumed_elsewhere"
    """Another console of this technician goes on with it."""
    ENDED_OVERSTEPPED = "ended_overstepped"
    """The customer's program claimed again and again what nobody had asked for."""
    ENDED_FLOOD = "ended_flood"
    """The customer's program sent more than any session needs."""


# ── engine to page ─────────────────────────────────────────────────────────────────────────────────────────────────


class Welcome(_PageMessage, frozen=True, tag="welcome"):
    """The first message. `relay` is the address of the relay that this console belongs to."""

    relay: str
    version: str
    signed_in: bool


UNUSED = "unused"


class SignedOutPage(_PageMessage, frozen=True, tag="signed_out"):
    """Nobody is signed in (any more); show the sign-in page.

    `reason`: a `SignOutReason` where the relay gave one, or `UNUSED` where no page was used for too long.
    """

    reason: str = ""


class Online(_PageMessage, frozen=True, tag="online"):
    """Whether the relay can be reached; open sessions on direct paths go on without it."""

    online: bool
    since: datetime
    retry_seconds: float | None = None


class RelayBusy(_PageMessage, frozen=True, tag="relay_busy"):
    """The relay has too much to do, and what was asked is asked again; False when that is over."""

    busy: bool


class Invitation(_PageMessage, frozen=True, tag="invitation"):
    """What the technician gives to the customer for a code: kept in this engine only.

    `spoken` is the PIN with its secret digits, grouped; `link` the whole link with its secret.
    """

    code: int
    spoken: str | None = None
    link: str | None = None


class ChatLine(_PageMessage, frozen=True, tag="chat_line"):
    """One line of a session's chat log. `text` for people, `event` and `detail` for system lines.

    `number` counts from 1. Lines from before this console had the session have numbers up to 0, and `by` names the
    colleague who had it then.
    """

    session: int
    number: int
    at: datetime
    who: Who
    text: str = ""
    event: Event | None = None
    detail: str = ""
    by: str = ""


class Found(msgspec.Struct, frozen=True):
    """A cause of what is wrong, and how sure that is, from 0 to 1."""

    cause: Diagnosis
    confidence: float


class Connected(_PageMessage, frozen=True, tag="connected"):
    """How a session is connected; sent at every change, and about once a second while it is looked at."""

    session: int
    path: Path
    since: datetime
    check: Check | None = None
    words: list[str] = msgspec.field(default_factory=list)
    encryption: str = ""
    rtt_ms: float | None = None
    kbit_per_second: float = 0.0
    frames_per_second: float = 0.0
    sentence: str = ""
    """Code of what is wrong, empty when nothing is: no_direct_path, slow_handshake, lost. Without
    a connection page_closed or customer_away, where the relay says so."""
    facts: dict[str, float] = msgspec.field(default_factory=dict)
    """What both ends measured, by the names in codec/session/diagnosis.py."""
    causes: list[Found] = msgspec.field(default_factory=list)
    """What the facts speak for, the likeliest first."""


class RecordingNow(_PageMessage, frozen=True, tag="recording_now"):
    """The session is recorded since then, or not. Sent at every change."""

    session: int
    since: datetime | None


class ClipboardShared(_PageMessage, frozen=True, tag="clipboard_shared"):
    """Whether the technician shares the clipboard, as far as the customer allows it. Sent at every change.

    `copying`: a long text is on its way, so the customer's clipboard still holds an older one.
    """

    session: int
    on: bool
    copying: bool = False


class OpenedSession(_PageMessage, frozen=True, tag="opened"):
    """The page looks at this session now; what is known of it follows as session messages and chat lines."""

    session: Session


class Targets(_PageMessage, frozen=True, tag="targets"):
    """Whom a session can be handed over to at the moment."""

    targets: TransferTargets


class Done(_PageMessage, frozen=True, tag="done"):
    """The request was carried out: `code` is the number of the code that it made, `session` of the one it opened."""

    request: Request
    code: int | None = None
    session: int | None = None
    count: int | None = None
    """How many predefined replies were added."""
    text: str | None = None
    """The file with all of them."""


class Failed(_PageMessage, frozen=True, tag="failed"):
    """The request was not carried out: `problem` for programs, `message` for people, `field` where one is meant."""

    request: Request
    problem: str
    message: str
    field: str | None = None
    retry_seconds: int | None = None
    count: int | None = None
    """How many stand against it: the open sessions, with `sessions_open`."""
    contact: str = ""
    """Whom the organisation says to ask."""
    least: str = ""
    """How strong the password must be that is due: good, strong or excellent."""
    taken_by: str = ""
    """The technician who has picked up the session that was asked for."""


# ── page to engine ─────────────────────────────────────────────────────────────────────────────────────────────────


class PageSignOut(_PageMessage, frozen=True, tag="sign_out"):
    """Sign out. While sessions are open it is refused with `sessions_open`, unless they are to be ended."""

    request: Request
    end_sessions: bool = False


class Used(_PageMessage, frozen=True, tag="used"):
    """The technician does something in this page: a key, the pointer, the wheel. Said every few seconds at most."""


class ChooseStatus(_PageMessage, frozen=True, tag="choose_status"):
    """The technician chooses a status, which holds until they choose another one or sign out."""

    status: TechnicianStatus


class MakeCode(_PageMessage, frozen=True, tag="make_code"):
    """Make a PIN or link for a customer; `secret` lengthens a PIN by four digits that the relay never sees.

    `session_type`: what its session is, whatever the group says. `session`: its customer goes on in
    that session by this PIN. By a link, which has a secret of its own, they come again: once the help program has
    proven it, that session ends.
    """

    request: Request
    method: Method
    name: Short = ""
    secret: bool = False
    session_type: SessionType | None = None
    session: int | None = None
    fields: Annotated[list[Short], Meta(max_length=CUSTOM_FIELDS)] = msgspec.field(default_factory=list)
    """Values of the custom fields, in order."""
    to: Annotated[str, Meta(max_length=254)] = ""
    """Where the relay sends the link, by the methods `email` and `sms`."""
    language: Annotated[str, Meta(max_length=16)] = ""
    """The customer's."""


class CancelCode(_PageMessage, frozen=True, tag="cancel_code"):
    """Take a PIN or link back before it is used."""

    request: Request
    code: int


class PageOpen(_PageMessage, frozen=True, tag="open"):
    """Look at a session: pick it up if it waits, and hear its messages from now on."""

    request: Request
    session: int
    without_secret: bool = False
    """The technician's yes, after `secret_expected`: this customer has no secret, the words are compared instead."""
    offered: bool = False
    """Not the technician wants it, but the relay has asked to start it (`StartSession`)."""


class PageLeave(_PageMessage, frozen=True, tag="leave"):
    """Stop looking at a session; it goes on."""

    session: int


class OpenUp(_PageMessage, frozen=True, tag="open_up"):
    """Let a session that started as a chat be more."""

    request: Request
    session: int


class Change(StrEnum):
    """What a technician does with a session as a whole."""

    HOLD = "hold"
    RESUME = "resume"
    TAKE_BACK = "take_back"
    DECLINE = "decline"


class ChangeSession(_PageMessage, frozen=True, tag="change_session"):
    """Put a session on hold or go on with it, take it back, or decline one that was handed over."""

    request: Request
    session: int
    change: Change


class ListTargets(_PageMessage, frozen=True, tag="list_targets"):
    """Tell whom a session can be handed over to now, with `Targets`."""

    request: Request


class HandOverTo(_PageMessage, frozen=True, tag="hand_over_to"):
    """Hand a session over."""

    request: Request
    session: int
    to: NewTransfer


class EditField(_PageMessage, frozen=True, tag="edit_field"):
    """Change what identifies a session: the name field, which is 0, or a custom field by its number."""

    request: Request
    session: int
    field: Annotated[int, Meta(ge=0, le=CUSTOM_FIELDS)]
    value: Short


class WriteNotes(_PageMessage, frozen=True, tag="write_notes"):
    """Keep these notes with a session, in the place of those before."""

    request: Request
    session: int
    notes: Annotated[str, Meta(max_length=MAX_NOTES)]


class PageEnd(_PageMessage, frozen=True, tag="end"):
    """End a session."""

    request: Request
    session: int
    words_differ: bool = False
    """Technician and customer compared their words, and they differ: somebody may sit in between."""


class Say(ToolMessage, frozen=True, tag="say"):
    """Write a line to the customer."""

    tool = ToolName.CHAT

    text: Annotated[str, Meta(min_length=1, max_length=CHAT_CHARACTERS)]


class WordsCompared(_PageMessage, frozen=True, tag="words_compared"):
    """The technician and the customer saw the same words."""

    session: int


class ShareClipboard(ToolMessage, frozen=True, tag="share_clipboard"):
    """The technician turns the clipboard of a session on or off; nothing is copied while it is off."""

    tool = ToolName.CLIPBOARD

    on: bool


ToPage = (
    Welcome | SignedOutPage | Online | RelayBusy | Desk | SessionChanged | SessionGone | StartSession | CodeChanged
    | Missed | Invitation | ChatLine | Connected | RecordingNow | ClipboardShared | OpenedSession | Done | Failed
    | Targets | Technicians | TimeLimits | CustomerPage | Replies | SignInToPage | UploadsToPage | LibraryToPage
    | PlayerToPage | SurveyTold
)  # fmt: skip
FromPage = (
    SignInFromPage | PageSignOut | MakeCode | CancelCode | PageOpen | PageLeave | PageEnd | Say | WordsCompared
    | ShareClipboard | UploadsFromPage | UsePlace | TrustRelayKey | AcceptCustomerPage | LibraryFromPage
    | StopConverting | OpenPlayer | ClosePlayer | PlayerDo | OpenUp | Used | ChooseStatus | EditField
    | WriteNotes | RepliesFromPage
    | ChangeSession | ListTargets | HandOverTo | SurveysFromPage
)  # fmt: skip

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[FromPage] = msgspec.json.Decoder(FromPage)


def write(message: ToPage) -> str:
    """Return the JSON text of `message`."""
    return _encoder.encode(message).decode()


def read(text: str | bytes) -> FromPage:
    """Return what the page said. Raises BadPageMessageError."""
    try:
        return _decoder.decode(text)
    except MALFORMED as error:
        raise BadPageMessageError(f"not a page message: {error}") from None
