"""This computer's clipboard through Qt, where there is no better way (see applet/clipboard)."""

from collections.abc import Callable

from PySide6.QtGui import QClipboard

from applet.clipboard.base import Copied


class QtClipboard:
    """See Clipboard. It is asked in the window's thread."""

    def __init__(self, clipboard: QClipboard, copied: Copied, may: Callable[[], bool]) -> None:
        """`may` says whether it is shared at this very moment."""
        self._clipboard = clipboard
        self._copied = copied
        self._may = may
        self._theirs: str | None = None
        clipboard.dataChanged.connect(self._changed)

    def set_text(self, text: str) -> None:
        """See Clipboard. Call it in the window's thread."""
        if not self._may():
            return
        self._theirs = text
        self._clipboard.setText(text)
        self._copied.placed(text)

    def read(self, give: Callable[[str], None], *, selected: bool = False) -> None:
        """See Clipboard. Call it in the window's thread."""
        mode = QClipboard.Mode.Selection if selected else QClipboard.Mode.Clipboard
        text = self._clipboard.text(mode)
        if text:
            give(text)

    def close(self) -> None:
        """See Clipboard."""
        self._clipboard.dataChanged.disconnect(self._changed)

    def _changed(self) -> None:
        if not self._may():
            return
        text = self._clipboard.text()
        if text and text != self._theirs:
            self._theirs = None
            self._copied.text(text)
