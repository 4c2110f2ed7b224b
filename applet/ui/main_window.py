"""The main window: one page for each stage, and the windows that come and go beside it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from applet.install.link_handler import LinkHandler
from applet.session.ui_state import Intent, Leave, Stage, UiState
from applet.ui.bar import Bar
from applet.ui.chat import ChatPage
from applet.ui.confirmation import Confirm
from applet.ui.digits import DigitsPage
from applet.ui.ended import EndedPage
from applet.ui.entry import EntryPage
from applet.ui.question import QuestionWindow
from applet.ui.style import mark
from applet.ui.terms import TermsPage
from applet.ui.texts import translate as _
from applet.ui.unknown_relay import UnknownPage
from applet.ui.waiting import WaitingPage
from applet.ui.widgets import PageHeading, shown_name

WIDTH, HEIGHT = 400, 520


class MainWindow(QWidget):
    """Everything that the customer sees. `show_ui_state` is all that it hears, `intent` all that it says."""

    def __init__(self, intent: Callable[[Intent], None], handler: LinkHandler | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowIcon(QIcon(mark(64)))
        self.resize(WIDTH, HEIGHT)
        self.setMinimumSize(320, 380)
        self.ui_state = UiState()
        self._intent = intent
        self._sheet = QuestionWindow(intent)
        self._asked = False
        self._seen_lines = 0
        self._head = PageHeading()
        self.entry = EntryPage(intent, handler)
        self._unknown = UnknownPage(intent)
        self._waiting = WaitingPage(intent)
        self.digits = DigitsPage(intent)
        self.terms = TermsPage(intent)
        self.chat = ChatPage(intent, self._ask_to_end)
        self._ended = EndedPage(self._another, self._quit, handler)
        self.bar = Bar(intent, self.open_chat)
        self._pages = QStackedWidget()
        for page in (self.entry, self._unknown, self._waiting, self.terms, self.digits, self.chat, self._ended):
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
        self.show_ui_state(self.ui_state)

    @property
    def question(self) -> QuestionWindow | None:
        """The window of the open question."""
        return self._sheet if self._asked else None

    @property
    def windows(self) -> tuple[QWidget, ...]:
        """Every window of the program, the main one last: in this order they are closed and destroyed."""
        return self._confirm, self._sheet, self.bar, self

    def show_ui_state(self, ui_state: UiState) -> None:
        """Show where the customer is now."""
        before, self.ui_state = self.ui_state, ui_state
        if ui_state.stage is Stage.WAITING and before.stage is not Stage.WAITING:
            self.chat.clear()
            self.terms.clear()
            self._seen_lines = 0
        unknown = ui_state.unknown_relay is not None
        self._head.show_relay(None if unknown else ui_state.relay, ui_state.organisation)
        page = self._unknown if unknown else self._page(ui_state)
        page.show_ui_state(ui_state)
        self._pages.setCurrentWidget(page)
        self._title(ui_state)
        self._ask(ui_state)
        self._unread(ui_state)
        if ui_state.stage is not Stage.TOGETHER:
            self._confirm.hide()
        if ui_state.needs_digits and not before.needs_digits:
            self.digits.clear()
            self.come_forward()
        if ui_state.terms is not None and before.terms is None:
            self.come_forward()
        if ui_state.stage is Stage.ENDED and before.stage is not Stage.ENDED:
            self.come_forward()

    def open_chat(self) -> None:
        """Bring the conversation to the front."""
        self.come_forward()
        self.chat.write()
        self._unread(self.ui_state)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Quit; in a session, end it after a question: the receipt is shown then, and closing that one quits."""
        if self.ui_state.stage is Stage.TOGETHER:
            event.ignore()
            self._ask_to_end()
            return
        self._leave()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Lines count as read when the window is looked at."""
        super().changeEvent(event)
        self._unread(self.ui_state)

    def _page(self, ui_state: UiState) -> EntryPage | WaitingPage | TermsPage | DigitsPage | ChatPage | EndedPage:
        if ui_state.needs_digits:
            return self.digits
        match ui_state.stage:
            case Stage.WAITING:
                return self._waiting if ui_state.terms is None else self.terms
            case Stage.TOGETHER:
                return self.chat
            case Stage.ENDED:
                return self._ended
        return self.entry

    def _title(self, ui_state: UiState) -> None:
        if ui_state.stage is Stage.TOGETHER:
            self.setWindowTitle(_("Chat with %(technician)s") % {"technician": shown_name(ui_state.technician)})
        elif ui_state.needs_digits:
            self.setWindowTitle(_("Extra digits"))
        elif ui_state.terms is not None:
            self.setWindowTitle(_("Terms"))
        elif ui_state.stage is Stage.ENDED:
            self.setWindowTitle(_("Your receipt"))
        else:
            name = ui_state.application or ui_state.organisation
            self.setWindowTitle(shown_name(name) if name else _("Deskside help"))

    def _ask(self, ui_state: UiState) -> None:
        question = ui_state.question
        if question is None:
            self._asked = False
            self._sheet.put_away()
        elif not self._asked or question.serial != self._sheet.serial:
            self._asked = True
            self._sheet.ask(ui_state, question)

    def _unread(self, ui_state: UiState) -> None:
        theirs = sum(not line.mine for line in ui_state.chat)
        if self.isActiveWindow() and not self.isMinimized():
            self._seen_lines = theirs
        self.bar.show_ui_state(ui_state, max(0, theirs - self._seen_lines))

    def come_forward(self) -> None:
        """Show this window before others, as far as the desktop lets us."""
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def _quit(self) -> None:
        self.close()

    def _another(self) -> None:
        self.entry.clear()
        self.show_ui_state(UiState(relay=self.ui_state.relay))

    def _ask_to_end(self) -> None:
        name = {"technician": shown_name(self.ui_state.technician)}
        self._confirm.ask(_("End the session with %(technician)s?") % name, lambda: self._intent(Leave()))

    def _leave(self) -> None:
        self._intent(Leave(quit=True))
        self.bar.hide()
