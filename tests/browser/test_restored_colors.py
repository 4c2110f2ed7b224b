"""Coloured text of real programs, captured by Chromium: what the technician sees is nearly the true one."""

import html
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from applet.screen.mss_screen import MssScreen
from codec.picture.color_planes import Matrix, Rgb, to_rgb
from codec.picture.plane_layers import CapturedPlanes
from tests.perf.likeness import psnr, squared_error
from tests.support.color_planes import ORDINARY, captured
from tests.support.join_customers import JoinCustomer, join_customer
from tests.support.waiting import becomes_true
from tests.support.xvfb import VirtualDisplay, virtual_display

TEXT = "Sphinx of black quartz, judge my vow. 0123456789 (path/to/file.txt) {value: 'None'} – please wait …"
LISTING = "".join(f"\x1b[{colour}m{TEXT[:60]}\r\n" for colour in (31, 32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96))
EDGE = 3
Where = tuple[slice, slice]
WHERE = """() => [...document.querySelectorAll("p")].map((each) => {
    const { left, top, width, height } = each.getBoundingClientRect();
    return [screenX + left, screenY + outerHeight - innerHeight + top, width, height].map(Math.round);
})"""


def page() -> str:
    """A line of text in each pair of colours, in two sizes."""

    def line(ink: tuple[int, int, int], ground: tuple[int, int, int]) -> str:
        sizes = "".join(f'<span style="font-size: {size}px">{html.escape(TEXT)}<br></span>' for size in (12, 15))
        return f'<p style="margin: 0; padding: 6px; color: rgb{ink}; background: rgb{ground}">{sizes}</p>'

    lines = "".join(line(*colors) for colors in ORDINARY.values())
    return f'<!doctype html><meta charset="utf-8"><body style="margin: 0; font-family: sans-serif">{lines}'


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    with virtual_display(1600, 1000) as display:
        yield display


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where the page is served, as /join."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=page(), content_type="text/html")

    async def nothing(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    application = web.Application()
    application.router.add_get("/join", answer)
    application.router.add_get("/favicon.ico", nothing)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_coloured_text_of_real_programs_is_shown_as_it_is(
    display: VirtualDisplay, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display.name)
    listing = tmp_path / "listing"
    listing.write_text(LISTING)
    terminal = "-T", "listing", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", "64x20+1040+40"
    display.start("xterm", *terminal, "-e", f"cat {listing}; read line")
    window = display.wait_for_window("listing")
    display.run("xdotool", "mousemove", "1590", "990")
    screen = MssScreen()
    (shown_on,) = screen.displays()
    async with join_customer(display, address, tmp_path) as customer:
        await customer.page.evaluate("navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => null)")
        places: dict[str, Where] = {}
        found: list[tuple[Rgb, CapturedPlanes]] = []

        async def is_the_same() -> bool:
            """What is captured is what is on the screen now: nothing moves any more."""
            planes = await customer.captured_planes()
            places.update(zip(ORDINARY, await places_of(customer), strict=True))
            places["xterm"] = place_of(display, window)
            found[:] = [(screen.grab(shown_on.id)[..., 2::-1].copy(), planes)]
            luma = captured(found[0][0])[0]
            return all(np.array_equal(luma[place], planes.luma[place]) for place in places.values())

        await becomes_true(is_the_same, 20)
    screen.close()
    true, planes = found[0]
    height, width = planes.luma.shape
    whole = 0, 0, height, width
    shown = to_rgb(planes.luma, planes.cb, planes.cr, Matrix.BT601, full_range=False, area=whole)
    for name, place in places.items():
        assert np.unique(true[place].reshape(-1, 3), axis=0).shape[0] > 20, f"{name}: there is no text"
        assert psnr(squared_error(shown[place], true[place])) >= 45, name
        errors = np.abs(shown[place].astype(int) - true[place]).max(axis=2)
        # In the terminal letters of two lines are so near one another that three colours meet.
        assert (errors > 16).mean() <= (0.0001 if name == "xterm" else 0), name


async def places_of(customer: JoinCustomer) -> list[Where]:
    """Return where the page's lines are on the screen, without the edge where two grounds meet."""
    boxes = await customer.page.evaluate(WHERE)
    return [np.s_[y + EDGE : y + height - EDGE, x + EDGE : x + width - EDGE] for x, y, width, height in boxes]


def place_of(display: VirtualDisplay, window: str) -> Where:
    """Return where the inside of a window is."""
    said = dict(
        line.split("=")
        for line in display.run("xdotool", "getwindowgeometry", "--shell", window).split()
        if "=" in line
    )
    x, y, width, height = (int(said[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
    return np.s_[y + EDGE : y + height - EDGE, x + EDGE : x + width - EDGE]
