"""The page for the extra digits of a PIN, where the customer entered the PIN without them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from applet.codes import MAX_SECRET_DIGITS
from applet.situation import EnterDigits, Leave, Situation, Wish
from applet.texts import problem_text
from applet.texts import translate as _
from applet.window.field import Field
from applet.window.parts import boxed, button, label, shown_name
from applet.window.style import set_role


class DigitsPage(QWidget):
    """Asks for the digits that belong in this window only."""

    def __init__(self, wish: Callable[[Wish], None]) -> None:
        super().__init__()
        self._wish = wish
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
        row.addWidget(button(_("Leave"), lambda: wish(Leave())))
        row.addStretch(1)
        row.addWidget(self._continue)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(label(_("Only you and your technician know them. They are not sent to the server."), "hint"))

    def show_situation(self, situation: Situation) -> None:
        """Show who has them."""
        name = {"technician": shown_name(situation.technician)}
        self._sentence.setText(_("%(technician)s has given you more digits, after the PIN. Type them here.") % name)
        self._problem.setVisible(situation.problem is not None)
        if situation.problem is not None:
            self._why.setText(problem_text(situation))
            self._digits.selectAll()
        if not self._digits.hasFocus():
            self._digits.setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        self._digits.clear()

    def _enter(self) -> None:
        if self._continue.isEnabled():
            self._wish(EnterDigits(self._digits.text()))
            self._digits.clear()
