"""Runs the windows on the main thread, and the engine beside them."""

import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, Qt, QTranslator, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from applet.app import EngineThread
from applet.carried import given_by_link, one_file, started_file
from applet.install.bootstrap import WAYLAND, is_wayland
from applet.install.link_handler import handler_for
from applet.session.ui_state import EnterCode, Leave, ToolNews, UiState
from applet.state_files import state_folder
from applet.ui.display import check_display
from applet.ui.garbage_collection import Collector
from applet.ui.main_window import MainWindow
from applet.ui.signals import Signals
from applet.ui.single_instance import SingleInstance
from applet.ui.style import is_dark, style_sheet
from applet.ui.texts import RIGHT_TO_LEFT, language_in_use
from applet.ui.texts import translate as _
from applet.ui.tools import PARTS
from applet.ui.tools.base import Windows
from codec.host.terminal import complain
from codec.wire.tools import ToolName

MAX_LINE = 1_000

_Item = TypeVar("_Item")


class _Latest(Generic[_Item]):
    """Hands the newest of something to the windows' thread: while that is busy, what is newer replaces what waits.

    So news that comes quickly cannot keep the windows from their buttons.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._item: _Item | None = None
        self._announced = False

    def put(self, item: _Item) -> None:
        """Called in the engine's thread."""
        self._item = item
        if not self._announced:
            self._announced = True
            self._announce()

    def take(self) -> _Item | None:
        """Called in the windows' thread."""
        self._announced = False  # before the look: what is put meanwhile is announced again
        return self._item


class Links(QObject):
    """Hears of links that macOS opens: it says so to the program that runs, and in no command line."""

    def __init__(self, application: QApplication, called: Callable[[str], None]) -> None:
        super().__init__(application)
        self._called = called
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """See Qt."""
        if isinstance(event, QFileOpenEvent):
            self._called(given_by_link(event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded)).code or "")
            return True
        return super().eventFilter(watched, event)


class _Bridge(QObject):
    """Carries news from the engine's thread to the windows' thread."""

    ui_state = Signal()
    news = Signal(str)
    code = Signal(str)
    ended = Signal()


def run_window(relay: str | None, code: str | None = None, attend: Callable[[MainWindow], None] | None = None) -> int:
    """Run until the customer quits; return the exit code. `attend` gets the window once it is shown.

    `code` is entered in the customer's place, in the window that is open already where there is one. Pass the exit
    code to `applet.process_exit.leave` afterwards. Raises NoDisplayError.
    """
    check_display()
    application = make_application()
    if not _can_share():
        return 1
    only = SingleInstance(state_folder())
    if not only.take(code or ""):
        complain(_("Deskside is open already. Its window was brought to the front."))
        return 0
    collector = Collector(application)
    bridge = _Bridge()
    ui_states = _Latest[UiState](bridge.ui_state.emit)
    news = {part.tool: _Latest[ToolNews](partial(bridge.news.emit, part.tool.value)) for part in PARTS}
    engine = EngineThread(relay, ui_states.put, lambda said: news[said.tool].put(said))
    engine.ended = bridge.ended.emit
    window = MainWindow(engine.intent, handler_for(one_file(), os.environ))
    parts = {part.tool: part(Windows(application, engine.intent, engine.latch)) for part in PARTS}

    def show() -> None:
        ui_state = ui_states.take()
        if ui_state is not None:
            window.show_ui_state(ui_state)

    def tell(name: str) -> None:
        said = news[ToolName(name)].take()
        if said is not None:
            parts[ToolName(name)].take(said)

    bridge.ui_state.connect(show)
    bridge.news.connect(tell)
    bridge.code.connect(lambda line: engine.intent(EnterCode(line)))
    links = Links(application, partial(_called, window, engine))
    bridge.ended.connect(application.quit)
    signals = Signals(lambda: engine.intent(Leave(quit=True)))
    engine.start()
    window.show()
    only.listen(partial(_called, window, engine))
    if code is not None:
        engine.intent(EnterCode(code))
    if attend is not None:
        attend(window)
    elif sys.stdin is not None and not sys.stdin.closed and not sys.stdin.isatty():
        threading.Thread(target=_read_code, args=(bridge,), daemon=True).start()
    application.exec()
    only.close()
    for each in window.windows:
        each.hide()
    for part in parts.values():
        part.close()
    engine.close()
    signals.close()
    collector.stop()
    application.removeEventFilter(links)
    own = [shown for part in parts.values() if (shown := part.window()) is not None]
    _take_apart(application, window, *own, bridge, only)
    return 0


def _called(window: MainWindow, engine: EngineThread, brought: str) -> None:
    """Another start has found this window, and may bring a code."""
    window.come_forward()
    if brought:
        engine.intent(EnterCode(brought))


def _can_share() -> bool:
    """Whether this desktop can be shared; a customer who started a file with a double click is told in a window."""
    if sys.platform != "linux" or started_file(os.environ) is None or not is_wayland(os.environ):
        return True
    QMessageBox.warning(None, _("Deskside help"), _(WAYLAND))
    return False


def _take_apart(application: QApplication, window: MainWindow, *others: QObject) -> None:
    """Destroy what Qt shows while Qt still runs, the application last.

    Left to Python's end, the order is that of its dictionaries, and Qt crashes in most of those orders.
    """
    for object_ in (*window.windows, *others):
        object_.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
    application.styleHints().colorSchemeChanged.disconnect()
    application.shutdown()


def make_application() -> QApplication:
    """Return the application with language, direction and look set."""
    application = QApplication.instance() or QApplication(["deskside-applet"])
    assert isinstance(application, QApplication)  # noqa: S101  (there is only this one)
    code = language_in_use()
    here = QLocale.system()
    QLocale.setDefault(here if here.name().startswith(code) else QLocale(code))
    _translate_qt(application, code)
    right_to_left = code in RIGHT_TO_LEFT
    application.setLayoutDirection(Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight)
    application.setApplicationName("Deskside")
    application.setQuitOnLastWindowClosed(False)
    application.setStyle("Fusion")
    application.setStyleSheet(style_sheet(is_dark()))
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda: application.setStyleSheet(style_sheet(is_dark())))
    return application


def _translate_qt(application: QApplication, code: str) -> None:
    translator = QTranslator(application)
    if translator.load(QLocale(code), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


def _read_code(bridge: _Bridge) -> None:
    """A link may come by standard input, where no other program sees it."""
    line = sys.stdin.readline(MAX_LINE).strip()
    if line:
        bridge.code.emit(line)
