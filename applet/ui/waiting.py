"""The page between entering a code and meeting the technician."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from applet.session.ui_state import Intent, Leave, UiState
from applet.ui.texts import lost_text, waiting_text
from applet.ui.texts import translate as _
from applet.ui.widgets import boxed, button, label, shown_name


class WaitingPage(QWidget):
    """Who has been told, and that it goes on by itself."""

    def __init__(self, intent: Callable[[Intent], None]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        self._title = label("", "title")
        column.addWidget(self._title)
        self._wait = label("", "quiet")
        column.addWidget(self._wait)
        self._sentence = label(_("You can keep working. This window alerts you when it is your turn."), "quiet")
        column.addWidget(self._sentence)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(_("Waiting"))
        column.addWidget(bar)
        self._offline, self._lost = boxed("notice")
        column.addWidget(self._offline)
        column.addStretch(1)
        column.addWidget(label(_("No one sees your screen until you allow it, and you can stop at any time."), "hint"))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button(_("Leave"), lambda: intent(Leave())))
        column.addLayout(row)

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show what is going on."""
        names = {
            "technician": shown_name(ui_state.technician),
            "organisation": shown_name(ui_state.organisation),
        }
        self._title.setText(_("%(technician)s (%(organisation)s) knows that you are here") % names)
        self._wait.setText(waiting_text(ui_state))
        self._wait.setVisible(bool(waiting_text(ui_state)))
        self._offline.setVisible(not ui_state.online)
        self._lost.setText(lost_text(ui_state))
