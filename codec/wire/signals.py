"""What the applet and the console say to the relay over their one WebSocket each, and what it answers.

JSON objects whose field `type` names them. The first message proves who is there (PIN, link, ticket or token); a socket
that says anything else first is closed. Handshake steps pass through as `Signal` and mean nothing to the relay.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from codec.errors import MALFORMED, DesksideError
from codec.wire.api_types import Code, IceServer, Person, RecordingRules, Session, SessionState
from codec.wire.chain_head import KEY_BYTES, RECORDING_BYTES
from codec.wire.custom_fields import CustomField
from codec.wire.customer_kinds import CustomerKind, Means
from codec.wire.customer_settings import CustomerSettings
from codec.wire.group_settings import GroupSettings
from codec.wire.moment import Moment
from codec.wire.permits import SignedPermit
from codec.wire.pins import Pin
from codec.wire.technician_status import TechnicianStatus

MAX_SIGNAL_BYTES = 16 * 1024
"""The longest that a relay takes from anyone; what it sends itself may be longer (a full desk)."""
MAX_TO_APPLET_BYTES = 2 << 20
"""The longest that an applet takes from its relay: the terms of an organisation have any length."""
APPLET_PATH = "/ws/applet"
CONSOLE_PATH = "/ws/console"

Text = Annotated[str, Meta(max_length=200)]
Opaque = Annotated[str, Meta(max_length=4_096)]
"""Base64 of something that the relay passes on."""
Ticket = Annotated[str, Meta(min_length=20, max_length=100)]
PublicKey = Annotated[bytes, Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
RecordingNumber = Annotated[bytes, Meta(min_length=RECORDING_BYTES, max_length=RECORDING_BYTES)]


class BadSignalError(DesksideError):
    """What came over the signalling socket is not a Deskside message; the socket is closed, nothing else suffers."""


class Refusal(StrEnum):
    """Why the relay does not let an applet in. Each has one sentence for the customer."""

    NOT_SERVED = "not_served"
    """No technician serves this channel."""
    CLOSED = "closed"
    """It is outside the channel's working hours, and customers are not to wait then."""
    NO_ONE_THERE = "no_one_there"
    """No technician who serves the channel is signed in, and customers are not to wait then."""
    NO_ANSWERS = "no_answers"
    """The channel asks for something first, or what was filled in is no longer there. The page asks for it."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    CANCELLED = "cancelled"
    TOO_MANY = "too_many"
    BUSY = "busy"
    """Nothing was looked at: too much is asked of the relay at the moment. Try again in `retry_seconds`."""
    ENDED = "ended"
    BAD_MESSAGE = "bad_message"


REFUSALS = tuple(Refusal)


class Leaving(StrEnum):
    """Why an applet leaves for good."""

    CLOSED = "closed"
    DECLINED = "declined"
    SECRETS_DIFFER = "secrets_differ"
    FAILED = "failed"


class _Signal(Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of all signals."""


# ── applet to relay ────────────────────────────────────────────────────────────────────────────────────────────────


class Enter(_Signal, frozen=True, tag="enter"):
    """Come in with a PIN, with the routing part of a link, or through a channel; by exactly one of them.

    `kind` and `means`: what the customer takes part with. The technician is not permitted what is beyond that.
    """

    version: int
    pin: Pin | None = None
    link: Text | None = None
    computer: Text = ""
    system: Text = ""
    kind: CustomerKind = CustomerKind.PROGRAM
    means: Means = []
    channel: Annotated[int, Meta(ge=1, lt=1 << 31)] | None = None
    answers: Annotated[str, Meta(max_length=100)] = ""
    """The reference to what the customer filled in for the channel."""


class Return(_Signal, frozen=True, tag="return"):
    """Come back into the session that this ticket was given for."""

    ticket: Ticket


class AcceptTerms(_Signal, frozen=True, tag="accept_terms"):
    """The customer accepts the terms that `Entered` told: from now on the session waits to be picked up."""


class AppletSignal(_Signal, frozen=True, tag="signal"):
    """The applet's next handshake step."""

    data: Opaque


class SigningKey(_Signal, frozen=True, tag="signing_key"):
    """The public key (Ed25519) that this applet signs recordings of its session with. Said after each `Entered`."""

    key: PublicKey


class Leave(_Signal, frozen=True, tag="leave"):
    """The customer's side ends the session."""

    reason: Leaving


class Ping(_Signal, frozen=True, tag="ping"):
    """Asks whether the relay still answers. For pages, which cannot send a WebSocket's own ping."""


# ── relay to applet ────────────────────────────────────────────────────────────────────────────────────────────────


class Entered(_Signal, frozen=True, tag="entered"):
    """You are in. Keep the ticket for `Return`; it opens this session only.

    `technician` is empty while you wait for one who serves your channel.
    """

    session: int
    state: SessionState
    technician: str
    organisation: str
    ticket: str
    permit: SignedPermit | None = None
    """What the technician may ask for; without one, nothing."""
    relay_key: bytes = b""
    """The public key (Ed25519) that permits of this session are signed with."""
    leg: int = 0
    to: Text = ""
    """Both as `State` says them."""
    opens: datetime | None = None
    """When the channel's working hours begin next, for a customer who waits outside them; None otherwise."""
    settings: CustomerSettings = CustomerSettings()
    """What channel or group has chosen. With `terms_on` and the state CONNECTING, no technician may pick the session up
    before the customer has accepted the terms: say `AcceptTerms`, or leave as DECLINED."""
    survey: Annotated[str, Meta(pattern=r"^([0-9]{1,18}-[0-9a-f]{64})?\Z")] = ""
    """What opens this session's survey once it has ended, at `/survey/…` of the relay: no more than that one."""


class Refused(_Signal, frozen=True, tag="refused"):
    """You are not in, and why."""

    reason: Refusal
    retry_seconds: int | None = None
    page: str = ""
    """The address that the organisation wants customers to see instead of waiting."""


class Replaced(_Signal, frozen=True, tag="replaced"):
    """The customer goes on in this session with something else, of this kind. You have no part in it any more."""

    kind: CustomerKind


class State(_Signal, frozen=True, tag="state"):
    """The session has moved on. The technician is there or not; `technician` names who has picked it up.

    `leg` is that technician's part: once it is another, what was allowed before holds no longer. `to` is whom the
    session is being handed over to, while it is.
    """

    state: SessionState
    technician_present: bool
    technician: Text = ""
    leg: int = 0
    to: Text = ""


class Wait(_Signal, frozen=True, tag="wait"):
    """You wait: others waited for `seconds` lately on average, or you have this `position` in the queue, from 1.

    Both are None where there is nothing to tell. Said at every change, as long as you wait.
    """

    seconds: Annotated[int, Meta(ge=0, lt=1 << 31)] | None = None
    position: Annotated[int, Meta(ge=1, lt=1 << 31)] | None = None
    served: bool = True
    """False where no technician serves the channel any more that you came through."""


class Permitted(_Signal, frozen=True, tag="permitted"):
    """What the technician may ask for has changed. What is running may go on."""

    permit: SignedPermit


class RelaySignal(_Signal, frozen=True, tag="signal"):
    """The technician's next handshake step."""

    data: Opaque


class Tunnel(_Signal, frozen=True, tag="tunnel"):
    """Open your leg of the tunnel with this ticket, and use these servers for the next direct attempt."""

    ticket: str
    ice_servers: list[IceServer] = []


class Pong(_Signal, frozen=True, tag="pong"):
    """The answer to a ping."""


# ── console to relay ───────────────────────────────────────────────────────────────────────────────────────────────


class ConsoleSignIn(_Signal, frozen=True, tag="sign_in"):
    """The bearer token, and a name that this console keeps as long as it runs."""

    token: Annotated[str, Meta(max_length=200)]
    console: Annotated[str, Meta(min_length=8, max_length=64)]
    version: int


class ConsoleSignal(_Signal, frozen=True, tag="signal"):
    """The technician's next handshake step in a session."""

    session: int
    data: Opaque


class TunnelPlease(_Signal, frozen=True, tag="tunnel_please"):
    """Give both ends of this session a new tunnel."""

    session: int


class BeginRecording(_Signal, frozen=True, tag="begin_recording"):
    """Sign the beginning of a recording (codec/wire/chain_head.py) of a session that this console holds.

    There is no answer while the relay does not know the applet's key, or where the session is another console's.
    """

    session: int
    recording: RecordingNumber
    key: PublicKey
    """What this console signs with."""


class Stamp(_Signal, frozen=True, tag="stamp"):
    """Sign this head of a recording (codec/wire/chain_head.py) with the time of now.

    There is no answer for a recording that this console did not begin, or whose session is long over.
    """

    session: int
    recording: RecordingNumber
    number: Annotated[int, Meta(ge=0, lt=1 << 53)]
    digest: Annotated[bytes, Meta(min_length=32, max_length=32)]


class Attention(_Signal, frozen=True, tag="attention"):
    """Whether the technician is at this console: one of its pages is open, and was used as lately as the group asks.

    `chosen` is the status that they chose last at this console, `chosen_ago` seconds ago; None where they chose none.
    A console that has not said this yet counts as one at which there is no technician.
    """

    is_here: bool
    chosen: TechnicianStatus | None = None
    chosen_ago: Annotated[float, Meta(ge=0.0, lt=1e9)] = 0.0


class SessionUsed(_Signal, frozen=True, tag="session_used"):
    """Something was done in this session, which this console holds, or its customer's screen is shown.

    Said every few seconds at most. A session in which nothing is done for long ends, if its channel or group says so.
    """

    session: int


# ── relay to console ───────────────────────────────────────────────────────────────────────────────────────────────


class LanguageChoice(Struct, frozen=True):
    """A language that the relay can write to customers in, and what it calls itself."""

    code: Text
    name: Text
    characters: int = 0
    """What a text message with a link takes in it: so many places, in so many messages."""
    messages: int = 0


class Sending(Struct, frozen=True, kw_only=True):
    """What the relay can send to customers. `language` is the organisation's."""

    mail: bool = False
    texts: bool = False
    """Text messages."""
    languages: list[LanguageChoice] = []
    language: Text = ""


class Desk(_Signal, frozen=True, tag="desk"):
    """The first answer: who you are and everything that is open for you."""

    person: Person
    organisation: str
    customer_page: str
    sessions: list[Session]
    codes: list[Code]
    functions: list[str] = []
    """What this technician's group may do, by the names of `Function` and others."""
    recording: RecordingRules = RecordingRules()
    settings: GroupSettings = GroupSettings()
    fields: list[CustomField] = []
    """The name field and the five custom fields, as your group uses them in private sessions."""
    stamp_key: Opaque = ""
    """Base64 of the public key (Ed25519) that `Stamped` is signed with."""
    systems: list[Text] | None = None
    """The kinds of computers for which customers find a help program: "Windows", "macOS", "Linux (X11)".

    None: the relay does not say.
    """
    sending: Sending = Sending()
    now: datetime | None = None
    """The relay's time when this was said: what its other times are compared with, as clocks differ."""


class RulesChanged(_Signal, frozen=True, tag="rules"):
    """What your group may do, or how it records, may have changed: what holds from now on, as `Desk` says it."""

    functions: list[str]
    recording: RecordingRules
    settings: GroupSettings = GroupSettings()
    fields: list[CustomField] = []


class SessionChanged(_Signal, frozen=True, tag="session"):
    """A session of yours is new or has changed."""

    session: Session


class SessionGone(_Signal, frozen=True, tag="session_gone"):
    """A session is no longer in the queue of a channel of yours: `person`, called `technician`, has picked it up.

    Without `person`, it has ended.
    """

    session: int
    person: int | None = None
    technician: Text = ""


class StartSession(_Signal, frozen=True, tag="start_session"):
    """A session that waits in a channel is to start with you: `console` picks it up now, or a colleague is asked."""

    session: int
    console: Text


class CodeChanged(_Signal, frozen=True, tag="code"):
    """A PIN or link of yours is new or has changed."""

    code: Code


class Missed(_Signal, frozen=True, tag="missed"):
    """A PIN or link was tried that did not work. `code` is None when there is no such PIN.

    `session` is set when the code was right and the secret was not: that session's handshake failed on it. Else `count`
    says how often it happened since the last such notice; then `code` is None unless it was always the same.
    """

    reason: Refusal
    at: datetime
    code: int | None = None
    session: int | None = None
    count: int = 1
    disowned: bool = False
    """The customer said that the technician is not who they spoke to, and left. Told for each one, never summed up."""


class Colleague(Struct, frozen=True):
    """A technician who is signed in to the console, and how many sessions they have."""

    person: int
    name: str
    status: TechnicianStatus
    sessions: int


class Technicians(_Signal, frozen=True, tag="technicians"):
    """Who of your group is signed in to the console, you among them. Said at every change.

    `chosen` is what you chose yourself, at whichever of your consoles.
    """

    chosen: TechnicianStatus
    technicians: list[Colleague]


class Alert(Struct, frozen=True):
    """A session that has been in this state for so long is marked in this colour, until a later alert."""

    state: SessionState
    seconds: int
    colour: str


class UnitLimits(Struct, frozen=True):
    """What holds for the sessions of a channel; of your own, where there is no `channel`.

    A session that waits ends after `waiting_seconds`; 0 is never. Of `alerts` the one with the most seconds comes last.
    """

    waiting_seconds: int
    alerts: list[Alert]
    channel: int | None = None


class TimeLimits(_Signal, frozen=True, tag="time_limits"):
    """How long sessions that you see may wait, and when they are marked. Said after `Desk`, and when it changes."""

    units: list[UnitLimits]


class SessionSignal(_Signal, frozen=True, tag="signal"):
    """The customer's next handshake step in a session."""

    session: int
    data: Opaque


class SessionTunnel(_Signal, frozen=True, tag="tunnel"):
    """Open your leg of this session's tunnel."""

    session: int
    ticket: str
    ice_servers: list[IceServer] = []


class RecordingBegun(_Signal, frozen=True, tag="recording_begun"):
    """The relay vouches for the beginning of a recording: the signature is over `Beginning.to_sign()`."""

    session: int
    recording: bytes
    technician: Annotated[int, Meta(ge=0, lt=1 << 53)]
    applet_key: bytes
    at: Moment
    signature: bytes


class Stamped(_Signal, frozen=True, tag="stamped"):
    """The head was there at this time, in milliseconds since 1970: the signature is over `Head.to_stamp`."""

    session: int
    recording: bytes
    number: int
    digest: bytes
    at: Moment
    signature: bytes


class SignOutReason(StrEnum):
    """Why a token is no longer good."""

    ENDED = "ended"
    """The sign-in is over: its time has passed, it was ended, or how its person signs in has changed."""
    NETWORK = "network"
    """This network is no longer one of those from which the console may be opened."""
    NO_LICENCE = "no_licence"
    """The console is no longer open to this person."""


class SignedOut(_Signal, frozen=True, tag="signed_out"):
    """Your token is no longer good; sign in again."""

    reason: SignOutReason = SignOutReason.ENDED


FromApplet = Enter | Return | AcceptTerms | AppletSignal | SigningKey | Leave | Ping
ToApplet = Entered | Refused | Replaced | State | Wait | Permitted | RelaySignal | Tunnel | Pong
FromConsole = ConsoleSignIn | ConsoleSignal | TunnelPlease | BeginRecording | Stamp | Attention | SessionUsed
ToConsole = (
    Desk
    | RulesChanged
    | SessionChanged
    | SessionGone
    | StartSession
    | CodeChanged
    | Missed
    | Technicians
    | TimeLimits
    | SessionSignal
    | SessionTunnel
    | RecordingBegun
    | Stamped
    | SignedOut
)

_Heard = TypeVar("_Heard")
_encoder = msgspec.json.Encoder()


def write(signal: FromApplet | ToApplet | FromConsole | ToConsole) -> str:
    """Return the JSON text of `signal`."""
    return _encoder.encode(signal).decode()


_FROM_APPLET: msgspec.json.Decoder[FromApplet] = msgspec.json.Decoder(FromApplet)
_TO_APPLET: msgspec.json.Decoder[ToApplet] = msgspec.json.Decoder(ToApplet)
_FROM_CONSOLE: msgspec.json.Decoder[FromConsole] = msgspec.json.Decoder(FromConsole)
_TO_CONSOLE: msgspec.json.Decoder[ToConsole] = msgspec.json.Decoder(ToConsole)


def read_from_applet(text: str | bytes) -> FromApplet:
    """What the relay hears from an applet. Raises BadSignalError."""
    return _read(_FROM_APPLET, text)


def read_to_applet(text: str | bytes) -> ToApplet:
    """What an applet hears from the relay. Raises BadSignalError."""
    return _read(_TO_APPLET, text)


def read_from_console(text: str | bytes) -> FromConsole:
    """What the relay hears from a console. Raises BadSignalError."""
    return _read(_FROM_CONSOLE, text)


def read_to_console(text: str | bytes) -> ToConsole:
    """What a console hears from the relay. Raises BadSignalError."""
    return _read(_TO_CONSOLE, text)


def _read(decoder: msgspec.json.Decoder[_Heard], text: str | bytes) -> _Heard:
    try:
        heard: _Heard = decoder.decode(text)
    except MALFORMED as error:
        raise BadSignalError(f"not a signal: {error}") from None
    return heard
