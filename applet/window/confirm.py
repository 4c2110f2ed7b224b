"""A question whether to go through with what the person has just begun."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from applet.window.parts import button, label

WIDTH = 380


class Confirm(QDialog):
    """Asks in front of one window. The bar with its red button stays alive beside it, and nothing waits for the answer.

    Closing it is no.
    """

    def __init__(self, window: QWidget, title: str, text: str, detail: str, yes: str, no: str) -> None:
        super().__init__(window)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(label(text, "strong"))
        column.addWidget(label(detail, "quiet"))
        row = QHBoxLayout()
        row.addStretch(1)
        self._no = button(no, self.reject)
        row.addWidget(button(yes, self.accept))
        row.addWidget(self._no)
        column.addLayout(row)

    def ask(self, confirmed: Callable[[], None]) -> None:
        """Show it; call `confirmed` if the person says yes."""
        self.accepted.connect(confirmed)
        self._no.setDefault(True)
        self.open()
        self._no.setFocus()
