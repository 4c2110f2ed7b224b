"""This computer's clipboard, for the tool and for the program's own fields."""

import logging
import sys

from applet.clipboard.base import Clipboard, ClipboardError, Copied
from applet.session.ui_state import ClipboardChanged, ClipboardNotRead, ClipboardTooLong
from applet.tools.clipboard import CopiedThere, TextPlaced
from applet.ui.qt_clipboard import QtClipboard
from applet.ui.text_field import paste_from
from applet.ui.tools.base import Part, Windows
from codec.wire.access import Access
from codec.wire.tools import ToolName

_log = logging.getLogger(__name__)


class ClipboardPart(Part):
    """See Part."""

    tool = ToolName.CLIPBOARD

    def __init__(self, windows: Windows) -> None:
        super().__init__(windows)
        self._clipboard = _open(windows)
        paste_from(self._clipboard)

    def take(self, news: CopiedThere) -> None:
        """See Part."""
        self._clipboard.set_text(news.text)

    def close(self) -> None:
        """See Part."""
        self._clipboard.close()


def _open(windows: Windows) -> Clipboard:
    copied = Copied(
        text=lambda text: windows.intend(ClipboardChanged(text)),
        too_long=lambda size: windows.intend(ClipboardTooLong(size)),
        not_read=lambda: windows.intend(ClipboardNotRead()),
        placed=lambda text: windows.intend(TextPlaced(text)),
    )

    def may() -> bool:
        return windows.latch.passes(Access.CLIPBOARD)

    if sys.platform == "linux":
        from applet.clipboard.x11_clipboard import X11Clipboard  # noqa: PLC0415  (python-xlib is for X11 only)

        try:
            return X11Clipboard(copied, may)
        except ClipboardError as error:
            _log.info("%s; Qt is asked instead", error)
    return QtClipboard(windows.application.clipboard(), copied, may)
