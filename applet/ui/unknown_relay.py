"""The page before a link is followed to a relay that was never used on this computer."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from applet.session.ui_state import Intent, UiState, UseRelay
from applet.ui.texts import UNKNOWN_RELAY
from applet.ui.texts import translate as _
from applet.ui.widgets import button, label, shown_address


class UnknownPage(QWidget):
    """Where the link leads, and whether to go there. The focus is on No."""

    def __init__(self, intent: Callable[[Intent], None]) -> None:
        super().__init__()
        self._intent = intent
        self._relay = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("This link belongs to"), "quiet"))
        self._where = label("", "where")
        column.addWidget(self._where)
        for sentence in UNKNOWN_RELAY:
            column.addWidget(label(_(sentence)))
        row = QHBoxLayout()
        self._no = button(_("No"), lambda: self._answer(False))
        row.addStretch(1)
        row.addWidget(button(_("Use this address"), lambda: self._answer(True)))
        row.addWidget(self._no)
        column.addStretch(1)
        column.addLayout(row)

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show where the link leads."""
        if ui_state.unknown_relay != self._relay:
            self._relay = ui_state.unknown_relay or ""
            self._where.setText(shown_address(self._relay))
            self._no.setFocus()

    def _answer(self, uses: bool) -> None:
        relay, self._relay = self._relay, ""
        self._intent(UseRelay(relay, uses))
