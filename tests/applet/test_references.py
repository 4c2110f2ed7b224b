"""Qt's bindings leave reference counts alone: PySide 6.12.0 gave None away, until the applet died for lack of it."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from applet.session.ui_state import UiState
from applet.ui.app import make_application
from applet.ui.main_window import MainWindow
from codec.wire.access import Access
from tests.applet.ui.test_main_window import ASKED, WITH

TIMES = 100
SPARE = 20
"""Python itself drops a reference here and there. A binding that drops one at each call drops hundreds."""


def taken(act: Callable[[], object]) -> int:
    """Return how many references to None and to the truth values were lost while something is done many times."""
    act()
    before = [sys.getrefcount(each) for each in (None, True, False)]
    for _ in range(TIMES):
        act()
    return sum(max(0, count - sys.getrefcount(each)) for count, each in zip(before, (None, True, False), strict=True))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on, these are never given away")
def test_a_window_at_work_gives_no_reference_away() -> None:
    application = make_application()
    window = MainWindow(lambda _intent: None)
    window.show()
    field = QLineEdit()

    def session() -> None:
        shown = (UiState(), WITH, ASKED, WITH, replace(WITH, granted=frozenset({Access.VIEW, Access.CONTROL})))
        for ui_state in shown:
            window.show_ui_state(ui_state)
            QApplication.processEvents()

    assert taken(application.processEvents) < SPARE
    assert taken(lambda: field.setText("123")) < SPARE
    assert taken(lambda: field.setEnabled(True)) < SPARE
    assert taken(session) < SPARE
    window.bar.close()
    window.close()
