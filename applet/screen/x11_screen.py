"""Reads a screen of X11 whose colors mss does not read: 8, 15, 16, 30 bits and others.

Slower than mss, for screens that are rare now: remote desktops of 16 bits, old computers, 10 bits for photographs.
"""

import numpy as np
from Xlib import X, display, error

from applet.screen.base import Monitor, ScreenError, number_displays
from applet.screen.pixels import Palette, PixelFormat, UnknownPixelsError
from codec.picture.diff import Frame
from codec.picture.geometry import Lines
from codec.wire.messages import Cause, Display

_GONE = (error.ConnectionClosedError, error.XError, OSError)
_WITH_MASKS = (X.TrueColor, X.DirectColor)
_ALL_PLANES = 0xFFFFFFFF
_PALETTE = 256


class X11Screen:
    """See Screen."""

    def __init__(self) -> None:
        """Raises ScreenError, with its cause where the screen's colors are not known."""
        self._display = open_display()
        self._root = self._display.screen().root
        self._known: dict[str, int] = {}
        self._displays: dict[int, Display] = {}
        try:
            self._format, self._has_palette = _format_of(self._display)
        except UnknownPixelsError as problem:
            self._display.close()
            raise ScreenError(f"the screen has {problem}", Cause.PIXEL_FORMAT, lasting=True) from None

    def displays(self) -> list[Display]:
        """See Screen."""
        displays = number_displays(monitors_of(self._display), self._known)
        self._displays = {each.id: each for each in displays}
        return displays

    def grab(self, display: int, lines: Lines | None = None) -> Frame:
        """See Screen."""
        area = self._displays.get(display)
        if area is None:
            raise ScreenError("this monitor is not there any more")
        top, bottom = lines or (0, area.height)
        try:
            shot = self._root.get_image(area.x, area.y + top, area.width, bottom - top, X.ZPixmap, _ALL_PLANES)
            palette = self._palette() if self._has_palette else None
            return self._format.to_bgrx(shot.data, area.width, bottom - top, palette)
        except (*_GONE, ValueError) as problem:
            raise ScreenError(f"the screen cannot be read: {problem}") from None

    def close(self) -> None:
        """See Screen."""
        try:
            self._display.close()
        except _GONE:
            return

    def _palette(self) -> Palette:
        """Return the colors that the screen shows now; programs may change them at any time."""
        installed = self._root.list_installed_colormaps()
        colors = installed[0].query_colors(range(_PALETTE))
        return np.array([(each.blue >> 8, each.green >> 8, each.red >> 8, 0) for each in colors], np.uint8)


def open_display() -> display.Display:
    """Return a connection to the display server. Raises ScreenError."""
    try:
        return display.Display()
    except (error.DisplayError, OSError) as problem:
        raise ScreenError(f"there is no screen to read: {problem}") from None


def monitors_of(there: display.Display) -> list[Monitor]:
    """Return the monitors of a display server, or all of it where it does not tell. Raises ScreenError."""
    try:
        return _monitors(there)
    except _GONE as problem:
        raise ScreenError(f"the monitors cannot be listed: {problem}") from None


def _monitors(there: display.Display) -> list[Monitor]:
    root = there.screen().root
    whole = root.get_geometry()
    if not there.has_extension("RANDR"):
        return [Monitor("Display 1", 0, 0, whole.width, whole.height, 1.0, True)]
    resources = root.xrandr_get_screen_resources_current()
    modes = [there.xrandr_get_crtc_info(crtc, resources.config_timestamp).mode for crtc in resources.crtcs]
    if resources.crtcs and not any(modes):
        raise ScreenError("all monitors are off", Cause.SCREEN_OFF, lasting=True)
    return [
        Monitor(
            there.get_atom_name(each.name),
            each.x,
            each.y,
            each.width_in_pixels,
            each.height_in_pixels,
            1.0,
            bool(each.primary),
        )
        for each in root.xrandr_get_monitors(True).monitors
    ] or [Monitor("Display 1", 0, 0, whole.width, whole.height, 1.0, True)]


def _format_of(there: display.Display) -> tuple[PixelFormat, bool]:
    """Return how images are written, and whether pixels are numbers of colors. Raises UnknownPixelsError."""
    screen, info = there.screen(), there.display.info
    written = next(each for each in info.pixmap_formats if each.depth == screen.root_depth)
    visuals = [visual for depth in screen.allowed_depths for visual in depth.visuals]
    visual = next(each for each in visuals if each.visual_id == screen.root_visual)
    masks = visual.red_mask, visual.green_mask, visual.blue_mask
    has_palette = visual.visual_class not in _WITH_MASKS
    little = info.image_byte_order == X.LSBFirst
    return PixelFormat(written.bits_per_pixel, written.scanline_pad, little, masks), has_palette
