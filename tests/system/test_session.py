"""A whole session with real parts: relay, console engine, applet process, X display, programs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import mss
import numpy as np
import pytest

from codec.desk import Method
from codec.diff import Frame
from codec.messages import Access, Key, Modifier, TypeText
from console import page_messages as said
from tests.support.applets import headless_applet
from tests.support.relays import RunningRelay, running_relay
from tests.support.technicians import Technician, technician
from tests.support.waiting import written
from tests.support.xvfb import VirtualDisplay, virtual_display


@asynccontextmanager
async def session(
    folder: Path, display: VirtualDisplay, consent: str = "control"
) -> AsyncIterator[tuple[RunningRelay, Technician]]:
    """Run everything up to a session that is connected."""
    async with running_relay(folder) as relay, technician(relay.url) as anna:
        done = await anna.request(lambda number: said.MakeCode(number, Method.PIN))
        invitation = await anna.hear(said.Invitation, lambda each: each.code == done.code)
        assert invitation.spoken is not None
        with headless_applet(display, relay.url, invitation.spoken, consent):
            waiting = await anna.until(
                lambda each: type(each).__name__ == "SessionChanged" and each.session.state == "waiting"
            )
            await anna.open(waiting.session.id)
            yield relay, anna


def screenshot(display: VirtualDisplay) -> Frame:
    """Return what is really on the display."""
    with mss.MSS(display=display.name) as screen:
        shot = screen.grab(screen.monitors[1])
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4).copy()


def same(one: Frame, other: Frame) -> bool:
    """Whether two pictures show the same."""
    return one.shape == other.shape and bool((one[..., :3] == other[..., :3]).all())


@pytest.mark.req("SESS-54")
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
