"""The last page: what happened, in plain words, to keep if one likes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QDateTime, QDir, QIODevice, QLocale, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from applet.install.link_handler import LinkHandler
from applet.session.hosts import shown_host
from applet.session.ui_state import UiState
from applet.ui.link_offer import LinkOffer
from applet.ui.texts import GO_ON, duration_text, ending_text, ending_title, receipt_access
from applet.ui.texts import translate as _
from applet.ui.widgets import button, label, rule, shown_address, shown_name
from codec.wire.access import Access

SAID_SAFE = ("bye_technician", "closed_by_technician", *GO_ON)
"""Endings whose sentence already says that no one can see the screen, or after which that is not known."""
SEEN = frozenset({Access.VIEW, Access.CONTROL})
"""Only who has been able to see the screen can no longer do so."""


class EndedPage(QWidget):
    """Who was there, how long, and what was allowed."""

    def __init__(
        self, another: Callable[[], None], close: Callable[[], None], handler: LinkHandler | None = None
    ) -> None:
        super().__init__()
        self._ui_state = UiState()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        self._title = label(_("The session has ended"), "title")
        column.addWidget(self._title)
        self._why = label("", "quiet")
        column.addWidget(self._why)
        self._safe = label(_("No one can see your screen any more."), "quiet")
        column.addWidget(self._safe)
        facts = QFormLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(9)
        facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._check_name = label("", "quiet")
        self._who, self._when, self._allowed, self._check = (label() for _each in range(4))
        self._facts: list[tuple[QLabel, QLabel]] = [
            (label(_("Who"), "quiet"), self._who),
            (label(_("When"), "quiet"), self._when),
            (label(_("You allowed"), "quiet"), self._allowed),
            (self._check_name, self._check),
        ]
        for name, value in self._facts:
            for part in (name, value):  # so that both begin at the same line
                part.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
            facts.addRow(name, value)
        column.addWidget(rule())
        column.addLayout(facts)
        column.addStretch(1)
        self._saved = label("", "hint")
        column.addWidget(self._saved)
        self._survey = button(_("How did it go? Answer in the browser"), self._open_survey)
        column.addWidget(self._survey)
        self._offer = LinkOffer(handler)
        column.addWidget(self._offer)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button(_("Enter another PIN"), another))
        row.addStretch(1)
        row.addWidget(button(_("Save…"), self._choose_file))
        self._close = button(_("Close"), close, "primary")
        row.addWidget(self._close)
        column.addLayout(row)
        self._dialog: QFileDialog | None = None

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show what happened."""
        self._ui_state = ui_state
        self._title.setText(ending_title(ui_state))
        self._why.setText(ending_text(replace(ui_state, technician=shown_name(ui_state.technician))))
        self._safe.setVisible(bool(ui_state.allowed_once & SEEN) and ui_state.ending not in SAID_SAFE)
        names = f"{shown_name(ui_state.technician)}, {shown_name(ui_state.organisation)}"
        who = f"{names}\n{shown_address(ui_state.relay)}"
        self._who.setText(who if ui_state.technician else "–")
        self._when.setText(f"{_period(ui_state)}\n{duration_text(ui_state)}".strip())
        self._allowed.setText(receipt_access(ui_state.allowed_once))
        # Words prove something only if they were compared, and this program cannot know that.
        self._check_name.setText(_("Checked by") if ui_state.vouched else _("Words"))
        self._check.setText(_("A secret in the PIN or link") if ui_state.vouched else "-".join(ui_state.words) or "–")
        self._saved.setText("")
        self._survey.setVisible(bool(ui_state.survey))
        self._offer.look()
        self._close.setFocus()

    def save(self, file: str) -> None:
        """Write the receipt into this file, as a PDF that can be printed."""
        try:
            Path(file).write_bytes(self._as_pdf())
        except OSError as error:
            self._saved.setText(_("The receipt could not be saved: %s") % (error.strerror or error))
            return
        self._saved.setText(_("Saved: %s") % QDir.toNativeSeparators(file))

    def _open_survey(self) -> None:
        """Show the questions in the browser. Who does not choose it is not asked."""
        QDesktopServices.openUrl(QUrl(self._ui_state.survey))

    def _choose_file(self) -> None:
        if self._dialog is None:
            self._dialog = QFileDialog(self, _("Save the receipt"))
            self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self._dialog.setNameFilters(["PDF (*.pdf)"])
            self._dialog.setDefaultSuffix("pdf")
            self._dialog.fileSelected.connect(self.save)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        day = QDateTime.fromSecsSinceEpoch(int(self._ui_state.ended_at or 0)).toString("yyyy-MM-dd")
        self._dialog.setDirectory(documents)
        self._dialog.selectFile(f"{_('Receipt')} {day} {shown_host(self._ui_state.relay or '')}.pdf".replace(":", "-"))
        self._dialog.open()

    def _as_pdf(self) -> bytes:
        lines = [self._title.text(), self._why.text(), ""]
        for name, value in self._facts:
            lines += [name.text(), value.text(), ""]
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        document = QTextDocument()
        document.setPlainText("\n".join(lines))
        document.print_(QPdfWriter(buffer))
        buffer.close()
        return bytes(content.data())


def _period(ui_state: UiState) -> str:
    """Return the day, and from when to when."""
    if ui_state.began_at is None or ui_state.ended_at is None:
        return ""
    began, ended = (QDateTime.fromSecsSinceEpoch(int(at)) for at in (ui_state.began_at, ui_state.ended_at))
    day = QLocale().toString(began.date(), QLocale.FormatType.LongFormat)
    first, last = (QLocale().toString(at.time(), QLocale.FormatType.ShortFormat) for at in (began, ended))
    return f"{day}, {first} – {last}"
