"""What the relay's JSON API and its sockets say about the support desk: people, codes and sessions, each once.

The relay writes these, the console and the applet read them. Times are ISO 8601 in UTC, to the millisecond or better.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, structs

from codec.wire.custom_fields import CUSTOM_FIELDS
from codec.wire.customer_kinds import CustomerKind, Means
from codec.wire.session_types import SessionType

MAX_EMAIL = 254
"""The longest e-mail address (RFC 5321), in characters. Longer ones are refused before anything is done to them."""
MAX_PASSWORD = 1_000
MAX_COMMENT = 128
MAX_NOTES = 1_024
"""The longest comment on a hand-over, in characters."""
Email = Annotated[str, Meta(max_length=MAX_EMAIL)]
Password = Annotated[str, Meta(max_length=MAX_PASSWORD)]
OneTimeCode = Annotated[str, Meta(max_length=100)]
Name = Annotated[str, Meta(max_length=200)]
FieldValues = Annotated[list[Name], Meta(max_length=CUSTOM_FIELDS)]
DeviceText = Annotated[str, Meta(max_length=1_000)]
"""What strangers may send; each has a limit."""


class SessionState(StrEnum):
    """What state a session is in (spec: sessions-console.md 1.2); those that this version can reach."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    """Interrupted by its technician, who goes on later. It never times out."""
    TRANSFERRING = "transferring"
    """Handed over, and not yet picked up by another technician."""
    RECONNECTING = "reconnecting"
    OFFLINE = "offline"
    DISCONNECTED = "disconnected"
    TRANSFERRED = "transferred"
    """Of a technician who handed it over, once another has picked it up. The session itself goes on with them."""
    CLOSED_BY_CUSTOMER = "closed_by_customer"
    CLOSED_BY_TECHNICIAN = "closed_by_technician"
    CLOSED_BY_WAITING_CUSTOMER = "closed_by_waiting_customer"
    TIMED_OUT = "timed_out"
    REFUSED_BY_CUSTOMER = "refused_by_customer"
    ABORTED_TECHNICIAN_REMOVED = "aborted_technician_removed"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self in FINAL_STATES

    @property
    def is_interrupted(self) -> bool:
        """Whether nothing can be seen or controlled, though the session goes on."""
        return self in (SessionState.ON_HOLD, SessionState.TRANSFERRING)


SESSION_STATES = tuple(SessionState)
FINAL_STATES = (
    SessionState.TRANSFERRED,
    SessionState.CLOSED_BY_CUSTOMER,
    SessionState.CLOSED_BY_TECHNICIAN,
    SessionState.CLOSED_BY_WAITING_CUSTOMER,
    SessionState.TIMED_OUT,
    SessionState.REFUSED_BY_CUSTOMER,
    SessionState.ABORTED_TECHNICIAN_REMOVED,
)


class CodeState(StrEnum):
    """What state a PIN or link is in before there is a session."""

    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    BURNT = "burnt"
    """Tried with wrong secrets too often."""


class Ended(StrEnum):
    """How a session ended, where its state does not say."""

    AS_ITS_STATE_SAYS = ""
    WRONG_SECRET = "wrong_secret"  # noqa: S105  (a word on the wire, not a secret)
    """The customer’s extra digits, or link, were wrong, so nothing was shared."""
    PAGE_CLOSED = "page_closed"
    """The customer closed the page in the browser, and did not open it again."""
    ADMINISTRATOR = "administrator"
    """An administrator closed it for the technician."""


class TargetKind(StrEnum):
    """Whom a session can be handed over to."""

    TECHNICIAN = "technician"
    GROUP = "group"
    CHANNEL = "channel"


class TransferOutcome(StrEnum):
    """What has become of a transfer."""

    UNDER_WAY = ""
    PICKED_UP = "picked_up"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    """No one picked it up in time."""
    TAKEN_BACK = "taken_back"
    TRANSFERRED_AGAIN = "transferred_again"
    ENDED = "ended"
    """The session has ended meanwhile."""


class Method(StrEnum):
    """How a customer is invited."""

    PIN = "pin"
    LINK = "link"
    EMAIL = "email"
    """By a link that the relay sends."""
    SMS = "sms"
    """By a link that the relay sends, too."""


class DeliveryState(StrEnum):
    """What became of a link that the relay sends. Whether it has arrived, no server says."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"


class Delivery(Struct, frozen=True, kw_only=True):
    """To whom the relay sends a link. `problem` names why it has not gone, `number` is what the server answered."""

    to: str
    state: DeliveryState
    problem: str = ""
    number: int = 0


class Person(Struct, frozen=True, kw_only=True):
    """A person who signs in. Customers see the nickname."""

    id: int
    email: str
    name: str
    nickname: str


class IceServer(Struct, frozen=True, kw_only=True):
    """A STUN or TURN server, as RTCIceServer has it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Code(Struct, frozen=True, kw_only=True):
    """A PIN or link that a technician made. `path` is the link's without its secret, which the relay never has."""

    id: int
    method: Method
    state: CodeState
    name: str
    made_at: datetime
    expires_at: datetime
    pin: str | None = None
    path: str | None = None
    misses: int = 0
    session: int | None = None
    session_type: SessionType = SessionType.STANDARD
    """Of what comes of it."""
    fields: list[str] = []
    """Values of the custom fields, as `Session` has them."""
    delivery: Delivery | None = None
    """Where the relay sends the link."""


class Channel(Struct, frozen=True, kw_only=True):
    """A way in for customers. Who comes through it waits for all technicians who serve it."""

    id: int
    name: str


class Transfer(Struct, frozen=True, kw_only=True):
    """A hand-over of a session: by whom, to whom, and what has become of it, after so many `minutes`.

    `former` is the technician who had it: 0 where none had. An administrator may have handed it over for them.
    `ended_by` is who picked it up or declined it. Where the rule of a channel did it, that of `source`, `by_person` is
    0.
    """

    by: str
    by_person: int
    former: int = 0
    source: int = 0
    kind: TargetKind
    target: int
    to: str
    comment: str
    at: datetime
    minutes: int = 0
    outcome: TransferOutcome = TransferOutcome.UNDER_WAY
    ended_by: str = ""


class Session(Struct, frozen=True, kw_only=True):
    """One support contact. `computer` and `system` are what the customer's machine says: text to show, no more.

    `kind` and `means` are what the customer takes part with: nothing else is offered. In a chat nothing but the chat
    is: its technician may open it up, then all that group and means permit can be asked for.

    It came by the technician's PIN or link (`method`, `code`), or through a `channel`, and then its code is 0. Such a
    session waits in the queue of all who serve the channel, until one of them picks it up. `technician` is their name.

    `since` is when it came into its state, by the relay's clock. `began` is when a technician first picked it up: it
    lasts from then on, and once its state is final it lasted until `since`. None if nothing took place.
    """

    id: int
    state: SessionState
    name: str
    made_at: datetime
    since: datetime
    method: Method | None = None
    code: int = 0
    channel: Channel | None = None
    technician: str = ""
    holder: int = 0
    """Whose it is: the number of the technician, 0 while it is no one's. Colleagues see it while that one is gone."""
    began: datetime | None = None
    fields: list[str] = []
    """Values of the custom fields, in order; those at the end that are missing are empty."""
    ending: Ended = Ended.AS_ITS_STATE_SAYS
    pin: str | None = None
    computer: str = ""
    system: str = ""
    kind: CustomerKind = CustomerKind.PROGRAM
    means: Means = []
    session_type: SessionType = SessionType.STANDARD
    console: str | None = None
    """The console that has picked it up: the `console` it named when it signed in."""
    customer_present: bool = False
    page_closed: bool = False
    """The customer's browser has closed the page, or loads it again. The session ends unless the page comes back."""
    leg: int = 0
    """The present technician's part in it: another number once another technician has taken it over."""
    transfer: Transfer | None = None
    """The latest hand-over, which may be over."""
    notes: str = ""
    """What its technicians noted. The customer does not see it."""
    has_secret: bool = False
    """The customer has a secret that only the console knows that made it: no other can go on in its place."""


class RecordingRules(Struct, frozen=True, kw_only=True):
    """How a technician's group records.

    `format` is a picture format by name, or `dsr` for the journal alone; empty leaves it to the technician. `location`
    is where recordings go, as `codec.stores.locations` reads it; empty leaves that to him too.
    """

    forced: bool = False
    """Everything that is seen is recorded; the technician can neither stop nor skip it."""
    consent: bool = True
    """Recording is a question of its own. Else the one for the screen may name it: the customer is asked anyway."""
    go_on_without: bool = False
    """Under `forced`: what is seen and controlled goes on when it cannot be recorded."""
    format: str = ""
    location: str = ""
    user: str = ""
    password: str = ""
    """For the location; never part of its address. The console's engine keeps both from its pages."""
    deferred: bool = False
    """Recordings are kept on the technician's disk first, and go to the location when the line is quiet."""
    keep_days: int = 0
    """After so many days the console that put a recording into the location deletes it there; 0 means never."""

    def without_access(self) -> "RecordingRules":
        """Return the rules for those who need neither the location's user name nor its password.

        What follows the “?” of a server's address may be a secret as well.
        """
        return structs.replace(self, location=self.location.partition("?")[0], user="", password="")

    def __repr__(self) -> str:
        """Show everything but what may be secret."""
        return _shown(self.without_access(), but="password")


class About(Struct, frozen=True, kw_only=True):
    """GET /api/v1/about: whose relay this is, for everybody who may sign in. `logo` is a data: URL, or empty."""

    organisation: str
    logo: str = ""


class SignIn(Struct, frozen=True, kw_only=True):
    """POST /api/v1/sign-in. `console` names the program at this computer, for the list of sign-ins.

    `code` is what an authenticator app shows, or a recovery code: asked for by the refusal `second_step_needed`.
    `device` is what an earlier answer gave: then wrong passwords of strangers do not slow this sign-in down.
    `serving` says that customers are to be helped: without a licence for that the sign-in is refused. `version` is that
    of the session messages; a relay that expects another one refuses. 0 says nothing.
    """

    email: Email
    password: Password
    console: Name = ""
    code: OneTimeCode = ""
    device: DeviceText = ""
    serving: bool = False
    version: int = 0


class SignedIn(Struct, frozen=True, kw_only=True):
    """Its answer. The token goes into `Authorization: Bearer …` and into the socket's first message.

    `device` says that this person has signed in on this computer. Keep it as private as a password; it opens nothing.
    """

    token: str
    expires_at: datetime
    person: Person
    organisation: str
    device: str = ""


class Proposed(Struct, frozen=True, kw_only=True):
    """What goes into an authenticator app: as text, as an address, or as a QR code. It counts once it is confirmed.

    `squares` are the rows of the QR code, each square a 0 or a 1.
    """

    secret: str
    uri: str
    squares: list[str]

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Proposed(…)"


class ChoosePassword(Struct, frozen=True, kw_only=True):
    """POST /api/v1/sign-in/password, with the `ticket` of the refusal `password_change_needed`."""

    ticket: str
    new: Password
    console: Name = ""

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "ChoosePassword(…)"


class Enrol(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """POST /api/v1/sign-in/second-step, answered by `Proposed`, and with a `code` its /confirmation by `Enrolled`."""

    ticket: str
    console: Name = ""
    code: OneTimeCode = ""

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Enrol(…)"


class Enrolled(Struct, frozen=True, kw_only=True):
    """The recovery codes, shown only once. `signed_in` is null while a new password is due: choose that next.

    `ticket` opens the call for that, and `least` is how strong the password must be.
    """

    recovery_codes: list[str]
    signed_in: SignedIn | None
    need: str | None
    ticket: str = ""
    least: str = ""

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Enrolled(…)"


class NewCode(Struct, frozen=True, kw_only=True):
    """POST /api/v1/codes. Without `session_type` the group's setting says what type the session has.

    With the number of one's open `session`, its customer goes on in it by this PIN: from a browser to the help program.
    """

    method: Method
    name: Name = ""
    session_type: SessionType | None = None
    session: int | None = None
    fields: FieldValues = []
    """Values of the custom fields, in order."""
    has_secret: bool = False
    """The customer also gets digits or a link that the relay does not know: only this console can hand them over."""
    to: Annotated[str, Meta(max_length=254)] = ""
    """Where the relay sends the link: an e-mail address by the method `email`, a telephone number by `sms`."""
    language: Annotated[str, Meta(max_length=16)] = ""
    """The language of the customer. If empty, that of the organisation."""


class EditField(Struct, frozen=True, kw_only=True):
    """PATCH /api/v1/sessions/{id}/fields. `field` is 0 for the name field, and the number of a custom field."""

    field: Annotated[int, Meta(ge=0, le=CUSTOM_FIELDS)]
    value: Name


class EditNotes(Struct, frozen=True, kw_only=True):
    """PATCH /api/v1/sessions/{id}/notes."""

    notes: Annotated[str, Meta(max_length=MAX_NOTES)]


class PickUp(Struct, frozen=True, kw_only=True):
    """POST /api/v1/sessions/{id}/pick-up. `console` is the one that signed in on the socket."""

    console: Name
    offered: bool = False
    """The relay has asked this console to start the session. False where its technician chose it."""


class NewTransfer(Struct, frozen=True, kw_only=True):
    """POST /api/v1/sessions/{id}/transfer. `target` is the number of a technician, group or channel."""

    kind: TargetKind
    target: Annotated[int, Meta(ge=1, lt=1 << 31)]
    comment: Annotated[str, Meta(max_length=MAX_COMMENT)] = ""


class TargetTechnician(Struct, frozen=True, kw_only=True):
    """A technician who can be handed a session now."""

    id: int
    name: str


class TargetGroup(Struct, frozen=True, kw_only=True):
    """A group with those of its technicians who are there. `whole`: the session can be handed to all of them."""

    id: int
    name: str
    whole: bool
    technicians: list[TargetTechnician]


class TransferTargets(Struct, frozen=True, kw_only=True):
    """Whom a technician can hand a session over to at the moment."""

    groups: list[TargetGroup]
    channels: list[Channel]


class Problem(Struct, frozen=True, kw_only=True):
    """The body of every refusal of the API: `problem` for programs, `message` for people, `field` if one is meant.

    `fields` says something about each of several: what is wrong with it, or who changed it meanwhile. Where a call
    is only refused until it is confirmed, `confirmable` is true.

    A sign-in that is refused although its password was right names whom to ask as `contact`, where the organisation
    says so. Where something is due first, `ticket` opens the calls that do it, for 15 minutes, and `least` is how
    strong a new password must be. A session that someone else has picked up is `taken_by` them.
    """

    problem: str
    message: str
    field: str | None = None
    retry_seconds: int | None = None
    fields: dict[str, str] = {}
    confirmable: bool = False
    contact: str = ""
    ticket: str = ""
    least: str = ""
    taken_by: str = ""

    def __repr__(self) -> str:
        """Show everything but the ticket."""
        return _shown(self, but="ticket")


def _shown(struct: Struct, but: str) -> str:
    fields = (f"{name}={getattr(struct, name)!r}" for name in struct.__struct_fields__ if name != but)
    return f"{type(struct).__name__}({', '.join(fields)})"
