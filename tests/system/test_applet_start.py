"""use-D2: what the applet says where it cannot show a window, is not told a code, or runs already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.endings import window
from tests.support.xvfb import virtual_display

APPLET = (sys.executable, "-m", "applet", "--relay", "http://127.0.0.1:9")


def run(*arguments: str, **env: str | None) -> "subprocess.CompletedProcess[str]":
    """Run it to its end; a value of None takes a variable away."""
    known = {name: value for name, value in (os.environ | env).items() if value is not None}
    return subprocess.run(
        (*APPLET, *arguments),
        env=known,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.finding("use-D2")
@pytest.mark.parametrize(
    "env",
    [
        {"DISPLAY": None, "QT_QPA_PLATFORM": None},
        {"DISPLAY": ":9876", "QT_QPA_PLATFORM": None},
        {"DISPLAY": None, "WAYLAND_DISPLAY": "wayland-none", "QT_QPA_PLATFORM": None},
        {"DISPLAY": None, "QT_QPA_PLATFORM": "unheard-of"},
    ],
)
def test_without_a_display_it_says_so_and_how_to_go_on(env: dict[str, str | None], tmp_path: Path) -> None:
    done = run(**({"WAYLAND_DISPLAY": None, "XDG_STATE_HOME": str(tmp_path)} | env))
    assert done.returncode == 1
    assert "window" in done.stderr
    assert "--headless" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.finding("use-D2")
def test_headless_without_an_input_it_says_what_is_missing(tmp_path: Path) -> None:
    with virtual_display() as display:
        done = run("--headless", DISPLAY=display.name, XDG_STATE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "There was no PIN or link on standard input." in done.stdout


@pytest.mark.finding("use-D2")
async def test_a_second_start_brings_the_first_window_to_the_front(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with window(display, tmp_path) as applet:
            first = await applet.has("Deskside help")
            cover = display.start("xterm", "-title", "cover")
            covering = display.wait_for_window("cover")
            display.run("xdotool", "windowactivate", "--sync", covering)
            done = run(**(display.env | {"XDG_STATE_HOME": str(tmp_path / "state")}))
            assert done.returncode == 0
            assert "open already" in done.stderr
            cover.terminate()
            applet.process.terminate()
            ended = await applet.ended("SIGTERM")
        assert ended.is_clean, ended
        assert first
