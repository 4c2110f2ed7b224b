"""Terms in the applet's window, drawn offscreen: accepted only once they were seen, and never by accident."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from applet.session.ui_state import AnswerTerms, Intent, Stage, Terms, UiState
from applet.ui.app import make_application
from applet.ui.main_window import MainWindow

LONG = "\n".join(f"{line}. So it is." for line in range(500))
WAITING = UiState(stage=Stage.WAITING, technician="Anna", organisation="Northwind IT")


@pytest.fixture
def intents() -> list[Intent]:
    """What the person wished."""
    return []


@pytest.fixture
def window(intents: list[Intent]) -> Iterator[MainWindow]:
    """A main window that notes every intent."""
    make_application()
    made = MainWindow(intents.append)
    made.show()
    yield made
    made.bar.close()
    made.close()


def shown(window: MainWindow, terms: Terms | None) -> None:
    """Show a state with these terms."""
    window.show_ui_state(replace(WAITING, terms=terms))
    QApplication.processEvents()


@pytest.mark.req("APP-65", "MOB-136")
def test_where_scrolling_is_required_only_the_end_lets_them_be_accepted(
    window: MainWindow, intents: list[Intent]
) -> None:
    shown(window, Terms(LONG, scroll=True))
    assert not window.terms.accept.isEnabled()
    bar = window.terms.text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert not window.terms.accept.isEnabled()
    bar.setValue(bar.maximum())
    assert window.terms.accept.isEnabled()
    window.terms.accept.click()
    assert intents == [AnswerTerms(True)]
    shown(window, None)
    assert not window.terms.isVisible()


@pytest.mark.req("APP-65", "APP-66")
def test_what_fits_and_what_need_not_be_scrolled_can_be_accepted_at_once(window: MainWindow) -> None:
    shown(window, Terms("Be kind.", scroll=True))
    assert window.terms.accept.isEnabled()
    shown(window, Terms(LONG, scroll=False))
    assert window.terms.accept.isEnabled()


@pytest.mark.req("APP-62")
def test_markup_is_shown_as_it_is_written_and_declining_is_said(window: MainWindow, intents: list[Intent]) -> None:
    shown(window, Terms("<b>Bold</b> &amp; more", scroll=False))
    assert window.terms.text.toPlainText() == "<b>Bold</b> &amp; more"
    window.terms.decline.click()
    assert intents == [AnswerTerms(False)]


@pytest.mark.req("APP-49")
def test_the_window_is_called_as_the_organisation_calls_the_program(window: MainWindow) -> None:
    window.show_ui_state(replace(WAITING, application="Northwind Remote Help"))
    assert "Northwind Remote Help" in window.windowTitle()
    window.show_ui_state(WAITING)
    assert "Northwind IT" in window.windowTitle()


def test_a_key_that_was_meant_for_something_else_accepts_nothing(window: MainWindow, intents: list[Intent]) -> None:
    shown(window, Terms("Be kind.", scroll=False))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(window.terms.text, key)
    assert intents == []


def test_the_same_terms_of_the_next_session_are_to_be_read_again(window: MainWindow) -> None:
    shown(window, Terms(LONG, scroll=True))
    bar = window.terms.text.verticalScrollBar()
    bar.setValue(bar.maximum())
    window.show_ui_state(UiState(stage=Stage.ENDED, ending="declined"))
    shown(window, Terms(LONG, scroll=True))
    assert not window.terms.accept.isEnabled()
