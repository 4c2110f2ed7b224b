"""The clipboard of X11 with real programs on a real display: whole, long, slow, silent, dying and odd ones."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from applet.clipboard import selection_transfer as reading
from applet.clipboard.base import ClipboardError, Copied
from applet.clipboard.selection_transfer import TARGETS, SelectionTransfer, Step
from applet.clipboard.x11_clipboard import X11Clipboard
from applet.ui.app import make_application
from applet.ui.text_field import Field, paste_from
from codec.wire.messages import CLIPBOARD_BYTES
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, end, virtual_display

if sys.platform != "linux":
    pytest.skip("X11 only", allow_module_level=True)

LIMIT = 100


@dataclass
class Heard:
    """What the clipboard told, in order."""

    told: list[object] = field(default_factory=list)
    may: bool = True
    placed: list[str] = field(default_factory=list)
    clipboard: X11Clipboard | None = None

    def __post_init__(self) -> None:
        self.copied = Copied(self.told.append, self.told.append, lambda: self.told.append(None), self.placed.append)

    def set_text(self, text: str) -> None:
        assert self.clipboard is not None
        self.clipboard.set_text(text)


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    with virtual_display(320, 200) as made:
        yield made


@pytest.fixture
def heard(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    monkeypatch.setenv("DISPLAY", display.name)
    made = Heard()
    made.clipboard = X11Clipboard(made.copied, lambda: made.may)
    yield made
    made.clipboard.close()


def copy(display: VirtualDisplay, text: str) -> None:
    """Copy on the display, in a program that hands it over as it should."""
    display.start_with_input("xclip", "-selection", "clipboard", "-quiet", text=text)


def paste(display: VirtualDisplay, *more: str) -> str:
    try:
        return display.run("xclip", "-selection", "clipboard", "-out", *more)
    except subprocess.CalledProcessError:
        return ""  # nothing is held, or not as this


@contextmanager
def strange(display: VirtualDisplay, how: str, *data: str) -> Iterator[Callable[[str], None]]:
    """Let a strange program own the clipboard; call what is yielded to wait for a word of it."""
    command = [sys.executable, "-m", "tests.support.selection_owner", how, *data]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=display.env, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:

            def wait(word: str) -> None:
                assert process.stdout.readline().strip() == word

            wait("ready")
            yield wait
        finally:
            end(process)


@pytest.mark.finding("field-12")
@pytest.mark.parametrize(
    "text",
    ["short", "ç € 漢字 👩‍💻 \u202f", "a\r\nb\rc\u2028d\n", "x" * 300_000, "€" * (CLIPBOARD_BYTES // 3)],
    ids=["short", "signs", "lines", "long", "as long as may be"],
)
async def test_what_is_copied_goes_both_ways_as_it_is(display: VirtualDisplay, heard: Heard, text: str) -> None:
    heard.set_text(text)
    await eventually(lambda: owns(display))
    assert paste(display) == text.replace("\r\n", "\n").replace("\r", "\n")  # Python's own newlines, not ours
    assert heard.told == []
    copy(display, text + "!")
    if len(text.encode()) < CLIPBOARD_BYTES:
        await eventually(lambda: heard.told == [text + "!"])


def owns(display: VirtualDisplay) -> bool:
    """Whether the clipboard is held by the applet: of the programs here it alone says that its text is UTF-8."""
    return "text/plain;charset=utf-8" in paste(display, "-target", "TARGETS")


@pytest.mark.finding("field-12")
async def test_odd_bytes_do_no_harm(display: VirtualDisplay, heard: Heard) -> None:
    with strange(display, "bytes", b"a\0b\xff\xfec\r\n\0\0".hex()):
        await eventually(lambda: heard.told == ["a\0b\ufffd\ufffdc\r\n"])


@pytest.mark.finding("field-11")
@pytest.mark.parametrize("size", [CLIPBOARD_BYTES, CLIPBOARD_BYTES + 1, 3 * CLIPBOARD_BYTES])
async def test_the_limit_is_in_bytes_and_what_is_longer_is_told(
    display: VirtualDisplay, heard: Heard, size: int
) -> None:
    text = "€" * (size // 3) + "a" * (size % 3)
    copy(display, text)
    if size <= CLIPBOARD_BYTES:
        await eventually(lambda: heard.told == [text])
    else:
        await eventually(lambda: len(heard.told) == 1 and isinstance(heard.told[0], int))


@pytest.mark.finding("field-13")
@pytest.mark.parametrize("how", ["silent", "crumbs", "dies"])
async def test_a_program_that_does_not_give_its_text_is_told_and_overtaken(
    display: VirtualDisplay, heard: Heard, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "IDLE_SECONDS", 0.3)
    with strange(display, how) as wait:
        wait("asked")
        await eventually(lambda: heard.told == [None])
        heard.set_text("from the technician")
        await eventually(lambda: owns(display))
        assert paste(display) == "from the technician"


@pytest.mark.finding("field-13")
async def test_the_technicians_copy_gets_through_while_a_program_is_silent(
    display: VirtualDisplay, heard: Heard
) -> None:
    with strange(display, "silent") as wait:
        wait("asked")
        heard.set_text("from the technician")
        await eventually(lambda: owns(display), seconds=1.5)
        assert paste(display) == "from the technician"
        assert heard.told == []


@pytest.mark.finding("field-13")
async def test_a_slow_program_is_waited_for(display: VirtualDisplay, heard: Heard) -> None:
    with strange(display, "slow"):
        await eventually(lambda: heard.told == ["from a strange program"])


@pytest.mark.finding("field-13")
async def test_a_field_of_the_window_waits_for_nobody_and_pastes_what_comes(
    display: VirtualDisplay, heard: Heard
) -> None:
    application = make_application()
    field = Field()
    assert heard.clipboard is not None
    paste_from(heard.clipboard)
    heard.may = False  # what the customer pastes themselves has nothing to do with sharing

    def says(text: str) -> bool:
        application.processEvents()
        return field.text() == text

    with strange(display, "silent") as wait:
        QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
        wait("asked")  # Qt would still wait for the answer
        assert says("")
    with strange(display, "slow", b"482 133".hex()):
        QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
        await eventually(lambda: says("482 133"))
    assert heard.told == []


async def test_a_picture_is_no_text(display: VirtualDisplay, heard: Heard) -> None:
    with strange(display, "image") as wait:
        for _ in TARGETS:
            wait("asked")
        copy(display, "a text again")
        await eventually(lambda: heard.told == ["a text again"])


async def test_nothing_is_read_or_written_while_it_may_not_be(display: VirtualDisplay, heard: Heard) -> None:
    heard.may = False
    copy(display, "secret")
    await eventually(lambda: "secret" in paste(display))
    heard.set_text("too late")
    heard.may = True
    copy(display, "shared")
    await eventually(lambda: heard.told == ["shared"])
    assert paste(display) == "shared"


async def test_what_came_from_the_technician_is_not_sent_back_by_a_clipboard_manager(
    display: VirtualDisplay, heard: Heard
) -> None:
    heard.set_text("from the technician")
    await eventually(lambda: owns(display))
    copy(display, "from the technician")
    await eventually(lambda: not owns(display))
    copy(display, "the customer's own")
    await eventually(lambda: heard.told == ["the customer's own"])


def test_without_a_display_there_is_no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":nowhere")
    with pytest.raises(ClipboardError):
        X11Clipboard(Heard().copied, lambda: True)


def test_it_ends_with_its_display_without_keeping_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    with virtual_display(64, 64) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        clipboard = X11Clipboard(Heard().copied, lambda: True)
    clipboard.set_text("too late")
    clipboard.close()
    assert threading.active_count() == before


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_parts_are_put_together_or_are_too_long(parts: list[bytes]) -> None:
    read = SelectionTransfer(LIMIT, now=0)
    assert read.begins_in_parts(0, 0) is Step.WAIT
    whole, step = b"", Step.WAIT
    for part in [*parts, b""]:
        whole += part
        step = read.part(part, 0)
        if step is not Step.WAIT:
            break
    if step is Step.TEXT:
        assert read.text == whole.decode("utf-8", "replace").rstrip("\0")
        assert len(whole) <= LIMIT
    elif step is Step.TOO_LONG:
        assert len(whole) > LIMIT
    else:
        assert (step, whole) == (Step.NOTHING, b"")


def test_who_gives_crumbs_is_given_up_in_the_end() -> None:
    read = SelectionTransfer(LIMIT, now=0)
    read.begins_in_parts(0, 0)
    for at in range(1, 20):
        if at < read.ends_at:
            read.part(b"x", at)
    assert read.ends_at == reading.WHOLE_SECONDS


async def test_a_text_is_said_to_be_placed_once_it_can_be_pasted(heard: Heard, display: VirtualDisplay) -> None:
    for text in ("first", "second"):
        heard.set_text(text)
        await eventually(lambda text=text: heard.placed[-1:] == [text])  # type: ignore[misc]
        assert paste(display) == text
    copy(display, "here")
    await eventually(lambda: "here" in heard.told)
    assert heard.placed == ["first", "second"]
