"""What a technician types arrives as the same characters, whatever layout the customer has; on a real X server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from applet.inputs.ours import Ours
from applet.inputs.x11 import X11Input
from codec.messages import Key, Modifier
from tests.support.inputs import at_once
from tests.support.waiting import written
from tests.support.xvfb import VirtualDisplay, virtual_display

TEXT = "Hello, Wörld! @€#{[|]}\\~ ñ ж ß 漢"
LAYOUTS = ("us", "de", "fr", "ru", "us(intl)")


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    """A display with a window manager."""
    with virtual_display(window_manager=True) as made:
        yield made


@pytest.fixture
def keyboard(
    display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[X11Input]:
    """Our input on a display whose layout the test names."""
    layout, _, variant = request.param.rstrip(")").partition("(")
    display.run("setxkbmap", layout, variant)
    monkeypatch.setenv("DISPLAY", display.name)
    made = X11Input(Ours(lambda: 0.0), lambda: True)
    yield made
    made.close()


@pytest.fixture
def typed(display: VirtualDisplay, tmp_path: Path) -> Iterator[Path]:
    """A file that receives what is typed in a terminal."""
    file = tmp_path / "typed"
    terminal = display.start("xterm", "-u8", "-title", tmp_path.name, "-e", f"cat > {file}")
    window = display.wait_for_window(tmp_path.name)
    display.run("xdotool", "windowfocus", "--sync", window)
    yield file
    terminal.terminate()
    terminal.wait()


@pytest.mark.parametrize("keyboard", LAYOUTS, indirect=True)
async def test_text_is_typed_exactly_on_every_layout(keyboard: X11Input, typed: Path) -> None:
    at_once(keyboard.type_text(f"{TEXT}\n"))
    assert await written(typed, "\n") == f"{TEXT}\n"


@pytest.mark.parametrize("keyboard", ["fr", "ru"], indirect=True)
async def test_keys_of_a_us_keyboard_write_the_same_elsewhere(keyboard: X11Input, typed: Path) -> None:
    for character, code in (("a", "KeyA"), ("q", "KeyQ"), ("1", "Digit1"), ("!", "Digit1"), (";", "Semicolon")):
        shift = Modifier.SHIFT if character == "!" else 0
        at_once(keyboard.key(Key(True, code, character, character, shift)))
        at_once(keyboard.key(Key(False, code, character)))
    at_once(keyboard.key(Key(True, "Enter", "Enter")))
    at_once(keyboard.key(Key(False, "Enter", "Enter")))
    assert await written(typed, "\n") == "aq1!;\n"
