"""Screens of every color depth, and without what most of them have: what is seen is what is there."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Xlib import X, display

from applet.screen.base import Monitor, ScreenError, Watched, number_displays
from applet.screen.mss_screen import check_session, open_screen
from applet.screen.pixels import PixelFormat, UnknownPixelsError
from applet.screen.pointer import pointer_shape
from applet.screen.x11_watcher import X11Watcher
from codec.wire.messages import MAX_POINTER, Cause, PointerShape
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, virtual_display

if sys.platform != "linux":
    pytest.skip("X11 only", allow_module_level=True)

COLORS = ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#446622", "#c08040"]
WIDTH, HEIGHT = 203, 61
FIXED = {
    15: PixelFormat(16, 32, True, (0x7C00, 0x3E0, 0x1F)),
    16: PixelFormat(16, 32, True, (0xF800, 0x7E0, 0x1F)),
    24: PixelFormat(32, 32, True),
    30: PixelFormat(32, 32, True, (0x3FF00000, 0xFFC00, 0x3FF)),
}


@contextmanager
def screen_of(monkeypatch: pytest.MonkeyPatch, **how: Any) -> Iterator[VirtualDisplay]:
    """Run a display and let it be the one of this process."""
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    with virtual_display(WIDTH, HEIGHT, **how) as made:
        monkeypatch.setenv("DISPLAY", made.name)
        yield made


def paint(on: display.Display) -> list[tuple[int, int, int]]:
    """Paint a stripe of each color; return what the server itself calls each, as B, G, R."""
    screen = on.screen()
    told = []
    for place, name in enumerate(COLORS):
        color = screen.default_colormap.alloc_named_color(name)
        (real,) = screen.default_colormap.query_colors([color.pixel])
        gc = screen.root.create_gc(foreground=color.pixel, subwindow_mode=X.IncludeInferiors)
        screen.root.fill_rectangle(gc, 10 * place, 0, 10, HEIGHT)
        told.append((real.blue >> 8, real.green >> 8, real.red >> 8))
    on.sync()
    return told


@pytest.mark.finding("field-15", "field-16")
@pytest.mark.parametrize("depth", [8, 15, 16, 24, 30])
def test_each_color_depth_is_read_as_the_server_calls_its_colors(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with screen_of(monkeypatch, depth=depth) as made, closing(display.Display(made.name)) as on:
        told = paint(on)
        with closing(open_screen()) as screen:
            (monitor,) = screen.displays()
            assert (monitor.width, monitor.height) == (WIDTH, HEIGHT)
            frame = screen.grab(monitor.id).copy()
            assert frame.shape == (HEIGHT, WIDTH, 4)
            for place, color in enumerate(told):
                stripe = frame[:, 10 * place : 10 * place + 10, :3].astype(int)
                assert np.abs(stripe - color).max() <= 1, COLORS[place]
            assert (screen.grab(monitor.id, (7, 20)) == frame[7:20]).all()


@pytest.mark.finding("field-15", "field-16")
@given(st.data(), st.sampled_from(sorted(FIXED)), st.integers(1, 9), st.booleans())
def test_pixels_of_any_masks_keep_their_colors(data: st.DataObject, depth: int, width: int, little: bool) -> None:
    known = FIXED[depth]
    pixels = data.draw(
        st.lists(st.integers(0, (1 << known.bits_per_pixel) - 1), min_size=2 * width, max_size=2 * width)
    )
    size = known.bits_per_pixel // 8
    line = -(-width * size // 4) * 4
    order = "little" if little else "big"
    lines = [
        b"".join(pixel.to_bytes(size, order) for pixel in pixels[at : at + width]).ljust(line, b"x")  # type: ignore[arg-type]
        for at in (0, width)
    ]
    form = PixelFormat(known.bits_per_pixel, 32, little, known.masks)
    frame = form.to_bgrx(b"".join(lines), width, 2).reshape(-1, 4)
    for pixel, found in zip(pixels, frame.tolist(), strict=True):
        for channel, mask in zip(found[2::-1], known.masks, strict=True):
            shift = (mask & -mask).bit_length() - 1
            assert abs(channel - (pixel & mask) / mask * 255) <= 0.5 + 1e-9, (pixel, shift)


def test_other_pixels_have_a_name() -> None:
    with pytest.raises(UnknownPixelsError):
        PixelFormat(1, 32, True)
    with pytest.raises(ValueError, match="buffer"):
        FIXED[16].to_bgrx(b"short", 4, 4)


@pytest.mark.finding("field-15")
# Without XFIXES Debian's Xvfb 21.1 aborts by itself when one of two clients leaves.
@pytest.mark.parametrize("missing", ["DAMAGE", "RANDR", "MIT-SHM"])
def test_a_screen_without_an_extension_is_read_and_watched_or_polled(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import tests.applet.screen.test_screens as here; here.see({missing!r})"
    with screen_of(monkeypatch, without=[missing]) as made:
        made.run(sys.executable, "-c", code)  # on its own: python-xlib takes the events of all servers for the same


def see(missing: str) -> None:
    """See the colors of this display, and whether its changes are told."""
    with closing(display.Display()) as on:
        told = paint(on)
        with closing(open_screen()) as screen:
            (monitor,) = screen.displays()
            frame = screen.grab(monitor.id)
            assert [tuple(frame[5, 10 * place + 5, :3]) for place in range(len(COLORS))] == told
            assert watches() is (missing != "DAMAGE")


def watches() -> bool:
    """Whether changes are told; without that the screen is polled."""
    try:
        X11Watcher(Watched(lambda _area: None, lambda: None, lambda _shape: None, lambda: None)).close()
    except ScreenError:
        return False
    return True


@pytest.mark.finding("field-18")
def test_a_screen_that_is_off_is_said_to_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen_of(monkeypatch) as made, closing(display.Display(made.name)) as on:
        resources = on.screen().root.xrandr_get_screen_resources()
        with closing(open_screen()) as screen:
            assert screen.displays()
            on.xrandr_set_crtc_config(resources.crtcs[0], resources.config_timestamp, 0, 0, 0, 1, [])
            with pytest.raises(ScreenError) as failed:
                screen.displays()
            assert (failed.value.cause, failed.value.lasting) == (Cause.SCREEN_OFF, True)
            mode = resources.modes[0].id
            on.xrandr_set_crtc_config(resources.crtcs[0], resources.config_timestamp, 0, 0, mode, 1, resources.outputs)
            assert screen.displays()


@pytest.mark.finding("field-15")
@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}])
def test_a_session_without_x11_is_a_lasting_cause(environ: dict[str, str]) -> None:
    with pytest.raises(ScreenError) as failed:
        check_session(environ)
    assert (failed.value.cause, failed.value.lasting) == (Cause.NO_SCREEN, True)
    check_session({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"})


def test_two_monitors_of_one_name_are_two_displays() -> None:
    known: dict[str, int] = {}
    found = [Monitor("DELL", 0, 0, 10, 10), Monitor("DELL", 10, 0, 10, 10), Monitor("Acer", 20, 0, 10, 10)]
    assert [(each.id, each.name) for each in number_displays(found, known)] == [
        (0, "DELL"),
        (1, "DELL (2)"),
        (2, "Acer"),
    ]


@pytest.mark.finding("field-17")
@pytest.mark.parametrize("size", [(1, 1), (24, 24), (64, 48), (128, 128), (256, 256), (257, 3), (300, 500)])
async def test_a_pointer_of_any_size_is_told(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    width, height = size
    hot = width - 1, height // 2
    with screen_of(monkeypatch) as made, closing(display.Display(made.name)) as on:
        shapes: list[PointerShape] = []
        watcher = X11Watcher(Watched(lambda _area: None, lambda: None, shapes.append, lambda: None))
        root = on.screen().root
        mask = root.create_pixmap(width, height, 1)
        mask.fill_rectangle(mask.create_gc(foreground=1), 0, 0, width, height)
        root.change_attributes(cursor=mask.create_cursor(mask, (65_535, 0, 0), (0, 0, 0), *hot))
        on.sync()
        await eventually(lambda: any(shape.pixels[:4] == b"\xff\0\0\xff" for shape in shapes))
        watcher.close()
    told = shapes[-1]
    step = -(-max(size) // MAX_POINTER)
    assert (told.width, told.height) == (-(-width // step), -(-height // step))
    assert (told.hot_x, told.hot_y) == (hot[0] // step, hot[1] // step)


@pytest.mark.finding("field-17")
@given(st.integers(0, 600), st.integers(0, 20), st.integers(0, 999), st.integers(0, 999), st.integers(0, 0xFFFFFFFF))
def test_a_pointer_is_a_message_whatever_the_server_says(width: int, height: int, x: int, y: int, word: int) -> None:
    for shape in (
        pointer_shape(width, height, (x, y), [word] * (width * height)),
        pointer_shape(height, width, (x, y), [word] * (width * height)),
    ):
        assert max(shape.width, shape.height) <= MAX_POINTER
        assert len(shape.pixels) == 4 * shape.width * shape.height
        assert shape.width == 0 or (shape.hot_x < shape.width and shape.hot_y < shape.height)
