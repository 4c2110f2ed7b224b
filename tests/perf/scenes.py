"""What is recorded: real programs on a virtual display, each with a hand that uses them.

A scene is a generator. Up to its first `yield` it starts its programs and waits until they are there; after that, each
step is what the hand does between one picture and the next.
"""

import html
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from pydoc_data.topics import topics
from textwrap import wrap

import numpy as np
from Xlib import X, display

from applet.input.injected import InjectedEvents
from applet.input.x11_input import X11Input
from codec.picture.diff import Frame
from codec.wire.messages import Key
from tests.perf.clips import RATE
from tests.perf.paintings import FILM_RATE, film, photograph, write_png, write_webm
from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.inputs import at_once
from tests.support.xvfb import VirtualDisplay

WALL_STRIP = 16
"""So many lines of a wallpaper go to the display server at once: its requests are bounded."""
LISTING_LINES = 400
FILM_SIZE = (1280, 720)
_READY = "everything is here"


@dataclass(frozen=True)
class Stage:
    """A display with a window manager, a folder for what the programs need, and how many pictures are wanted."""

    display: VirtualDisplay
    folder: Path
    pictures: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.display.width, self.display.height

    def hand(self) -> "Hand":
        """Return a hand on this display."""
        os.environ["DISPLAY"] = self.display.name
        return Hand()

    def browse(self, page: Path) -> None:
        """Open Chromium on a page, and return when its title says that everything is there."""
        profile = f"--user-data-dir={self.folder / 'profile'}"
        play = "--autoplay-policy=no-user-gesture-required"
        self.display.start(
            CHROMIUM, *ARGUMENTS, profile, play, "--no-first-run", "--kiosk", "--force-device-scale-factor=1", str(page)
        )
        self.display.wait_for_window(_READY)


class Hand:
    """Keys, pointer and wheel, as the applet puts them in."""

    def __init__(self) -> None:
        self._input = X11Input(InjectedEvents(time.monotonic), lambda: True)

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""
        at_once(self._input.move(x, y))

    def button(self, button: int, down: bool) -> None:
        """Press or release a button."""
        at_once(self._input.button(button, down))

    def wheel(self, across: int, along: int) -> None:
        """Turn the wheel."""
        at_once(self._input.wheel(across, along))

    def write(self, text: str) -> None:
        """Type a text."""
        at_once(self._input.type_text(text))

    def key(self, name: str) -> None:
        """Press and release a key that writes nothing: "PageDown"."""
        at_once(self._input.key(Key(True, name, name)))
        at_once(self._input.key(Key(False, name, name)))


Scene = Callable[[Stage], Iterator[None]]


def typing(stage: Stage) -> Iterator[None]:
    """Someone writes in an editor, ten letters a second, and now and then goes elsewhere in the text."""
    file = stage.folder / "letter.txt"
    file.write_text(_prose(60))
    stage.display.start("mousepad", str(file))
    window = stage.display.wait_for_window("letter.txt")
    width, height = stage.size
    stage.display.run(
        "xdotool", "windowmove", window, "80", "60", "windowsize", window, str(width * 7 // 10), str(height * 3 // 4)
    )
    hand, text = stage.hand(), _prose(10).replace("\n", " ")
    hand.move(width // 3, height // 2)
    hand.button(0, True)
    hand.button(0, False)
    for number in range(stage.pictures):
        yield
        if number % 60 == 59:
            hand.key("PageDown")
        elif number % 60 == 29:
            hand.write("\n")
        elif number % 2:
            hand.write(text[number // 2 % len(text)])


def terminal(stage: Stage) -> Iterator[None]:
    """A long listing at once, then lines that come one after the other, then many at a time."""
    pipe = stage.folder / "lines"
    os.mkfifo(pipe)
    stage.display.start(
        "xterm",
        "-T",
        "listing",
        "-fa",
        "DejaVu Sans Mono",
        "-fs",
        "10",
        "-geometry",
        "150x50+60+40",
        "-e",
        "cat",
        str(pipe),
    )
    stage.display.wait_for_window("listing")
    listing, lines = _listing(), iter(_prose(2_000, 100).splitlines() * 4)
    with pipe.open("w", buffering=1) as terminal_:
        for number in range(stage.pictures):
            yield
            if number == 10:
                terminal_.write("\n".join(listing) + "\n")
            elif number > 40:
                for _ in range(1 if number < stage.pictures // 2 else 7):
                    terminal_.write(next(lines) + "\n")


def page(stage: Stage) -> Iterator[None]:
    """A documentation page, with a column that stands still, is read with the wheel and with page keys."""
    file = stage.folder / "page.html"
    write_png(stage.folder / "photograph.png", photograph(900, 500))
    file.write_text(_document())
    stage.browse(file)
    hand = stage.hand()
    hand.move(stage.size[0] // 2, stage.size[1] // 2)
    for number in range(stage.pictures):
        yield
        part = number * 4 // stage.pictures
        if part in (0, 3) and number % 3 == 0:
            hand.wheel(0, 1 if part == 0 else -1)
        elif part == 1 and number % 15 == 0:
            hand.key("PageDown")
        elif part == 2 and number % 15 == 0:
            hand.key("PageUp")


def drag(stage: Stage) -> Iterator[None]:
    """A terminal with text is dragged over a photograph, to and fro."""
    width, height = stage.size
    paint_wall(stage.display, photograph(width, height))
    text = stage.folder / "text"
    text.write_text(_prose(60, 78))
    columns = min(80, width // 12)
    stage.display.start("xterm", "-T", "dragged", "-geometry", f"{columns}x30", "-e", f"cat {text}; read line")
    window = stage.display.wait_for_window("dragged")
    stage.display.run("xdotool", "windowmove", "--sync", window, str(width // 10), str(height // 10))
    hand = stage.hand()
    x, y = width // 10 + 150, height // 10 + 8
    hand.move(x, y)
    hand.button(0, True)
    reach = (width // 3, height // 3)
    for number in range(stage.pictures):
        yield
        turn = number / RATE
        hand.move(x + int(reach[0] * (1 - np.cos(turn)) / 2), y + int(reach[1] * (1 - np.cos(turn * 1.6)) / 2))
    hand.button(0, False)


def idle(stage: Stage) -> Iterator[None]:
    """A photograph, and a clock that ticks each second."""
    paint_wall(stage.display, photograph(*stage.size))
    stage.display.start("xclock", "-digital", "-update", "1", "-geometry", "+40+40")
    stage.display.wait_for_window("xclock")
    for _ in range(stage.pictures):
        yield


def cinema(stage: Stage) -> Iterator[None]:
    """A film plays in a page with text around it."""
    width = min(FILM_SIZE[0], stage.size[0] * 3 // 4 // 16 * 16)
    height = width * FILM_SIZE[1] // FILM_SIZE[0] // 2 * 2
    count = (stage.pictures // RATE + 5) * FILM_RATE
    write_webm(stage.folder / "film.webm", film(width, height, count))
    file = stage.folder / "film.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><title>…</title><body style='margin:48px;font:16px sans-serif'>"
        f"<video src=film.webm width={width} height={height} autoplay muted loop "
        f"onplaying=\"document.title='{_READY}'\"></video><p>{html.escape(_prose(12))}</p>"
    )
    stage.browse(file)
    for _ in range(stage.pictures):
        yield


SCENES: dict[str, Scene] = {
    "typing": typing,
    "listing": terminal,
    "page": page,
    "dragging": drag,
    "clock": idle,
    "cinema": cinema,
}


def paint_wall(on: VirtualDisplay, picture: Frame) -> None:
    """Make a picture the background of a display."""
    connection = display.Display(on.name)
    root, depth = connection.screen().root, connection.screen().root_depth
    height, width = picture.shape[:2]
    wall = root.create_pixmap(width, height, depth)
    context = wall.create_gc()
    for top in range(0, height, WALL_STRIP):
        strip = picture[top : top + WALL_STRIP]
        wall.put_image(context, 0, top, width, len(strip), X.ZPixmap, depth, 0, strip.tobytes())
    root.change_attributes(background_pixmap=wall)
    root.clear_area(0, 0, width, height)
    connection.sync()
    connection.close()


def _prose(paragraphs: int, width: int = 90) -> str:
    """Return real text, the same each time: what Python says of itself."""
    words = " ".join(topics[name] for name in sorted(topics))[: paragraphs * 600]
    return "\n".join(wrap(" ".join(words.split()), width))


def _listing() -> list[str]:
    listed = subprocess.run(["ls", "-lR", "/usr/lib"], capture_output=True, text=True, check=False)
    return [line[:140] for line in listed.stdout.splitlines()[:LISTING_LINES]]


def _document() -> str:
    """Return a page of documentation: headings, text, code in boxes, a table, a photograph."""
    names = sorted(topics)[:24]
    parts = [
        f"<h2 id={name}>{name}</h2><img src=photograph.png width=600>" * (number % 6 == 3)
        + f"<h2>{html.escape(name)}</h2><p>{html.escape(topics[name][:900])}</p>"
        + f"<pre>{html.escape(topics[name][900:2200])}</pre>"
        for number, name in enumerate(names)
    ]
    index = "".join(f"<li><a href=#{name}>{html.escape(name)}</a>" for name in names)
    style = (
        "body{margin:0;font:16px/1.5 sans-serif;color:#222}main{margin-left:280px;padding:24px;max-width:900px}"
        "nav{position:fixed;width:240px;height:100%;background:#eef2f6;padding:16px}pre{background:#f4f4f0;padding:12px;"
        "border-left:4px solid #7a9}a{color:#05a}"
    )
    painted = f"onload = () => requestAnimationFrame(() => requestAnimationFrame(() => document.title = '{_READY}'))"
    return (
        f"<!doctype html><meta charset=utf-8><title>…</title><style>{style}</style><nav><ul>{index}</ul></nav>"
        f"<main>{''.join(parts)}</main><script>{painted}</script>"
    )
