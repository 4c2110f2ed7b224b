"""What a technician types arrives as the same characters, whatever keyboard the customer has; on a real X server."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from Xlib import X
from Xlib import display as xdisplay

from applet.input import reader
from applet.input.injected import InjectedEvents
from applet.input.positions import KEYCODES
from applet.input.x11_input import X11Input
from applet.input.xkb import Xkb
from codec.wire.messages import Key, Modifier
from tests.support.fields import Field, running_field
from tests.support.inputs import Locks, at_once
from tests.support.waiting import written
from tests.support.xvfb import VirtualDisplay, virtual_display

TEXT = "Straße öäü Wq;z1@-q \"'` 12#[]{}|\\~ € ß ñ й 漢 привет"
CAPS, NUM = 2, 16
LAYOUTS = (
    "us", "de", "fr", "ru", "us intl", "de neo", "fr bepo", "ch", "us,de,fr,ru",
    "us,ru", "ru,us", "de,us", "fr,us", "us,de", "us,fr", "cz,us", "us,jp", "gr,us", "us,ru,ua", "de,fr,us",
)  # fmt: skip
RUSSIAN = (
    "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных губерний даст мощный "
    "толчок подъёму сельского хозяйства. ЭЙ, ЖЛОБ! ГДЕ ТУЗ? ПРЯЧЬ ЮНЫХ СЪЁМЩИЦ В ШКАФ."
)
IDEOGRAPHS = "".join(chr(0x4E00 + 7 * number) for number in range(300))
SEVERAL_CODE_POINTS = (
    "👩\u200d💻 🏳\ufe0f\u200d🌈 می\u200cخواهم 東京\u3000大阪 10\u202f000\u00a0€ a\u2009b\u2007c\u00adΕλληνικά"
)


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    """A display with a window manager."""
    with virtual_display(window_manager=True) as made:
        yield made


@pytest.fixture(scope="module")
def field(display: VirtualDisplay) -> Iterator[Field]:
    """A text field on it."""
    with running_field(display) as made:
        yield made


@pytest.fixture
def locks(display: VirtualDisplay) -> Iterator[Locks]:
    """What the customer locks."""
    made = Locks(display.name)
    made.set()
    yield made
    made.close()


@pytest.fixture
def keyboard(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Input]:
    """Our input, on a US keyboard."""
    display.run("setxkbmap", "us")
    monkeypatch.setenv("DISPLAY", display.name)
    made = X11Input(InjectedEvents(time.monotonic), lambda: True)
    yield made
    made.close()


def stroke(keyboard: X11Input, code: str, symbol: str, text: str = "", modifiers: int = 0) -> None:
    """Press a key of the technician's and let go of it."""
    at_once(keyboard.key(Key(True, code, symbol, text, modifiers)))
    at_once(keyboard.key(Key(False, code, symbol)))


def write(keyboard: X11Input, text: str) -> None:
    """Press keys that write these letters and digits."""
    for letter in text:
        code = f"Digit{letter}" if letter.isdigit() else f"Key{letter.upper()}"
        stroke(keyboard, code, letter, letter, Modifier.SHIFT if letter.isupper() else 0)


@pytest.mark.finding("field-5", "field-3")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_text_arrives_as_it_is_in_each_group_of_each_keyboard_with_caps_lock_too(
    display: VirtualDisplay, keyboard: X11Input, field: Field, locks: Locks, layout: str
) -> None:
    display.run("setxkbmap", *layout.split())
    for group in range(layout.count(",") + 1):
        for locked in (0, CAPS):
            locks.set(locked, group)
            field.clear()
            at_once(keyboard.type_text(TEXT))
            assert (field.reads(TEXT), group, locked) == (TEXT, group, locked)
            assert locks.state().locked == locked
    assert keyboard.left_out() == ""


@pytest.mark.finding("field-3")
def test_letters_are_what_the_technicians_keyboard_says_and_their_caps_lock_stays_theirs(
    keyboard: X11Input, field: Field, locks: Locks
) -> None:
    for locked in (0, CAPS):
        locks.set(locked)
        field.clear()
        stroke(keyboard, "CapsLock", "CapsLock")
        for code, letter in (("KeyP", "P"), ("KeyW", "W"), ("Digit1", "1")):
            stroke(keyboard, code, letter, letter, Modifier.CAPS_LOCK)
        write(keyboard, "aB1")
        assert field.reads("PW1aB1") == "PW1aB1"
        assert locks.state().locked == locked


@pytest.mark.finding("field-3")
def test_a_latched_shift_changes_nothing(keyboard: X11Input, field: Field, locks: Locks) -> None:
    field.clear()
    locks.set(latched=1)
    assert locks.state().latched == 1
    write(keyboard, "ab")
    assert field.reads("ab") == "ab"


def test_the_keyboard_is_not_read_again_for_each_key(keyboard: X11Input, monkeypatch: pytest.MonkeyPatch) -> None:
    write(keyboard, "ab")
    read: list[Xkb] = []
    monkeypatch.setattr(Xkb, "keymap", read.append)
    write(keyboard, "abc")
    assert read == []


@pytest.mark.finding("field-4")
@pytest.mark.parametrize("locked", [0, NUM])
def test_the_number_pad_moves_or_writes_as_the_technicians_num_lock_says(
    keyboard: X11Input, field: Field, locks: Locks, locked: int
) -> None:
    locks.set(locked)
    field.clear()
    write(keyboard, "ab")
    stroke(keyboard, "Numpad4", "ArrowLeft")
    write(keyboard, "x")
    stroke(keyboard, "NumpadDecimal", "Delete")
    stroke(keyboard, "Numpad7", "Home")
    for code, text in (("Numpad4", "4"), ("Numpad0", "0"), ("NumpadDecimal", "."), ("NumpadAdd", "+")):
        stroke(keyboard, code, text, text, Modifier.NUM_LOCK)
    stroke(keyboard, "NumpadEnter", "Enter")
    assert field.reads("40.+\nax") == "40.+\nax"
    assert locks.state().locked == locked


@pytest.mark.finding("field-6", "field-7")
@pytest.mark.parametrize("text", [RUSSIAN, IDEOGRAPHS, SEVERAL_CODE_POINTS], ids=["russian", "chinese", "code points"])
def test_a_long_foreign_text_arrives_as_it_is(keyboard: X11Input, field: Field, text: str) -> None:
    field.clear()
    at_once(keyboard.type_text(text))
    assert field.reads(text) == text
    assert keyboard.left_out() == ""


@pytest.mark.finding("field-6")
def test_it_arrives_in_a_slow_program_too(display: VirtualDisplay, keyboard: X11Input) -> None:
    with running_field(display, milliseconds=5) as slow:
        at_once(keyboard.type_text(IDEOGRAPHS[:160]))
        assert slow.reads(IDEOGRAPHS[:160]) == IDEOGRAPHS[:160]
        at_once(keyboard.type_text(RUSSIAN[:80]))
        while not keyboard.put_back():  # only once it has read them
            pass
        assert slow.reads(IDEOGRAPHS[:160] + RUSSIAN[:80]) == IDEOGRAPHS[:160] + RUSSIAN[:80]


@pytest.mark.finding("field-6")
async def test_it_arrives_in_a_program_that_answers_no_ping(
    display: VirtualDisplay, keyboard: X11Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SECONDS", 0.01)  # xterm is quicker than what is assumed of such programs
    file = tmp_path / "typed"
    display.start("xterm", "-u8", "-title", tmp_path.name, "-e", f"cat > {file}")
    display.run("xdotool", "windowfocus", "--sync", display.wait_for_window(tmp_path.name))
    text = f"{RUSSIAN}\n{IDEOGRAPHS}\nالسلام e\u0301\n"
    at_once(keyboard.type_text(text))
    assert await written(file, "e\u0301\n") == text


@pytest.mark.finding("field-7")
def test_control_characters_are_left_out_and_said(keyboard: X11Input, field: Field) -> None:
    field.clear()
    at_once(keyboard.type_text("a\x1b[2J\x07\x00\x7f\x9bb\tc\ufffe"))
    assert field.reads("a[2Jb\tc") == "a[2Jb\tc"
    assert keyboard.left_out() == "\x1b\x07\x00\x7f\x9b\ufffe"


@pytest.mark.finding("field-8")
def test_another_keymap_in_mid_session_is_followed(display: VirtualDisplay, keyboard: X11Input, field: Field) -> None:
    field.clear()
    at_once(keyboard.type_text("漢字€ß zy "))
    display.run("setxkbmap", "de")
    at_once(keyboard.type_text("漢字€ß zy ok"))
    assert field.reads("漢字€ß zy 漢字€ß zy ok") == "漢字€ß zy 漢字€ß zy ok"


@pytest.mark.finding("field-8")
def test_the_keyboard_is_afterwards_as_it_was(display: VirtualDisplay, keyboard: X11Input, field: Field) -> None:
    before = display.run("xkbcomp", display.name, "-")
    field.clear()
    at_once(keyboard.type_text(RUSSIAN))
    while not keyboard.put_back():
        pass
    assert field.reads(RUSSIAN) == RUSSIAN
    assert display.run("xkbcomp", display.name, "-") == before


@pytest.fixture
def seen(display: VirtualDisplay) -> Iterator[Callable[[int], list[tuple[int, int]]]]:
    """What a window sees of the next so many key events: kind and keycode."""
    watcher = xdisplay.Display(display.name)
    events = X.KeyPressMask | X.KeyReleaseMask | X.ExposureMask
    window = watcher.screen().root.create_window(
        0, 0, 9, 9, 0, X.CopyFromParent, override_redirect=1, event_mask=events
    )
    window.map()
    watcher.next_event()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    watcher.sync()

    def next_events(count: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        while len(found) < count:
            event = watcher.next_event()
            found += [(event.type, event.detail)] if event.type in (X.KeyPress, X.KeyRelease) else []
        return found

    yield next_events
    watcher.close()


@pytest.mark.finding("field-altgr")
def test_altgr_is_a_key_that_keyboards_have_and_goes_up_after_the_letter(
    display: VirtualDisplay, keyboard: X11Input, seen: Callable[[int], list[tuple[int, int]]]
) -> None:
    display.run("setxkbmap", "de")
    at_once(keyboard.key(Key(True, "AltRight", "AltGraph", modifiers=Modifier.ALT_GRAPH)))
    stroke(keyboard, "KeyQ", "@", "@", Modifier.ALT_GRAPH)
    at_once(keyboard.key(Key(False, "AltRight", "AltGraph")))
    graph, letter = KEYCODES["AltRight"], KEYCODES["KeyQ"]
    assert seen(4) == [(X.KeyPress, graph), (X.KeyPress, letter), (X.KeyRelease, letter), (X.KeyRelease, graph)]


def test_a_combination_of_the_menu_is_held_together(
    keyboard: X11Input, seen: Callable[[int], list[tuple[int, int]]]
) -> None:
    for down in (True, False):
        for code, symbol in (("MetaLeft", "Meta"), ("KeyL", "l")):
            at_once(keyboard.key(Key(down, code, symbol)))
    meta, letter = KEYCODES["MetaLeft"], KEYCODES["KeyL"]
    assert seen(4) == [(X.KeyPress, meta), (X.KeyPress, letter), (X.KeyRelease, meta), (X.KeyRelease, letter)]


@pytest.mark.parametrize("layout", ["fr", "ru", "us,ru"])
def test_keys_of_a_us_keyboard_write_the_same_elsewhere(
    display: VirtualDisplay, keyboard: X11Input, field: Field, locks: Locks, layout: str
) -> None:
    display.run("setxkbmap", layout)
    locks.set(group=layout.count(","))
    field.clear()
    for character, code in (("a", "KeyA"), ("q", "KeyQ"), ("1", "Digit1"), ("!", "Digit1"), (";", "Semicolon")):
        stroke(keyboard, code, character, character, Modifier.SHIFT if character == "!" else 0)
    stroke(keyboard, "Enter", "Enter")
    assert field.reads("aq1!;\n") == "aq1!;\n"
    at_once(keyboard.key(Key(True, "ControlLeft", "Control", modifiers=Modifier.CONTROL)))
    stroke(keyboard, "KeyA", "a", "a", Modifier.CONTROL)
    at_once(keyboard.key(Key(False, "ControlLeft", "Control")))
    stroke(keyboard, "KeyB", "b", "b")
    field.clear()
