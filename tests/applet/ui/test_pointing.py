"""The dot of a technician who points, drawn offscreen. What a real display shows of it is in tests/browser."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import math
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from applet.session.stop_latch import StopLatch
from applet.session.ui_state import Intent
from applet.tools.pointing import CannotPoint, PointedAt
from applet.ui.app import make_application
from applet.ui.tools.base import Windows
from applet.ui.tools.pointing import DOT, NAME_CHARACTERS, Dot, PointingPart, logical
from codec.wire.messages import Cause


@pytest.fixture
def dot() -> Iterator[Dot]:
    make_application()
    made = Dot()
    yield made
    made.vanish()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def middle(dot: Dot) -> QPoint:
    """Return where the middle of the dot is on the screen."""
    return dot.pos() + dot._dot().center()


def until(happened: Callable[[], bool]) -> None:
    """Let the windows work until this is so."""
    ends = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < ends
        QTest.qWait(5)


def test_its_middle_is_the_place_and_its_shape_leaves_the_rest_free(dot: Dot) -> None:
    dot.point((200, 300), "Anna de Vries")
    assert dot.isVisible()
    assert middle(dot) == logical((200, 300)) == QPoint(200, 300)
    shape = dot.mask()
    assert shape.contains(dot._dot().center())
    assert shape.contains(dot._pill().center())
    assert not shape.contains(QPoint(0, 0))
    assert not shape.contains(QPoint(DOT + 1, dot.height() // 2)), "between dot and name the screen is seen"


def test_its_name_has_round_ends_and_its_rim_is_white(dot: Dot) -> None:
    """The name was an octagon, and red pixels were around the white ring."""
    dot.point((200, 300), "Anna de Vries")
    pill, shape, seen = dot._pill(), dot.mask(), dot.grab().toImage()
    for row in range(pill.height()):
        half, off = pill.height() / 2, abs(row + 0.5 - pill.height() / 2)
        inset = half - math.sqrt(half * half - off * off)
        first = next(x for x in range(pill.width()) if shape.contains(QPoint(pill.left() + x, pill.top() + row)))
        assert abs(first - inset) <= 1, row
    rim = [QPoint(x, y) for x in range(DOT + 1) for y in range(dot.height()) if shape.contains(QPoint(x, y))]
    center = dot._dot().center() + QPoint(1, 1)
    outer = [at for at in rim if math.hypot(at.x() + 0.5 - center.x(), at.y() + 0.5 - center.y()) > DOT / 2 - 1]
    assert len(outer) > DOT
    assert {seen.pixelColor(at).name() for at in outer} == {"#ffffff"}


def test_it_takes_neither_clicks_nor_focus(dot: Dot) -> None:
    flags = dot.windowFlags()
    assert flags & Qt.WindowType.WindowTransparentForInput
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert dot.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert dot.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_at_the_edge_the_name_is_on_the_other_side(dot: Dot) -> None:
    right = QApplication.primaryScreen().geometry().right()
    dot.point((right - 5, 100), "Anna de Vries")
    assert middle(dot) == QPoint(right - 5, 100)
    assert dot._pill().right() < dot._dot().left()
    dot.point((100, 100), "Anna de Vries")
    assert middle(dot) == QPoint(100, 100)
    assert dot._pill().left() > dot._dot().right()


def test_a_long_name_is_cut(dot: Dot) -> None:
    dot.point((100, 100), "x" * 10_000)
    assert len(dot.windowTitle()) == NAME_CHARACTERS
    assert dot.windowTitle().endswith("…")


def test_it_fades_and_a_new_place_is_whole_again(dot: Dot) -> None:
    dot.point((100, 100), "Anna")
    dot.fade()
    until(lambda: dot.mask().boundingRect().width() < DOT)
    dot.point((120, 120), "Anna")
    assert dot.isVisible()
    assert middle(dot) == QPoint(120, 120)
    assert dot.mask().boundingRect().width() > DOT
    dot.fade()
    until(lambda: not dot.isVisible())


def test_where_no_program_may_draw_over_others_the_tool_hears_so() -> None:
    intents: list[Intent] = []
    part = PointingPart(Windows(make_application(), intents.append, StopLatch()))
    assert part.window() is None
    part.take(PointedAt(None))
    assert intents == []
    part.take(PointedAt((1, 1), "Anna"))
    assert intents == [CannotPoint(Cause.NO_OVERLAY)]
    part.close()
