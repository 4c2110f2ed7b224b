"""F31, F37: what others call themselves and write stands in our windows as text, and the host is in each of them."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QTextEdit, QWidget

from applet import ui as windows
from applet.session.consent import Question
from applet.session.ui_state import ChatLine, Intent, Stage, UiState, UseRelay
from applet.ui.app import make_application
from applet.ui.main_window import MainWindow
from applet.ui.question import QuestionWindow
from applet.ui.widgets import PageHeading
from codec.wire.access import Access
from tests.applet.shots import UI_STATES

HOSTILE = (
    "<b>Anna</b>",
    "<img src='file:///etc/passwd'>",
    "<a href='https://evil.example'>help</a>",
    "Anna & Bob &amp; <u>Carl</u>",
    "x" * 5_000,
    "\u202egnp.exe \u2066\u2067 \u200f",
    "Anna\n\n\nhelp.northwind.example",
    "\x1b[2J\x07\x00",
)
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2067\u200e\u200f\u061c")
MADE_IN = Path(windows.__file__).parent
HELPERS = {"QLabel", "QPushButton", "QCheckBox", "QMessageBox", "QToolTip", "setToolTip", "setText"}


@pytest.fixture
def intents() -> list[Intent]:
    """What the person wished."""
    return []


@pytest.fixture
def window(intents: list[Intent]) -> Iterator[MainWindow]:
    """A main window."""
    make_application()
    made = MainWindow(intents.append)
    made.show()
    yield made
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QuestionWindow):
            each.put_away()
    made.bar.close()
    made.ui_state = UiState()
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def everything() -> Iterator[QWidget]:
    """Return every widget of every window."""
    for top in QApplication.topLevelWidgets():
        yield top
        yield from top.findChildren(QWidget)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_window_shows_names_as_they_are(window: MainWindow, name: str) -> None:
    for number, ui_state in enumerate(UI_STATES.values()):
        question = ui_state.question and replace(ui_state.question, serial=1_000 + number)
        chat = tuple(ChatLine(name, mine, 0) for mine in (True, False))
        window.show_ui_state(
            replace(
                ui_state,
                technician=name,
                organisation=name,
                chat=chat,
                question=question,
                technician_types=True,
                chat_kept=True,
            )
        )
        if ui_state.stage is Stage.TOGETHER:
            window._ask_to_end()
        for widget in everything():
            check(widget, name)


def check(widget: QWidget, name: str) -> None:
    """Fail where a widget reads text as anything but text, or lets it turn others around."""
    assert not isinstance(widget, QTextEdit)
    texts = [widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel):
        assert widget.textFormat() is Qt.TextFormat.PlainText, widget.text()
        assert not widget.openExternalLinks()
        texts.append(widget.text())
    if isinstance(widget, QAbstractButton):
        assert widget.shortcut().isEmpty(), widget.text()
        texts.append(widget.text())
    assert name not in widget.toolTip()
    for text in texts:
        assert len(text) < 11_000
        assert not TURNS & set(text), text
        assert text.count("\u2066") + text.count("\u2068") == text.count("\u2069"), text
        assert "\x1b" not in text
        assert "\x00" not in text


def test_labels_buttons_and_tooltips_are_made_in_one_place() -> None:
    """No window makes one of its own that would read markup or mnemonics."""
    for file in MADE_IN.glob("*.py"):
        if file.name == "widgets.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                assert called not in HELPERS - {"setText"}, f"{file.name}:{node.lineno} {called}"


@pytest.mark.parametrize("stage", [Stage.ENTRY, Stage.WAITING, Stage.TOGETHER])
def test_the_host_stands_large_in_every_window_that_asks_for_something(window: MainWindow, stage: Stage) -> None:
    question = Question(1, Access.CONTROL, frozenset(Access)) if stage is Stage.TOGETHER else None
    ui_state = UiState(
        stage=stage,
        relay="https://help.northwind.example:8443",
        technician="Anna",
        organisation="Your Bank",
        question=question,
    )
    window.show_ui_state(ui_state)
    asking = [window] if window.question is None else [window, window.question]
    for each in asking:
        (head,) = each.findChildren(PageHeading)
        (host,) = [each for each in head.findChildren(QLabel) if each.property("role") == "host"]
        (name,) = [each for each in head.findChildren(QLabel) if each.property("role") == "small"]
        assert shown(host) == "help.northwind.example:8443"
        assert host.isVisible()
        assert "Your Bank" in name.text()
    if window.question is not None:
        assert "help" in window.question.windowTitle()


def shown(label: QLabel) -> str:
    """Return a label's text without what only guides its layout."""
    return "".join(each for each in label.text() if each not in "\u200b\u2066\u2068\u2069")


@pytest.mark.parametrize(("answer", "uses"), [("No", False), ("Use this address", True)])
def test_an_unknown_relay_is_asked_about_and_the_focus_is_on_no(
    window: MainWindow, intents: list[Intent], answer: str, uses: bool
) -> None:
    window.show_ui_state(UiState(relay="https://help.example", unknown_relay="https://evil.example"))
    labels = [shown(each) for each in window.findChildren(QLabel) if each.isVisible()]
    assert "evil.example" in labels
    assert "help.example" not in labels
    focused = window.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "No"
    (pressed,) = [each for each in window.findChildren(QPushButton) if each.text() == answer and each.isVisible()]
    QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)
    assert intents == [UseRelay("https://evil.example", uses)]
