"""This computer's clipboard, shared while it is granted. Text only; what came from there is not sent back."""

from collections.abc import Callable

from PySide6.QtGui import QClipboard

from applet.situation import ClipboardChanged, Wish


class SharedClipboard:
    """Watches the clipboard. What was copied before it was granted stays here."""

    def __init__(self, clipboard: QClipboard, wish: Callable[[Wish], None], may: Callable[[], bool]) -> None:
        """`may` says whether it is shared at this very moment."""
        self._clipboard = clipboard
        self._wish = wish
        self._may = may
        self._theirs: str | None = None
        clipboard.dataChanged.connect(self._changed)

    def set_text(self, text: str) -> None:
        """Put the technician's text here, unless that was taken back since it came."""
        if not self._may():
            return
        self._theirs = text
        self._clipboard.setText(text)

    def _changed(self) -> None:
        if not self._may():
            return
        text = self._clipboard.text()
        if text and text != self._theirs:
            self._theirs = None
            self._wish(ClipboardChanged(text))
