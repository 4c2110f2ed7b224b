"""Every message of a session, once: what the applet and the console say to each other over whatever link is up.

A message is a MessagePack map whose field `kind` names it. Fields that a reader does not know are skipped; messages
that it does not know are skipped too (`UnknownMessageError`), so an older program understands a newer one as far as it
can.
Whatever the customer's machine says of itself is text to be shown, never trusted.

Units: positions on a display are in 65,536ths of its width and height, so that both ends may scale as they like;
sizes are pixels of the display; times are milliseconds since 1970 in UTC.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias, Union

import msgspec
from msgspec import Meta, Struct

from codec.errors import MALFORMED, DesksideError
from codec.token_bucket import Rate
from codec.wire.access import Access
from codec.wire.declaration import APPLET, BOTH, CONSOLE, SHORT, Declared, where
from codec.wire.lanes import Lane
from codec.wire.moment import Moment
from codec.wire.permits import Function
from codec.wire.roles import Role
from codec.wire.tools import ToolName

VERSION = 2
CHAT_CHARACTERS = 4_000
URL_CHARACTERS = 2_000
SENT_URL = r"^https?://[A-Za-z0-9._:-]+([/?#][!-~]*)?$"
"""An address that may be sent: of a web page, without a user name, in letters that look like no others."""
CLIPBOARD_BYTES = 1 << 20
"""The longest text that clipboards share, in bytes of UTF-8."""
MAX_POINTER = 256
"""The largest pointer in pixels, either way."""
TYPED_CHARACTERS = 10_000
SDP_CHARACTERS = 65_536
MAX_DISPLAYS = 32
PICTURE_BYTES = (64 << 20) - SHORT
"""The longest packet. A picture of 3840×2160 that does not compress at all has 25 MB."""
PHOTO_BYTES = 8 << 20
"""The longest photo. One of 12 megapixels has 3 to 6 MB."""
MARK_POINTS = 512
POSITIONS = 65_536
WHEEL_NOTCH = 120
MAX_WHEEL = 100 * WHEEL_NOTCH
"""The wheel is turned in parts of a notch, at most so many at a time."""

Name = Annotated[str, Meta(max_length=200)]
Number = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
DisplayId = Annotated[int, Meta(ge=0, le=255)]
Position = Annotated[int, Meta(ge=0, lt=POSITIONS)]
Pixels = Annotated[int, Meta(ge=1, le=16_384)]
Corner = Annotated[int, Meta(ge=-(1 << 20), le=1 << 20)]


class BadMessageError(DesksideError):
    """The other program sent something that is not a Deskside message, or one with impossible values."""


class UnknownMessageError(DesksideError):
    """The other program is newer and said something this one does not know. It is skipped."""


class Ending(StrEnum):
    """Why a session ended, for the last message and for the log."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    PROTOCOL = "protocol"
    LOST = "lost"
    FAILED = "failed"


class Trouble(StrEnum):
    """What the customer's side cannot do just now. Each has one sentence in the console."""

    DISPLAY_LOST = "display_lost"
    CAPTURE_FAILED = "capture_failed"
    INPUT_FAILED = "input_failed"
    CUSTOMER_HAS_HANDS_ON = "customer_has_hands_on"
    CANNOT_TYPE = "cannot_type"
    CLIPBOARD_FAILED = "clipboard_failed"
    CANNOT_POINT = "cannot_point"
    SECURE_DESKTOP = "secure_desktop"


class Cause(StrEnum):
    """Why something does not work, where that is known and leads to other advice."""

    SCREEN_OFF = "screen_off"
    NO_SCREEN = "no_screen"
    """There is no display server that this program can read."""
    PIXEL_FORMAT = "pixel_format"
    """The screen is read, but its colours are in a form that this program does not know."""
    SLOW_PROGRAM = "slow_program"
    """The program that holds the clipboard did not give its text in time."""
    NO_OVERLAY = "no_overlay"
    """The display server lets no program draw over the others."""
    NO_WINDOW = "no_window"
    """The customer's program runs without windows."""


class CameraWish(StrEnum):
    """What a technician may ask to be done with the camera."""

    PHOTO = "photo"
    SWITCH = "switch"
    TORCH_ON = "torch_on"
    TORCH_OFF = "torch_off"


class Facing(StrEnum):
    """Which way a camera looks: at the customer, or at what is before them."""

    FRONT = "front"
    BACK = "back"
    UNKNOWN = ""


class Shape(StrEnum):
    """What a technician can draw."""

    PEN = "pen"
    ARROW = "arrow"
    RECTANGLE = "rectangle"


class Modifier:
    """Bits of `Key.modifiers`: what the technician's own keyboard held when the key changed."""

    SHIFT = 1
    CONTROL = 2
    ALT = 4
    META = 8
    ALT_GRAPH = 16
    CAPS_LOCK = 32
    NUM_LOCK = 64


class Message(Struct, frozen=True, tag_field="kind", omit_defaults=True):
    """Base of all messages. Each class declares who says it and what becomes of it."""

    declared: ClassVar[Declared]


# ── both ways ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Chat(Message, frozen=True, tag="chat"):
    """A line that a person wrote. `number` counts the sender's own lines."""

    declared = Declared(
        BOTH,
        tool=ToolName.CHAT,
        longest=4 * CHAT_CHARACTERS + SHORT,
        at_most=Rate(4, 60),
        counts=True,
        resent=True,
        recorded=True,
        proven=True,
        is_use=True,
    )

    number: Number
    text: Annotated[str, Meta(min_length=1, max_length=CHAT_CHARACTERS)]
    at: Moment


class Typing(Message, frozen=True, tag="typing"):
    """The person is writing, or has stopped."""

    declared = Declared(BOTH, tool=ToolName.CHAT, at_most=Rate(5, 20), from_page=True, replayed=6, is_use=True)

    on: bool


class ClipboardText(Message, frozen=True, tag="clipboard_text"):
    """The sender's clipboard has changed to this text. At most CLIPBOARD_BYTES of UTF-8."""

    declared = Declared(
        BOTH,
        tool=ToolName.CLIPBOARD,
        needs=Access.CLIPBOARD,
        longest=CLIPBOARD_BYTES + SHORT,
        at_most=Rate(4, 20),
        lane=Lane.BULK,
        supersedes=True,
        from_page=True,
        is_use=True,
    )

    text: Annotated[str, Meta(max_length=CLIPBOARD_BYTES)]


class ClipboardTooLong(Message, frozen=True, tag="clipboard_too_long"):
    """The sender's clipboard has changed to a text of more than CLIPBOARD_BYTES, so the other keeps what it has.

    `size` in bytes is for people, and may be an estimate.
    """

    declared = Declared(
        BOTH,
        tool=ToolName.CLIPBOARD,
        needs=Access.CLIPBOARD,
        at_most=Rate(4, 20),
        lane=Lane.BULK,
        supersedes=True,
        from_page=True,
    )

    size: Annotated[int, Meta(ge=0, lt=1 << 53)]


class Offer(Message, frozen=True, tag="offer"):
    """Console to applet: a description of a new direct path (SDP, RFC 8866). `attempt` numbers the tries."""

    declared = Declared(CONSOLE, longest=4 * SDP_CHARACTERS + SHORT)

    attempt: Number
    sdp: Annotated[str, Meta(max_length=SDP_CHARACTERS)]


class Answer(Message, frozen=True, tag="answer"):
    """Applet to console: the other half of the offer with the same `attempt`."""

    declared = Declared(APPLET, longest=4 * SDP_CHARACTERS + SHORT)

    attempt: Number
    sdp: Annotated[str, Meta(max_length=SDP_CHARACTERS)]


class Bye(Message, frozen=True, tag="bye"):
    """The last message: the session is over."""

    declared = Declared(BOTH, recorded=True)

    reason: Ending


# ── console to applet ──────────────────────────────────────────────────────────────────────────────────────────────


class Ask(Message, frozen=True, tag="ask"):
    """Ask the customer to allow something. Asking again while a question is open replaces it.

    `record`, with `view`, `control` and `camera`: the question also says that what is seen is recorded, and its one
    answer covers both. The applet takes it only where the organisation demands no consent of its own for recordings.
    """

    declared = Declared(CONSOLE, from_page=True, recorded=True, proven=True)

    number: Number
    access: Access
    record: bool = False


class Withdraw(Message, frozen=True, tag="withdraw"):
    """The technician no longer needs the answer to this question."""

    declared = Declared(CONSOLE, from_page=True, recorded=True)

    number: Number


class Release(Message, frozen=True, tag="release"):
    """The technician gives back what the customer had allowed."""

    declared = Declared(CONSOLE, from_page=True, recorded=True)

    access: Access


class HandOver(Message, frozen=True, tag="hand_over"):
    """Another technician takes over, whose program has no secret: the next key may be agreed by words as well.

    Only the technician's own program can say so. The relay's word is not enough to do without a secret.
    """

    declared = Declared(CONSOLE)


class SwitchChat(Message, frozen=True, tag="switch_chat"):
    """The technician turns the chat on or off, where that is permitted."""

    declared = Declared(CONSOLE, tool=ToolName.CHAT, function=Function.CHAT_TOGGLE, from_page=True)

    on: bool


class SendUrl(Message, frozen=True, tag="send_url"):
    """The technician sends the customer to a page. They see its whole address, and it opens when they choose it."""

    declared = Declared(
        CONSOLE,
        tool=ToolName.CHAT,
        function=Function.SEND_URLS,
        longest=4 * URL_CHARACTERS + SHORT,
        from_page=True,
        recorded=True,
    )

    url: Annotated[str, Meta(min_length=1, max_length=URL_CHARACTERS)]
    """As SENT_URL says: any other is passed over."""
    at: Moment


class Watch(Message, frozen=True, tag="watch"):
    """Send this display from now on, beginning with a whole picture; None stops the picture.

    `films`: the viewer decodes videos (codec/picture/video.py). One that does not gets them as lossy tiles.
    `packets`: the newest version of packets (codec/picture/packet.py) that the viewer decodes.
    """

    declared = Declared(CONSOLE, tool=ToolName.PICTURE, needs=Access.VIEW, from_page=True, recorded=True)

    display: DisplayId | None
    films: bool = False
    packets: Annotated[int, Meta(ge=3, le=255)] = 3


class Refresh(Message, frozen=True, tag="refresh"):
    """The viewer lost its picture or cannot decode: start this display over with a whole picture."""

    declared = Declared(CONSOLE, tool=ToolName.PICTURE, needs=Access.VIEW, from_page=True)

    display: DisplayId


class Shown(Message, frozen=True, tag="shown"):
    """The picture with this number is on the technician's screen."""

    declared = Declared(CONSOLE, tool=ToolName.PICTURE, needs=Access.VIEW, from_page=True)

    display: DisplayId
    number: Number


class Recording(Message, frozen=True, tag="recording"):
    """The technician's side records since this time, or no longer (None). The customer is shown it while it lasts."""

    declared = Declared(CONSOLE, tool=ToolName.RECORDING)

    since: int | None


class SignHead(Message, frozen=True, tag="sign_head"):
    """Vouch for a recording up to this link of its chain (codec/wire/chain_head.py)."""

    declared = Declared(CONSOLE, tool=ToolName.RECORDING)

    number: Annotated[int, Meta(ge=0, lt=1 << 53)]
    digest: Annotated[bytes, Meta(min_length=32, max_length=32)]


class PointerMove(Message, frozen=True, tag="pointer_move"):
    """Move the pointer."""

    declared = Declared(CONSOLE, tool=ToolName.INPUT, needs=Access.CONTROL, from_page=True, recorded=True)

    display: DisplayId
    x: Position
    y: Position


class PointerButton(Message, frozen=True, tag="pointer_button"):
    """Press or release a button at a place. Buttons: 0 left, 1 middle, 2 right, 3 back, 4 forward."""

    declared = Declared(CONSOLE, tool=ToolName.INPUT, needs=Access.CONTROL, from_page=True, recorded=True)

    display: DisplayId
    x: Position
    y: Position
    button: Annotated[int, Meta(ge=0, le=4)]
    down: bool


class PointerWheel(Message, frozen=True, tag="pointer_wheel"):
    """Turn the wheel at a place by parts of a notch, WHEEL_NOTCH each; positive is down and right."""

    declared = Declared(CONSOLE, tool=ToolName.INPUT, needs=Access.CONTROL, from_page=True, recorded=True)

    display: DisplayId
    x: Position
    y: Position
    across: Annotated[int, Meta(ge=-MAX_WHEEL, le=MAX_WHEEL)] = 0
    along: Annotated[int, Meta(ge=-MAX_WHEEL, le=MAX_WHEEL)] = 0


class Key(Message, frozen=True, tag="key"):
    """A key went down or up. The applet chooses between position, symbol and text (see applet/input/keys.py).

    `code` is the position (UI Events KeyboardEvent.code: "KeyA"), `symbol` its meaning on the technician's layout
    (KeyboardEvent.key: "a", "Enter"), `text` what it would have written, `modifiers` bits of Modifier.
    """

    declared = Declared(CONSOLE, tool=ToolName.INPUT, needs=Access.CONTROL, from_page=True)

    down: bool
    code: Annotated[str, Meta(max_length=32)]
    symbol: Annotated[str, Meta(max_length=32)]
    text: Annotated[str, Meta(max_length=32)] = ""
    modifiers: Annotated[int, Meta(ge=0, le=127)] = 0


class Point(Message, frozen=True, tag="point"):
    """Show the customer this place with a dot that has the technician's name. `on` False takes it away."""

    declared = Declared(
        CONSOLE,
        tool=ToolName.POINTING,
        needs=Access.VIEW,
        lane=Lane.PICTURE,
        supersedes=True,
        fleeting=True,
        from_page=True,
    )

    display: DisplayId
    x: Position
    y: Position
    on: bool = True


class CameraRequest(Message, frozen=True, tag="camera_request"):
    """Ask the customer to do something with the camera. They see the request, and do it or not."""

    declared = Declared(CONSOLE, tool=ToolName.CAMERA, needs=Access.CAMERA, from_page=True, recorded=True)

    wish: CameraWish


class Freeze(Message, frozen=True, tag="freeze"):
    """Hold the camera's picture as it is now, on both sides, or go on. Marks on it are gone when it goes on."""

    declared = Declared(CONSOLE, tool=ToolName.CAMERA, needs=Access.CAMERA, from_page=True, recorded=True)

    on: bool


class Mark(Message, frozen=True, tag="mark"):
    """Draw over what the camera shows, for the customer to see. The same `number` again replaces what it drew.

    A pen goes through all points; an arrow ends at the last one, and a rectangle has the first and the last as corners.
    """

    declared = Declared(
        CONSOLE,
        tool=ToolName.DRAWING,
        needs=Access.CAMERA,
        longest=18 * MARK_POINTS + SHORT,
        from_page=True,
        recorded=True,
    )

    number: Number
    shape: Shape
    points: Annotated[list[Position], Meta(min_length=4, max_length=2 * MARK_POINTS)]
    """x and y in turn."""


class ClearMarks(Message, frozen=True, tag="clear_marks"):
    """Take every mark away."""

    declared = Declared(CONSOLE, tool=ToolName.DRAWING, needs=Access.CAMERA, from_page=True, recorded=True)


class ReleaseKeys(Message, frozen=True, tag="release_keys"):
    """Let go of every key and button that the technician holds, for instance because the viewer lost the focus."""

    declared = Declared(CONSOLE, tool=ToolName.INPUT, from_page=True)


class StillHeld(Message, frozen=True, tag="still_held"):
    """The technician still holds what they hold. Said about twice a second: without it the applet lets go after 2 s."""

    declared = Declared(CONSOLE, tool=ToolName.INPUT, from_page=True)


class TypeText(Message, frozen=True, tag="type_text"):
    """Type exactly this text, whatever the layouts."""

    declared = Declared(
        CONSOLE, tool=ToolName.INPUT, needs=Access.CONTROL, longest=4 * TYPED_CHARACTERS + SHORT, from_page=True
    )

    text: Annotated[str, Meta(max_length=TYPED_CHARACTERS)]


# ── applet to console ──────────────────────────────────────────────────────────────────────────────────────────────


class Computer(Message, frozen=True, tag="computer"):
    """The first message: what the customer's machine says of itself.

    `signing_key` is the public key (Ed25519, 32 bytes) for recordings of this session, made for it alone.
    """

    declared = Declared(APPLET, longest=8 * SHORT, recorded=True, replayed=0)

    version: Number
    name: Name
    system: Name
    language: Name
    keyboard: Name = ""
    stop_key: Name = ""
    signing_key: Annotated[bytes, Meta(max_length=32)] = b""


class Display(Struct, frozen=True):
    """One monitor. `x` and `y` place it on the desktop, in pixels, and may be negative; `scale` is 1.0 at 96 dpi."""

    id: DisplayId
    name: Name
    x: Corner
    y: Corner
    width: Pixels
    height: Pixels
    scale: Annotated[float, Meta(gt=0, le=10)] = 1.0
    primary: bool = False


class Displays(Message, frozen=True, tag="displays"):
    """All monitors there are now. Sent at the start of view and whenever they change."""

    declared = Declared(
        APPLET,
        tool=ToolName.PICTURE,
        needs=Access.VIEW,
        longest=MAX_DISPLAYS * SHORT + SHORT,
        at_most=Rate(5, 20),
        recorded=True,
        replayed=3,
    )

    displays: Annotated[list[Display], Meta(max_length=MAX_DISPLAYS)]


class Granted(Message, frozen=True, tag="granted"):
    """What the customer allows from now on. Sent at every change; what is not listed is not allowed."""

    declared = Declared(APPLET, at_most=Rate(10, 40), counts=True, recorded=True, proven=True, replayed=1)

    access: frozenset[Access]


class Asking(Message, frozen=True, tag="asking"):
    """The customer sees the question with this number now."""

    declared = Declared(APPLET, recorded=True, replayed=4)

    number: Number


class Answered(Message, frozen=True, tag="answered"):
    """The customer has decided; `Granted` says what holds. `allowed` is False for a no.

    `permitted` is False when the customer was never asked, because the technician's own organisation does not let him.
    """

    declared = Declared(APPLET, recorded=True, proven=True, is_use=True)

    number: Number
    allowed: bool
    permitted: bool = True


class ChatState(Message, frozen=True, tag="chat_state"):
    """Whether either side can write to the other now."""

    declared = Declared(APPLET, tool=ToolName.CHAT, at_most=Rate(5, 20), replayed=2)

    on: bool


class Stopped(Message, frozen=True, tag="stopped"):
    """The customer took everything back at once. `by_key` tells the stop key from the red button."""

    declared = Declared(APPLET, recorded=True, proven=True, is_use=True)

    by_key: bool


class Picture(Message, frozen=True, tag="picture"):
    """One update of a display (see codec/picture/packet.py). Numbers count up by one for each display."""

    declared = Declared(
        APPLET,
        tool=ToolName.PICTURE,
        needs=Access.VIEW,
        longest=PICTURE_BYTES + SHORT,
        lane=Lane.PICTURE,
        recorded=True,
    )

    display: DisplayId
    number: Number
    packet: Annotated[bytes, Meta(max_length=PICTURE_BYTES)]


class PointerShape(Message, frozen=True, tag="pointer_shape"):
    """What the pointer looks like: RGBA, not premultiplied, row by row; the hot spot is inside. Width 0 hides it."""

    declared = Declared(
        APPLET,
        tool=ToolName.PICTURE,
        needs=Access.VIEW,
        longest=4 * MAX_POINTER * MAX_POINTER + SHORT,
        at_most=Rate(30, 60),
        recorded=True,
        replayed=5,
    )

    width: Annotated[int, Meta(ge=0, le=MAX_POINTER)]
    height: Annotated[int, Meta(ge=0, le=MAX_POINTER)]
    hot_x: Annotated[int, Meta(ge=0, lt=MAX_POINTER)]
    hot_y: Annotated[int, Meta(ge=0, lt=MAX_POINTER)]
    pixels: Annotated[bytes, Meta(max_length=MAX_POINTER * MAX_POINTER * 4)]


class PointerAt(Message, frozen=True, tag="pointer_at"):
    """Where the pointer is, when it moved by other hands than the technician's."""

    declared = Declared(
        APPLET, tool=ToolName.PICTURE, needs=Access.VIEW, at_most=Rate(100, 200), fleeting=True, recorded=True
    )

    display: DisplayId
    x: Position
    y: Position


class Stats(Message, frozen=True, tag="stats"):
    """What the applet measures while it shows the screen, every two seconds while pictures travel.

    Each is a Fact of codec/session/diagnosis.py. None is what it does not know.
    """

    declared = Declared(APPLET, tool=ToolName.PICTURE, needs=Access.VIEW, at_most=Rate(1, 5), fleeting=True)

    waits_ms: Number
    encode_ms: Number
    dark: bool = False
    rate_kbit: Number | None = None
    busy_percent: Number | None = None


class Camera(Message, frozen=True, tag="camera"):
    """What the camera is that is shown, and how it is. Said at the start and whenever that changes.

    `cameras` are how many there are to switch between. `torch` is None where it has no light that can be turned on.
    """

    declared = Declared(
        APPLET, tool=ToolName.CAMERA, needs=Access.CAMERA, at_most=Rate(5, 20), recorded=True, replayed=7
    )

    facing: Facing = Facing.UNKNOWN
    cameras: Annotated[int, Meta(ge=0, le=255)] = 1
    torch: bool | None = None
    frozen: bool = False
    by_technician: bool = False
    """Whether it was the technician who froze the picture."""
    interrupted: bool = False
    """The customer's browser gives no picture at the moment, for instance because the page is in the background."""


class Photo(Message, frozen=True, tag="photo"):
    """A photo that the customer took, in the camera's full resolution: a JPEG of this size. Numbers count up by one."""

    declared = Declared(
        APPLET,
        tool=ToolName.CAMERA,
        needs=Access.CAMERA,
        longest=PHOTO_BYTES + SHORT,
        at_most=Rate(0.5, 10),
        lane=Lane.BULK,
        recorded=True,
        is_use=True,
    )

    number: Number
    at: Moment
    width: Pixels
    height: Pixels
    jpeg: Annotated[bytes, Meta(min_length=1, max_length=PHOTO_BYTES)]


class CameraDeclined(Message, frozen=True, tag="camera_declined"):
    """The customer does not do now what the technician asked to be done with the camera."""

    declared = Declared(APPLET, tool=ToolName.CAMERA, needs=Access.CAMERA, at_most=Rate(1, 10))

    wish: CameraWish


class Notice(Message, frozen=True, tag="notice"):
    """Something does not work now (`on`) or works again. `detail` is text from the customer's machine.

    `cause` is a word of Cause, or one that a newer program knows. `lasting`: waiting does not help.
    """

    declared = Declared(APPLET, longest=4 * SHORT, at_most=Rate(5, 30), recorded=True)

    trouble: Trouble
    on: bool
    detail: Annotated[str, Meta(max_length=500)] = ""
    cause: Annotated[str, Meta(max_length=32)] = ""
    lasting: bool = False


class SignedHead(Message, frozen=True, tag="signed_head"):
    """The answer to `SignHead`: the same head, and the signature over `Head.to_sign()`."""

    declared = Declared(APPLET, tool=ToolName.RECORDING)

    number: Annotated[int, Meta(ge=0, lt=1 << 53)]
    digest: Annotated[bytes, Meta(min_length=32, max_length=32)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


MESSAGES: tuple[type[Message], ...] = tuple(Message.__subclasses__())
"""All of them, as they are declared above: there is no other list."""
FROM_CONSOLE = where(MESSAGES, lambda declared: Role.CONSOLE in declared.by)
FROM_APPLET = where(MESSAGES, lambda declared: Role.APPLET in declared.by)
FROM_PAGE = where(FROM_CONSOLE, lambda declared: declared.from_page)
if TYPE_CHECKING:
    SessionMessage: TypeAlias = Message
    PageMessage: TypeAlias = Message
else:  # what is found at run time; the page's types are written from these
    SessionMessage, PageMessage = Union[MESSAGES], Union[FROM_PAGE]  # noqa: UP007


class _Kind(Struct):
    """Only the kind of a message: what else is in it is passed over without being kept."""

    kind: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(SessionMessage)
_kind_decoder = msgspec.msgpack.Decoder(_Kind)
_KINDS = {message.__struct_config__.tag for message in MESSAGES}


def pack(message: SessionMessage) -> bytes:
    """Return the bytes of `message`."""
    return _encoder.encode(message)


def unpack(data: bytes) -> SessionMessage:
    """Return the message in `data`. Raises UnknownMessageError (skip it) or BadMessageError (end the session)."""
    try:
        message: SessionMessage = _decoder.decode(data)
    except MALFORMED as error:
        if _is_unknown(data):
            raise UnknownMessageError(UnknownMessageError.__doc__) from None
        raise BadMessageError(f"not a session message: {error}") from None
    if len(data) > message.declared.longest:
        raise BadMessageError(f"{len(data)} bytes are too long for {type(message).__name__}")
    if isinstance(message, PointerShape):
        _check_shape(message)
    if isinstance(message, ClipboardText) and len(message.text.encode()) > CLIPBOARD_BYTES:
        raise BadMessageError(f"a text of the clipboard is longer than {CLIPBOARD_BYTES} bytes")
    return message


def _is_unknown(data: bytes) -> bool:
    try:
        return _kind_decoder.decode(data).kind not in _KINDS
    except MALFORMED:
        return False


def _check_shape(shape: PointerShape) -> None:
    if len(shape.pixels) != shape.width * shape.height * 4:
        raise BadMessageError("a pointer's pixels do not fill its width and height")
    if shape.width and not (shape.hot_x < shape.width and shape.hot_y < shape.height):
        raise BadMessageError("a pointer's hot spot is outside it")
