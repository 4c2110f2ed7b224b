"""The main window: one page for each stage, and the windows that come and go beside it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from applet.situation import Leave, Situation, Stage, Wish
from applet.texts import translate as _
from applet.window.bar import Bar
from applet.window.chat import ChatPage
from applet.window.confirm import Confirm
from applet.window.digits import DigitsPage
from applet.window.ended import EndedPage
from applet.window.entry import EntryPage
from applet.window.parts import Head, shown_name
from applet.window.question import QuestionWindow
from applet.window.style import mark
from applet.window.unknown import UnknownPage
from applet.window.waiting import WaitingPage

WIDTH, HEIGHT = 400, 520


class MainWindow(QWidget):
    """Everything that the customer sees. `show_situation` is all that it hears, `wish` all that it says."""

    def __init__(self, wish: Callable[[Wish], None]) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowIcon(QIcon(mark(64)))
        self.resize(WIDTH, HEIGHT)
        self.setMinimumSize(320, 380)
        self.situation = Situation()
        self._wish = wish
        self._sheet = QuestionWindow(wish)
        self._asked = False
        self._seen_lines = 0
        self._head = Head()
        self.entry = EntryPage(wish)
        self._unknown = UnknownPage(wish)
        self._waiting = WaitingPage(wish)
        self.digits = DigitsPage(wish)
        self.chat = ChatPage(wish, self._ask_to_end)
        self._ended = EndedPage(self._another, self._quit)
        self.bar = Bar(wish, self.open_chat)
        self._pages = QStackedWidget()
        for page in (self.entry, self._unknown, self._waiting, self.digits, self.chat, self._ended):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._pages, 1)
        self._confirm = Confirm(
            self,
            _("End the session?"),
            _("To connect again you will need a new PIN."),
            _("End session"),
            _("Continue session"),
        )
        self.show_situation(self.situation)

    @property
    def question(self) -> QuestionWindow | None:
        """The window of the open question."""
        return self._sheet if self._asked else None

    @property
    def windows(self) -> tuple[QWidget, ...]:
        """Every window of the program, the main one last: in this order they are closed and destroyed."""
        return self._confirm, self._sheet, self.bar, self

    def show_situation(self, situation: Situation) -> None:
        """Show where the customer is now."""
        before, self.situation = self.situation, situation
        if situation.stage is Stage.WAITING and before.stage is not Stage.WAITING:
            self.chat.clear()
            self._seen_lines = 0
        unknown = situation.unknown_relay is not None
        self._head.show_relay(None if unknown else situation.relay, situation.organisation)
        page = self._unknown if unknown else self._page(situation)
        page.show_situation(situation)
        self._pages.setCurrentWidget(page)
        self._title(situation)
        self._ask(situation)
        self._unread(situation)
        if situation.stage is not Stage.TOGETHER:
            self._confirm.hide()
        if situation.needs_digits and not before.needs_digits:
            self.digits.clear()
            self.come_forward()
        if situation.stage is Stage.ENDED and before.stage is not Stage.ENDED:
            self.come_forward()

    def open_chat(self) -> None:
        """Bring the conversation to the front."""
        self.come_forward()
        self.chat.write()
        self._unread(self.situation)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Quit; in a session, end it after a question: the receipt is shown then, and closing that one quits."""
        if self.situation.stage is Stage.TOGETHER:
            event.ignore()
            self._ask_to_end()
            return
        self._leave()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Lines count as read when the window is looked at."""
        super().changeEvent(event)
        self._unread(self.situation)

    def _page(self, situation: Situation) -> EntryPage | WaitingPage | DigitsPage | ChatPage | EndedPage:
        if situation.needs_digits:
            return self.digits
        match situation.stage:
            case Stage.WAITING:
                return self._waiting
            case Stage.TOGETHER:
                return self.chat
            case Stage.ENDED:
                return self._ended
        return self.entry

    def _title(self, situation: Situation) -> None:
        if situation.stage is Stage.TOGETHER:
            self.setWindowTitle(_("Chat with %(technician)s") % {"technician": shown_name(situation.technician)})
        elif situation.needs_digits:
            self.setWindowTitle(_("Extra digits"))
        elif situation.stage is Stage.ENDED:
            self.setWindowTitle(_("Your receipt"))
        else:
            self.setWindowTitle(shown_name(situation.organisation) if situation.organisation else _("Deskside help"))

    def _ask(self, situation: Situation) -> None:
        question = situation.question
        if question is None:
            self._asked = False
            self._sheet.put_away()
        elif not self._asked or question.serial != self._sheet.serial:
            self._asked = True
            self._sheet.ask(situation, question)

    def _unread(self, situation: Situation) -> None:
        theirs = sum(not line.mine for line in situation.chat)
        if self.isActiveWindow() and not self.isMinimized():
            self._seen_lines = theirs
        self.bar.show_situation(situation, max(0, theirs - self._seen_lines))

    def come_forward(self) -> None:
        """Show this window before others, as far as the desktop lets us."""
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def _quit(self) -> None:
        self.close()

    def _another(self) -> None:
        self.entry.clear()
        self.show_situation(Situation(relay=self.situation.relay))

    def _ask_to_end(self) -> None:
        name = {"technician": shown_name(self.situation.technician)}
        self._confirm.ask(_("End the session with %(technician)s?") % name, lambda: self._wish(Leave()))

    def _leave(self) -> None:
        self._wish(Leave(quit=True))
        self.bar.hide()
