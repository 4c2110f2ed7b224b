"""The terms of the organisation, before any technician may begin: read, then accept or decline."""

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from applet.session.ui_state import AnswerTerms, Intent, Terms, UiState
from applet.ui.texts import lost_text
from applet.ui.texts import translate as _
from applet.ui.widgets import boxed, button, label, shown_name, shown_text


class TermsPage(QWidget):
    """Shows them as plain text, however long. `intent` hears the answer."""

    def __init__(self, intent: Callable[[Intent], None]) -> None:
        super().__init__()
        self._terms: Terms | None = None
        self._title = label("", "title")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("Terms"))
        bar = self.text.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self._look())
        bar.rangeChanged.connect(lambda _least, _most: self._look())
        self._hint = label(_("Scroll to the end to accept."), "hint")
        self._offline, self._lost = boxed("notice")
        self.decline = button(_("Decline"), lambda: intent(AnswerTerms(False)))
        self.accept = button(_("Accept"), lambda: intent(AnswerTerms(True)), "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(label(_("A technician can help you once you accept."), "quiet"))
        column.addWidget(self.text, 1)
        column.addWidget(self._hint)
        column.addWidget(self._offline)
        row = QHBoxLayout()
        row.addWidget(self.decline)
        row.addStretch(1)
        row.addWidget(self.accept)
        column.addLayout(row)

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show the terms that are to be answered now."""
        self._offline.setVisible(not ui_state.online)
        self._lost.setText(lost_text(ui_state))
        terms = ui_state.terms
        if terms is None or terms == self._terms:
            return
        self._terms = terms
        self._title.setText(_("Terms of %(organisation)s") % {"organisation": shown_name(ui_state.organisation)})
        self.text.setPlainText(shown_text(terms.text))
        self._read(not terms.scroll)
        self.text.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """What fits without scrolling is seen at once."""
        super().showEvent(event)
        self._look()

    def clear(self) -> None:
        """Another session begins: its terms are to be read again."""
        self._terms = None

    def _look(self) -> None:
        bar = self.text.verticalScrollBar()
        if self.isVisible() and bar.value() >= bar.maximum():
            self._read(True)

    def _read(self, is_read: bool) -> None:
        """The terms were seen to their end, or not yet."""
        self.accept.setEnabled(is_read)
        self._hint.setVisible(not is_read)
