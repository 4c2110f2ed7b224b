"""The one window that gives something away: no default, focus on No, and a moment in which no key counts."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from applet.session.consent import DEAF_MILLISECONDS, Question
from applet.session.ui_state import Decide, Intent, UiState
from applet.tools import consents
from applet.ui.style import set_role
from applet.ui.texts import stop_text
from applet.ui.texts import translate as _
from applet.ui.widgets import Choice, PageHeading, label, rule, shown_address, shown_name, tick
from codec.wire.access import Access

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
    """Asks one question at a time. Each gets at most one Decide, whatever way the window is closed.

    There is one such window for as long as the program runs. It is hidden between two questions, never destroyed: a
    yes starts the threads that read the screen, and at that moment Qt should take nothing apart.
    """

    def __init__(self, intent: Callable[[Intent], None]) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.serial = 0
        self._intent = intent
        self._open = False
        self._who: dict[str, str] = {}
        self._allowed: list[frozenset[Access]] = []
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = PageHeading()
        column.addWidget(self._head)
        body = QVBoxLayout()
        body.setContentsMargins(16, 4, 16, 16)
        body.setSpacing(10)
        column.addLayout(body)
        self._title, self._reason, self._stop = label("", "title"), label("", "quiet"), label("", "hint")
        self._words = _Words()
        for part in (self._title, self._words, self._reason):
            body.addWidget(part)
        self._yes = [Choice(partial(self._choose, at)) for at in range(2)]
        self._no = Choice(lambda: self._decide(frozenset()))
        for choice in (*self._yes, self._no):
            body.addWidget(choice)
        self._also, self.clipboard = QWidget(), tick(_("Shared clipboard"))
        row = QHBoxLayout(self._also)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(label(_("Also allow"), "quiet"))
        row.addWidget(self.clipboard)
        row.addStretch(1)
        body.addWidget(self._also)
        body.addWidget(rule())
        body.addWidget(self._stop)
        self._is_deaf = True
        self._hears = QTimer(self)
        self._hears.setSingleShot(True)
        self._hears.setTimerType(Qt.TimerType.PreciseTimer)
        self._hears.timeout.connect(self._hear)

    @property
    def choices(self) -> list[Choice]:
        """The answers that are offered; the last one is no."""
        return [each for each in (*self._yes, self._no) if not each.isHidden()]

    def ask(self, ui_state: UiState, question: Question) -> None:
        """Show this question, deaf at first."""
        if not self._open:
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one
        self._open, self.serial = True, question.serial
        self._who = {"technician": shown_name(ui_state.technician), "organisation": shown_name(ui_state.organisation)}
        self.setWindowTitle(shown_address(ui_state.relay) or shown_name(ui_state.organisation))
        self._head.show_relay(ui_state.relay, ui_state.organisation)
        self._title.setText(_title(question) % self._who)
        is_first = Access.VIEW in question.offers or Access.VIEW not in ui_state.granted
        self._words.setVisible(not ui_state.vouched and is_first and bool(ui_state.words))
        self._words.say(ui_state, self._who)
        self._reason.setText(_reason(question) % self._who)
        self._reason.setVisible(bool(self._reason.text()))
        self._offer(question)
        self.clipboard.setChecked(False)
        self._also.setVisible(Access.CLIPBOARD in question.offers and question.access not in _ALONE)
        self._stop.setText(stop_text(ui_state.stop_key))
        self._be_deaf()
        self._fit()
        self.show()
        self.raise_()
        self.activateWindow()

    def put_away(self) -> None:
        """The question is no longer open."""
        if self._open:
            self._open = False
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # the same
        self._hears.stop()
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin to be deaf when it is really on the screen."""
        super().showEvent(event)
        self._fit()
        self._be_deaf()

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

    def _be_deaf(self) -> None:
        self._is_deaf = True
        for part in (*self._yes, self._no, self.clipboard):
            part.setEnabled(False)
        self._hears.start(DEAF_MILLISECONDS)

    def _hear(self) -> None:
        """The person has had time to see that this question is new."""
        self._is_deaf = False
        for part in (*self._yes, self._no, self.clipboard):
            part.setEnabled(True)
        self._no.setFocus()

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.heightForWidth(WIDTH))

    def _offer(self, question: Question) -> None:
        offered = _answers(question)
        self._allowed = [allowed for *_texts, allowed in offered]
        for choice in self._yes:
            choice.setVisible(False)
        for choice, (icon, title, meaning, _allowed) in zip(self._yes, offered, strict=False):
            choice.say(icon, title, meaning % self._who)
            choice.setVisible(True)
        self._no.say("x", _("No"), _no(question) % self._who)

    def _choose(self, at: int) -> None:
        self._decide(self._allowed[at])

    def _decide(self, allowed: frozenset[Access]) -> None:
        if not self._open:
            return
        if allowed and not self._also.isHidden() and self.clipboard.isChecked():
            allowed |= {Access.CLIPBOARD}
        self.put_away()
        self._intent(Decide(self.serial, allowed))


class _Words(QFrame):
    """The three words to compare, and what to do when they differ."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "words")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(4)
        self._ask, self._said = label("", "small"), label("", "said")
        self._said.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._new = label(_("These words are new. Compare them again."), "small")
        for part in (self._ask, self._said, self._new, label(_("Not the same? Choose No and hang up."), "small")):
            column.addWidget(part)

    def say(self, ui_state: UiState, who: dict[str, str]) -> None:
        """Show the words of this session."""
        self._ask.setText(_("Ask %(technician)s to read these words to you") % who)
        self._said.setText("-".join(ui_state.words))
        self._new.setVisible(ui_state.words_changed)


def _title(question: Question) -> str:
    sees = Access.VIEW in question.offers
    match question.access:
        case Access.VIEW if question.records:
            return _("%(technician)s (%(organisation)s) wants to see and record your screen")
        case Access.CONTROL if question.records:
            return _("%(technician)s (%(organisation)s) wants to control your computer and record your screen")
        case Access.VIEW:
            return _("%(technician)s (%(organisation)s) wants to see your screen")
        case Access.CONTROL:
            return _("%(technician)s (%(organisation)s) wants to control your computer")
        case Access.RECORD:
            return _("%(technician)s (%(organisation)s) wants to record this session")
        case _ if sees:
            return _("%(technician)s (%(organisation)s) wants to see your screen and share the clipboard")
    return _("%(technician)s (%(organisation)s) wants to share the clipboard")


def _reason(question: Question) -> str:
    """Return why it is recorded; the question for the recording alone says so beside its yes."""
    if question.is_one_answer:
        return _("%(organisation)s records its sessions. It stores a video of your screen and the chat.")
    return _kept() if question.records and question.access is not Access.RECORD else ""


def _kept() -> str:
    return _("%(organisation)s stores a video of your screen and the chat.")


def _answers(question: Question) -> list[tuple[str, str, str, frozenset[Access]]]:
    """Return each yes: its icon, what it says, what that means, and what it allows."""
    asked, offers, records = question.access, question.offers, question.records
    if asked is Access.RECORD:
        return [("record", _("Allow recording"), _kept(), frozenset({Access.RECORD}))]
    if asked is Access.CLIPBOARD:
        meaning = _("You and %(technician)s can copy and paste between your computers.")
        return [("clipboard", _("Allow"), meaning, offers)]
    answers = []
    if Access.VIEW in offers:
        titles = (_("View only"), _("View only (recorded)")) if asked is Access.CONTROL else _allow_viewing()
        sees = " ".join(
            (_("%(technician)s can see your screen, but cannot click or type."), *map(_, consents(Access.VIEW)))
        )
        answers.append(("eye", titles[records], sees, offers & {Access.VIEW, Access.RECORD}))
    if asked is Access.CONTROL:
        title = _("Allow control (recorded)") if records else _("Allow control")
        meaning = _("%(technician)s can use the mouse and keyboard together with you.")
        answers.append(("cursor", title, meaning, offers - {Access.CLIPBOARD}))
    return answers


def _allow_viewing() -> tuple[str, str]:
    return _("Allow viewing"), _("Allow viewing (recorded)")


def _no(question: Question) -> str:
    """Return what no means."""
    if question.access is Access.RECORD:
        return _("Nothing is recorded. The session continues.")
    if Access.VIEW not in question.offers:
        return _("Nothing changes.")
    return " ".join((_("%(technician)s cannot see your screen."), _("You can keep chatting.")))
