"""A question whether to go through with what the person has just begun."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from applet.ui.widgets import button, label

WIDTH = 380


class Confirm(QDialog):
    """Asks in front of one window. The bar with its red button stays alive beside it, and nothing waits for the answer.

    Closing it is no. It is hidden afterwards and used again.
    """

    def __init__(self, window: QWidget, title: str, detail: str, yes: str, no: str) -> None:
        super().__init__(window)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(title)
        self.setFixedWidth(WIDTH)
        self._confirmed: Callable[[], None] = lambda: None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        self._text = label("", "strong")
        column.addWidget(self._text)
        column.addWidget(label(detail, "quiet"))
        row = QHBoxLayout()
        row.addStretch(1)
        self._no = button(no, self.reject)
        row.addWidget(button(yes, self.accept))
        row.addWidget(self._no)
        column.addLayout(row)
        self.accepted.connect(self._said_yes)

    def ask(self, text: str, confirmed: Callable[[], None]) -> None:
        """Show it; call `confirmed` if the person says yes."""
        self._text.setText(text)
        self._confirmed = confirmed
        self._no.setDefault(True)
        self.open()
        self._no.setFocus()

    def _said_yes(self) -> None:
        self._confirmed()
