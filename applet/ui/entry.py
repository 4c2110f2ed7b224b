"""The first page: a PIN or a link."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from applet.install.link_handler import LinkHandler
from applet.session.codes import MAX_CODE, grouped_while_typed, place_after
from applet.session.ui_state import EnterCode, Intent, Stage, UiState
from applet.ui.link_offer import LinkOffer
from applet.ui.style import look_again, set_role
from applet.ui.text_field import Field
from applet.ui.texts import problem_text
from applet.ui.texts import translate as _
from applet.ui.widgets import boxed, button, label

LONG = 18
"""From so many characters on it is a link, and shown in small type."""


class EntryPage(QWidget):
    """Where the customer types a PIN or pastes a link."""

    def __init__(self, intent: Callable[[Intent], None], handler: LinkHandler | None = None) -> None:
        super().__init__()
        self._intent = intent
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("Enter the PIN from your technician"), "title"))
        column.addWidget(
            label(_("With its extra digits, if you were given some. Or paste the link you were sent."), "quiet")
        )
        self._code = Field()
        self._code.setMaxLength(MAX_CODE)
        self._code.setAccessibleName(_("PIN or link"))
        self._code.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        set_role(self._code, "code")
        self._code.textChanged.connect(self._typed)
        self._code.textChanged.connect(self._group)
        self._code.returnPressed.connect(self._enter)
        column.addWidget(self._code)
        self._problem, self._why = boxed("problem")
        column.addWidget(self._problem)
        row = QHBoxLayout()
        self._state = label("", "quiet")
        self._continue = button(_("Continue"), self._enter, "primary")
        self._continue.setEnabled(False)
        row.addWidget(self._state, 1)
        row.addWidget(self._continue)
        column.addLayout(row)
        column.addStretch(1)
        self._offer = LinkOffer(handler)
        column.addWidget(self._offer)
        column.addWidget(label(_("No one sees your screen until you allow it, and you can stop at any time."), "hint"))

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show what is going on."""
        self._offer.look()
        entering = ui_state.stage is Stage.ENTERING
        self._code.setEnabled(not entering)
        self._continue.setEnabled(not entering and bool(self._code.text().strip()))
        self._state.setText(_("Looking for your technician…") if entering else "")
        self._problem.setVisible(ui_state.problem is not None)
        if ui_state.problem is not None:
            self._why.setText(problem_text(ui_state))
            self._code.selectAll()
        if not entering:
            self._code.setFocus()

    def clear(self) -> None:
        """Make room for another code."""
        self._code.clear()

    def _typed(self, text: str) -> None:
        self._continue.setEnabled(bool(text.strip()))
        self._code.setProperty("long", len(text) >= LONG)
        look_again(self._code)

    def _group(self, text: str) -> None:
        """Show a PIN in groups while it is typed. The cursor stays behind the same digit."""
        shown = grouped_while_typed(text)
        if shown != text:
            before = sum(each.isdigit() for each in text[: self._code.cursorPosition()])
            self._code.setText(shown)
            self._code.setCursorPosition(place_after(shown, before))

    def _enter(self) -> None:
        if self._continue.isEnabled():
            self._intent(EnterCode(self._code.text()))
