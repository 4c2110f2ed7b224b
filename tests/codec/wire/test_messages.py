"""Session messages: the same bytes for ever, and a name for everything that is not one."""

import re
import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.session.lanes import LIMITS
from codec.wire import messages
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.messages import (
    CLIPBOARD_BYTES,
    FROM_APPLET,
    FROM_CONSOLE,
    Answered,
    BadMessageError,
    Chat,
    ChatState,
    Display,
    Displays,
    Ending,
    Granted,
    Key,
    Picture,
    PointerShape,
    SessionMessage,
    SwitchChat,
    UnknownMessageError,
    pack,
    unpack,
)

ALL = [*dict.fromkeys((*FROM_CONSOLE, *FROM_APPLET))]
EXAMPLES: dict[str, SessionMessage] = {
    "chat": Chat(3, "Grüße 👋 مرحبا", 1_700_000_000_000),
    "typing": messages.Typing(True),
    "clipboard_text": messages.ClipboardText("copied\n"),
    "clipboard_too_long": messages.ClipboardTooLong(1 << 21),
    "offer": messages.Offer(1, "v=0"),
    "answer": messages.Answer(1, "v=0"),
    "bye": messages.Bye(Ending.CUSTOMER),
    "camera_request": messages.CameraRequest(messages.CameraWish.TORCH_ON),
    "camera_declined": messages.CameraDeclined(messages.CameraWish.PHOTO),
    "freeze": messages.Freeze(True),
    "mark": messages.Mark(3, messages.Shape.ARROW, [1, 2, 65_535, 0]),
    "clear_marks": messages.ClearMarks(),
    "camera": messages.Camera(messages.Facing.BACK, 2, True, frozen=True),
    "photo": messages.Photo(0, 1_700_000_000_000, 4000, 3000, b"\xff\xd8\xff"),
    "ask": messages.Ask(2, Access.CONTROL),
    "withdraw": messages.Withdraw(2),
    "hand_over": messages.HandOver(),
    "release": messages.Release(Access.VIEW),
    "watch": messages.Watch(None),
    "recording": messages.Recording(1_700_000_000_000),
    "sign_head": messages.SignHead(7, bytes(32)),
    "signed_head": messages.SignedHead(7, bytes(32), bytes(64)),
    "refresh": messages.Refresh(0),
    "shown": messages.Shown(0, 41),
    "pointer_move": messages.PointerMove(0, 1, 65_535),
    "pointer_button": messages.PointerButton(0, 1, 2, 2, True),
    "pointer_wheel": messages.PointerWheel(0, 1, 2, along=-120),
    "key": Key(True, "KeyQ", "@", "@", 16),
    "release_keys": messages.ReleaseKeys(),
    "still_held": messages.StillHeld(),
    "point": messages.Point(0, 1, 65_535),
    "type_text": messages.TypeText("ls -l\n"),
    "computer": messages.Computer(1, "HF-SURFACE", "Windows 11 Pro", "fr"),
    "displays": Displays([Display(1, "left", -1920, 0, 1920, 1080, 1.5, True)]),
    "granted": Granted(frozenset({Access.VIEW})),
    "asking": messages.Asking(2),
    "answered": Answered(2, False),
    "switch_chat": SwitchChat(False),
    "send_url": messages.SendUrl("https://help.example/manual", 1_700_000_000_000),
    "chat_state": ChatState(True),
    "stopped": messages.Stopped(True),
    "picture": Picture(0, 42, b"packet"),
    "pointer_shape": PointerShape(1, 1, 0, 0, b"rgba"),
    "pointer_at": messages.PointerAt(0, 5, 6),
    "stats": messages.Stats(20, 4, False, 12_000, 35),
    "notice": messages.Notice(messages.Trouble.DISPLAY_LOST, True, ":99"),
}


def tag_of(message: type[msgspec.Struct]) -> str:
    return str(message.__struct_config__.tag)


@pytest.mark.parametrize("message", ALL, ids=tag_of)
def test_every_message_survives_the_way(message: type[SessionMessage]) -> None:
    example = EXAMPLES[tag_of(message)]
    assert type(example) is message
    assert unpack(pack(example)) == example


@pytest.mark.finding("field-11")
def test_the_clipboard_has_one_limit_in_bytes() -> None:
    fits = messages.ClipboardText("€" * (CLIPBOARD_BYTES // 3) + "a" * (CLIPBOARD_BYTES % 3))
    assert unpack(pack(fits)) == fits
    assert len(pack(fits)) <= LIMITS[Lane.BULK].message_bytes
    with pytest.raises(BadMessageError, match="longer than"):
        unpack(pack(messages.ClipboardText(fits.text + "a")))


def test_golden_bytes() -> None:
    assert pack(Key(True, "KeyQ", "@", "@", 16)) == bytes.fromhex(
        "86a46b696e64a36b6579a4646f776ec3a4636f6465a44b657951a673796d626f6ca140a474657874a140a96d6f6469666965727310"
    )
    assert pack(Picture(1, 300, b"\x00\x01")) == bytes.fromhex(
        "84a46b696e64a770696374757265a7646973706c617901a66e756d626572cd012ca67061636b6574c4020001"
    )


def test_fields_of_a_newer_program_are_skipped() -> None:
    newer = msgspec.msgpack.encode({"kind": "typing", "on": True, "mood": "good"})
    assert unpack(newer) == messages.Typing(True)


def test_messages_of_a_newer_program_have_a_name() -> None:
    with pytest.raises(UnknownMessageError):
        unpack(msgspec.msgpack.encode({"kind": "hologram", "depth": 3}))


def test_what_a_newer_program_says_is_passed_over_without_being_kept() -> None:
    """F29: 64 MB of fields that nobody knows became some thirteen million objects before they were skipped."""
    many = msgspec.msgpack.encode({"kind": "hologram"} | {f"{number:05}": 0 for number in range(100_000)})
    tracemalloc.start()
    try:
        with pytest.raises(UnknownMessageError):
            unpack(many)
        assert tracemalloc.get_traced_memory()[1] < len(many)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "watch", "display": 256},
        {"kind": "pointer_move", "display": 0, "x": -1, "y": 0},
        {"kind": "pointer_move", "display": 0, "x": 65_536, "y": 0},
        {"kind": "point", "display": 0, "x": 65_536, "y": 0},
        {"kind": "point", "display": 0, "x": 0, "y": float("nan")},
        {"kind": "point", "display": 0, "x": 0.5, "y": 0},
        {"kind": "point", "display": 256, "x": 0, "y": 0},
        {"kind": "key", "down": True, "code": "K" * 33, "symbol": "a"},
        {"kind": "chat", "number": 1, "text": "", "at": 0},
        {"kind": "chat", "number": 1, "text": "x" * 4_001, "at": 0},
        {"kind": "chat", "number": 1, "text": "no window has such a date", "at": 1 << 63},
        {"kind": "chat", "number": 1, "text": "and no page", "at": 8_640_000_000_000_001},
        {"kind": "photo", "number": 1, "at": 1 << 63, "width": 1, "height": 1, "jpeg": b"x"},
        {"kind": "granted", "access": ["everything"]},
        {"kind": "pointer_shape", "width": 2, "height": 2, "hot_x": 0, "hot_y": 0, "pixels": b"short"},
        {"kind": "pointer_shape", "width": 1, "height": 1, "hot_x": 1, "hot_y": 0, "pixels": b"rgba"},
        {"kind": "displays", "displays": [{"id": 1, "name": "", "x": 0, "y": 0, "width": 0, "height": 1}]},
        {"text": "no kind"},
        ["not", "a", "map"],
        {"kind": 5},
    ],
)
def test_impossible_values_are_refused(content: object) -> None:
    with pytest.raises(BadMessageError, match=re.compile(".")):
        unpack(msgspec.msgpack.encode(content))


@given(data=st.binary(max_size=300))
def test_garbage_raises_only_named_errors(data: bytes) -> None:
    try:
        unpack(data)
    except (BadMessageError, UnknownMessageError):
        pass


@given(which=st.sampled_from(sorted(EXAMPLES)), position=st.integers(0), flip=st.integers(1, 255))
def test_changed_bytes_raise_only_named_errors(which: str, position: int, flip: int) -> None:
    data = bytearray(pack(EXAMPLES[which]))
    data[position % len(data)] ^= flip
    try:
        unpack(bytes(data))
    except (BadMessageError, UnknownMessageError):
        pass
