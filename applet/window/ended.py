"""The last page: what happened, in plain words."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from applet.situation import Situation
from applet.texts import duration_text, ending_text, receipt_access
from applet.texts import translate as _
from applet.window.parts import button, label, rule, shown_address, shown_name


class EndedPage(QWidget):
    """Who was there, how long, and what was allowed."""

    def __init__(self, another: Callable[[], None], close: Callable[[], None]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("The session has ended"), "title"))
        self._why = label("", "quiet")
        column.addWidget(self._why)
        column.addWidget(label(_("No one can see your screen any more."), "quiet"))
        facts = QFormLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(9)
        self._who, self._when, self._allowed, self._check = (label() for _each in range(4))
        facts.addRow(label(_("Who"), "hint"), self._who)
        facts.addRow(label(_("When"), "hint"), self._when)
        facts.addRow(label(_("You allowed"), "hint"), self._allowed)
        facts.addRow(label(_("Checked by"), "hint"), self._check)
        column.addWidget(rule())
        column.addLayout(facts)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(button(_("Enter another PIN"), another))
        row.addStretch(1)
        self._close = button(_("Close"), close, "primary")
        row.addWidget(self._close)
        column.addLayout(row)

    def show_situation(self, situation: Situation) -> None:
        """Show what happened."""
        self._why.setText(ending_text(replace(situation, technician=shown_name(situation.technician))))
        names = f"{shown_name(situation.technician)}, {shown_name(situation.organisation)}"
        who = f"{names}\n{shown_address(situation.relay)}"
        self._who.setText(who if situation.technician else "–")
        self._when.setText(f"{_period(situation)}\n{duration_text(situation)}".strip())
        self._allowed.setText(receipt_access(situation.allowed_once))
        by_secret, by_words = _("A secret in the PIN or link"), "-".join(situation.words)
        self._close.setFocus()
        self._check.setText(by_secret if situation.vouched else by_words or "–")


def _period(situation: Situation) -> str:
    """Return the day, and from when to when."""
    if situation.began_at is None or situation.ended_at is None:
        return ""
    began, ended = (QDateTime.fromSecsSinceEpoch(int(at)) for at in (situation.began_at, situation.ended_at))
    day = QLocale().toString(began.date(), QLocale.FormatType.LongFormat)
    first, last = (QLocale().toString(at.time(), QLocale.FormatType.ShortFormat) for at in (began, ended))
    return f"{day}, {first} – {last}"
