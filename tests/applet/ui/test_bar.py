"""The bar above everything: where it is, whatever Qt thinks of it."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from applet.session.ui_state import Stage, UiState
from applet.ui.app import make_application
from applet.ui.bar import FROM_THE_EDGE, Bar
from codec.wire.access import Access

VIEWS = UiState(stage=Stage.TOGETHER, technician="Anna", granted=frozenset({Access.VIEW}))
CONTROLS = replace(VIEWS, granted=frozenset({Access.VIEW, Access.CONTROL}))
ENDED = replace(VIEWS, granted=frozenset())


@pytest.fixture
def bar() -> Iterator[Bar]:
    make_application()
    made = Bar(lambda _intent: None, lambda: None)
    made.show_ui_state(VIEWS, 0)
    yield made
    made.hide()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def assert_in_the_middle(bar: Bar) -> None:
    """Prove that the bar is at the top of the screen, in the middle."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert bar.y() == room.top() + FROM_THE_EDGE
    assert abs(bar.geometry().center().x() - room.center().x()) <= 1


def test_it_stays_in_the_middle_when_it_grows_from_a_corner_that_qt_believes_in(bar: Bar) -> None:
    """After a stop, viewing and control again, it was in the upper left corner."""
    assert_in_the_middle(bar)
    for state in (CONTROLS, VIEWS, CONTROLS):
        bar.move(0, 0)
        bar.show_ui_state(state, 0)
        assert_in_the_middle(bar)


def test_it_stays_where_it_was_dragged_until_it_is_shown_again(bar: Bar) -> None:
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    QTest.mouseMove(bar, QPoint(33, 203))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(33, 203))
    there = bar.pos()
    assert there.y() > FROM_THE_EDGE
    bar.show_ui_state(CONTROLS, 0)
    assert bar.pos() == there
    bar.show_ui_state(ENDED, 0)
    bar.show_ui_state(VIEWS, 0)
    assert_in_the_middle(bar)
