"""A whole session with real parts: relay, console engine, applet process, X display, programs."""

from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.messages import Key, Modifier, TypeText
from console.page import messages as said
from tests.support.sessions import same, screenshot, session
from tests.support.waiting import written
from tests.support.xvfb import virtual_display


@pytest.mark.req("CONS-26", "CONS-27")
async def test_the_technician_sees_the_screen_and_types_into_a_real_program(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        typed = tmp_path / "typed"
        display.start("xterm", "-geometry", "80x24+50+50", "-title", "work", "-e", f"cat > {typed}")
        display.wait_for_window("work")
        display.run("xdotool", "search", "--name", "work", "windowfocus", "--sync")
        async with session(tmp_path, display) as (_, anna):
            await anna.watch()
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            await anna.may(Access.CONTROL)
            for character in "Hej":
                shift = Modifier.SHIFT if character.isupper() else 0
                code = f"Key{character.upper()}"
                anna.send(Key(True, code, character, character, shift))
                anna.send(Key(False, code, character))
            anna.send(TypeText(" wörld € ф\n"))
            await written(typed, "Hej wörld € ф")
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            moved = await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
            assert moved.check is said.Check.WORDS
