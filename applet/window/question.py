"""The one window that gives something away: no default, focus on No, and a moment in which no key counts."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from applet.consent import Question
from applet.situation import Decide, Situation, Wish
from applet.texts import translate as _
from applet.window.parts import Choice, Head, label, rule, shown_address, shown_name, tick
from applet.window.style import is_dark, set_role, tokens
from codec.messages import Access

DEAF_MILLISECONDS = 1_000
"""A key or click that was meant for another window, or for the question that was here before, must not answer this one.

Browsers wait half a second to a second before a prompt can be answered; here a caller chooses the moment, so it is all
of that.
"""
WIDTH = 448
_ALONE = (Access.CLIPBOARD, Access.RECORD)
"""What is never asked together with the clipboard."""
_FROM_THE_PERSON = (
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.TouchBegin,
)


class QuestionWindow(QDialog):
    """Asks one question. It makes one Decide, whatever way it is closed."""

    def __init__(self, situation: Situation, question: Question, wish: Callable[[Wish], None]) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.serial = question.serial
        self._question = question
        self._wish = wish
        self._who = {"technician": shown_name(situation.technician), "organisation": shown_name(situation.organisation)}
        self._clipboard: QCheckBox | None = None
        self.setWindowTitle(shown_address(situation.relay) or shown_name(situation.organisation))
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = Head()
        head.show_relay(situation.relay, situation.organisation)
        column.addWidget(head)
        body = QVBoxLayout()
        body.setContentsMargins(16, 4, 16, 16)
        body.setSpacing(10)
        column.addLayout(body)
        body.addWidget(label(self._title() % self._who, "title"))
        if not situation.vouched and Access.VIEW in question.offers:
            body.addWidget(self._words(situation))
        if self._question.records and self._question.access is not Access.RECORD:
            body.addWidget(label(self._kept() % self._who, "quiet"))
        self._answers: list[QWidget] = [*self._choices()]
        for choice in self._answers:
            body.addWidget(choice)
        if self._offers_clipboard():
            self._clipboard = tick(_("Shared clipboard"))
            self._answers.append(self._clipboard)
            body.addLayout(_also(self._clipboard))
        body.addWidget(rule())
        with_key = _("You can stop at any time: press Pause on your keyboard, or Stop on the bar.")
        with_bar = _("You can stop at any time: press Stop on the bar.")
        body.addWidget(label(with_key if situation.stop_key else with_bar, "hint"))
        self._is_deaf = True
        self._hears = QTimer(self)
        self._hears.setSingleShot(True)
        self._hears.setTimerType(Qt.TimerType.PreciseTimer)
        self._hears.timeout.connect(self._hear)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin to be deaf when it is really on the screen."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.heightForWidth(WIDTH))
        self._is_deaf = True
        for part in self._answers:
            part.setEnabled(False)
        self._hears.start(DEAF_MILLISECONDS)

    def _hear(self) -> None:
        """The person has had time to see that this question is new."""
        self._is_deaf = False
        for part in self._answers:
            part.setEnabled(True)
        self._no.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Swallow what came too early to be an answer."""
        early = self._is_deaf and event.type() in _FROM_THE_PERSON
        return early and isinstance(watched, QWidget) and watched.window() is self

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape is no; Enter is nothing, unless a button has the focus and takes it itself."""
        if event.key() == Qt.Key.Key_Escape:
            self._decide(frozenset())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Closing is no."""
        self._decide(frozenset())
        super().closeEvent(event)

    def put_away(self) -> None:
        """The question is no longer open."""
        self._wish = lambda _wish: None
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self.close()
        self.deleteLater()

    def _title(self) -> str:
        sees = Access.VIEW in self._question.offers
        match self._question.access:
            case Access.VIEW if self._question.records:
                return _("%(technician)s (%(organisation)s) asks to see and record your screen")
            case Access.CONTROL if self._question.records:
                return _("%(technician)s (%(organisation)s) asks to control your computer and record your screen")
            case Access.VIEW:
                return _("%(technician)s (%(organisation)s) asks to see your screen")
            case Access.CONTROL:
                return _("%(technician)s (%(organisation)s) asks to control your computer")
            case Access.RECORD:
                return _("%(technician)s (%(organisation)s) asks to record what is seen of your screen")
            case _ if sees:
                return _("%(technician)s (%(organisation)s) asks to see your screen and share the clipboard")
        return _("%(technician)s (%(organisation)s) asks to share the clipboard")

    def _words(self, situation: Situation) -> QFrame:
        frame = QFrame()
        set_role(frame, "words")
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(4)
        column.addWidget(label(_("Ask %(technician)s to read these words to you") % self._who, "small"))
        words = label("-".join(situation.words), "said")
        words.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        column.addWidget(words)
        if situation.words_changed:
            column.addWidget(label(_("These words are new. Compare them again."), "small"))
        column.addWidget(label(_("Not the same? Choose No and hang up."), "small"))
        return frame

    def _choices(self) -> list[Choice]:
        asked, offers, records = self._question.access, self._question.offers, self._question.records
        choices = []
        if Access.VIEW in offers and asked is not Access.CLIPBOARD:
            title = _("Allow viewing and recording") if records else _("Allow viewing")
            title = _("View only") if asked is Access.CONTROL else title
            sees = _("%(technician)s sees your screen, but cannot click or type.")
            meaning = _("%(technician)s sees and records your screen, but cannot click or type.") if records else sees
            choices.append(self._choice("eye", title, meaning, offers & {Access.VIEW, Access.RECORD}))
        if asked is Access.CONTROL:
            title = _("Allow control and recording") if records else _("Allow control")
            meaning = _("%(technician)s can use the mouse and keyboard together with you.")
            choices.append(self._choice("cursor", title, meaning, offers - {Access.CLIPBOARD}))
        if asked is Access.CLIPBOARD:
            meaning = _("What you copy from now on, %(technician)s can paste, and the other way round.")
            choices.append(self._choice("clipboard", _("Allow"), meaning, offers))
        if asked is Access.RECORD:
            return self._recording_choices()
        goes_on = _("You can go on chatting.") if Access.VIEW in offers else _("Everything stays as it is now.")
        nothing = _("%(technician)s sees nothing.") + " " if Access.VIEW in offers else ""
        self._no = self._choice("x", _("No"), nothing + goes_on, frozenset())
        return [*choices, self._no]

    def _kept(self) -> str:
        return _("%(organisation)s keeps a film of what %(technician)s sees, with the chat.")

    def _recording_choices(self) -> list[Choice]:
        meaning = self._kept()
        allow = self._choice("record", _("Allow recording"), meaning, frozenset({Access.RECORD}))
        goes_on = _("Nothing is recorded. The session goes on.")
        self._no = self._choice("x", _("No"), goes_on, frozenset())
        return [allow, self._no]

    def _choice(self, icon: str, title: str, meaning: str, allowed: frozenset[Access]) -> Choice:
        colour = tokens(is_dark())["text_2"]
        return Choice(icon, title, meaning % self._who, colour, lambda: self._decide(allowed))

    def _offers_clipboard(self) -> bool:
        return Access.CLIPBOARD in self._question.offers and self._question.access not in _ALONE

    def _decide(self, allowed: frozenset[Access]) -> None:
        if allowed and self._clipboard is not None and self._clipboard.isChecked():
            allowed |= {Access.CLIPBOARD}
        self._wish(Decide(self.serial, allowed))
        self._wish = lambda _wish: None


def _also(clipboard: QCheckBox) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(label(_("Also allow"), "quiet"))
    row.addWidget(clipboard)
    row.addStretch(1)
    return row
