"""The page for the extra digits of a PIN, where the customer entered the PIN without them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from applet.session.ui_state import EnterDigits, Intent, Leave, UiState
from applet.ui.style import set_role
from applet.ui.text_field import Field
from applet.ui.texts import problem_text
from applet.ui.texts import translate as _
from applet.ui.widgets import boxed, button, label, shown_name
from codec.wire.pins import MAX_SECRET_DIGITS


class DigitsPage(QWidget):
    """Asks for the digits that belong in this window only."""

    def __init__(self, intent: Callable[[Intent], None]) -> None:
        super().__init__()
        self._intent = intent
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        self._continue = button(_("Continue"), self._enter, "primary")
        self._continue.setEnabled(False)
        column.addWidget(label(_("Enter the extra digits"), "title"))
        self._sentence = label("", "quiet")
        column.addWidget(self._sentence)
        self._digits = Field()
        self._digits.setMaxLength(2 * MAX_SECRET_DIGITS)
        self._digits.setAccessibleName(_("Extra digits"))
        self._digits.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        set_role(self._digits, "code")
        self._digits.textChanged.connect(lambda text: self._continue.setEnabled(bool(text.strip())))
        self._digits.returnPressed.connect(self._enter)
        column.addWidget(self._digits)
        self._problem, self._why = boxed("problem")
        column.addWidget(self._problem)
        row = QHBoxLayout()
        row.addWidget(button(_("Leave"), lambda: intent(Leave())))
        row.addStretch(1)
        row.addWidget(self._continue)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(label(_("Only you and your technician know them. They are not sent to the server."), "hint"))

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show who has them."""
        name = {"technician": shown_name(ui_state.technician)}
        self._sentence.setText(_("%(technician)s has given you more digits, after the PIN. Type them here.") % name)
        self._problem.setVisible(ui_state.problem is not None)
        if ui_state.problem is not None:
            self._why.setText(problem_text(ui_state))
            self._digits.selectAll()
        if not self._digits.hasFocus():
            self._digits.setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        self._digits.clear()

    def _enter(self) -> None:
        if self._continue.isEnabled():
            self._intent(EnterDigits(self._digits.text()))
            self._digits.clear()
