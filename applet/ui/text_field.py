"""A line to type in. What is pasted is never waited for: the program that holds it may be slow, or silent."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from applet.clipboard.base import Clipboard

_clipboard: list[Clipboard] = []


def paste_from(clipboard: Clipboard) -> None:
    """Let all fields paste from this clipboard."""
    _clipboard[:] = [clipboard]


class Field(QLineEdit):
    """QLineEdit asks for the clipboard in the window's thread: at a paste, and already to draw its menu."""

    _pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pasted.connect(self.insert)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Paste by key."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Paste by the middle button, where that is the habit."""
        if event.button() != Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)
        elif QApplication.clipboard().supportsSelection():
            self._paste(selected=True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        """Show a menu that does not look into the clipboard before it is told to."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries: tuple[tuple[str, Callable[[], object], bool], ...] = (
            ("Cu&t", self.cut, self.hasSelectedText()),
            ("&Copy", self.copy, self.hasSelectedText()),
            ("&Paste", self._paste, self.isEnabled()),
            ("Select All", self.selectAll, bool(self.text())),
        )
        for name, act, may in entries:
            action = menu.addAction(QCoreApplication.translate("QWidgetTextControl", name))
            action.triggered.connect(lambda _checked=False, act=act: act())
            action.setEnabled(may)
        menu.popup(event.globalPos())

    def _paste(self, *, selected: bool = False) -> None:
        for clipboard in _clipboard:
            clipboard.read(self._pasted.emit, selected=selected)
