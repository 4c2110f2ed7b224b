"""This computer's clipboard, shared while it is granted. Text only; what came from there is not sent back."""

from collections.abc import Callable

from PySide6.QtGui import QClipboard

from applet.situation import ClipboardChanged, Situation, Wish
from codec.messages import Access


class SharedClipboard:
    """Watches the clipboard. What was copied before it was granted stays here."""

    def __init__(self, clipboard: QClipboard, wish: Callable[[Wish], None]) -> None:
        self._clipboard = clipboard
        self._wish = wish
        self._granted = False
        self._theirs: str | None = None
        clipboard.dataChanged.connect(self._changed)

    def show_situation(self, situation: Situation) -> None:
        """Take over what is granted now."""
        self._granted = Access.CLIPBOARD in situation.granted

    def set_text(self, text: str) -> None:
        """Put the technician's text here."""
        self._theirs = text
        self._clipboard.setText(text)

    def _changed(self) -> None:
        if not self._granted:
            return
        text = self._clipboard.text()
        if text and text != self._theirs:
            self._theirs = None
            self._wish(ClipboardChanged(text))
