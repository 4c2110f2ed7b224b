"""A customer made of code, at a real applet window: reads, thinks for a moment, presses the real buttons.

Codes come by standard input, one a line, as if read aloud on the telephone.
"""

import argparse
import sys
import threading
from collections import deque
from typing import NoReturn

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from applet.carried import given
from applet.process_exit import leave
from applet.session.ui_state import Stage
from applet.ui.app import run_window
from applet.ui.main_window import MainWindow
from applet.ui.texts import use_language

LOOK_MILLISECONDS = 250
THINKS_MILLISECONDS = 1_200
WRITES_MILLISECONDS = 2_500
"""Who hears six digits on the telephone writes them down first."""
ANSWERS = (
    "Hello! Yes, I can read you.",
    "The editor is open, please type whatever you like.",
    "Thank you, that looks right.",
)


class Person(QObject):
    """Sits at the window and does what a friendly customer would."""

    told = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._codes: deque[str] = deque(maxlen=1)
        self._answered = 0
        self._question = 0
        self.told.connect(lambda code: QTimer.singleShot(WRITES_MILLISECONDS, lambda: self._codes.append(code)))
        looking = QTimer(self)
        looking.timeout.connect(self._look)
        looking.start(LOOK_MILLISECONDS)

    def _look(self) -> None:
        ui_state = self._window.ui_state
        if self._codes and ui_state.stage in (Stage.ENTRY, Stage.ENDED):
            self._enter(self._codes.popleft(), again=ui_state.stage is Stage.ENDED)
        question = self._window.question
        if question is not None and question.serial != self._question:
            self._question = question.serial
            QTimer.singleShot(THINKS_MILLISECONDS, self._allow)
        heard = sum(not line.mine for line in ui_state.chat)
        if ui_state.stage is not Stage.TOGETHER:
            self._answered = 0
        elif heard > self._answered:
            self._answered = heard
            QTimer.singleShot(THINKS_MILLISECONDS, lambda: self._say(ANSWERS[(heard - 1) % len(ANSWERS)]))

    def _enter(self, code: str, again: bool) -> None:
        if again:
            self._press("Enter another PIN")
        field = self._window.entry.findChild(QLineEdit)
        assert field is not None
        field.setText(code)
        self._press("Continue")

    def _allow(self) -> None:
        """Allow everything that is asked, the clipboard too."""
        question = self._window.question
        if question is None:
            return
        *choices, _no = question.choices
        if not choices[-1].isEnabled():  # a question cannot be answered in its first moment
            QTimer.singleShot(LOOK_MILLISECONDS, self._allow)
            return
        question.clipboard.setChecked(True)
        QTest.mouseClick(choices[-1], Qt.MouseButton.LeftButton)

    def _say(self, text: str) -> None:
        edit = self._window.chat.findChild(QLineEdit)
        assert edit is not None
        edit.setText(text)
        self._press("Send")

    def _press(self, text: str) -> None:
        for button in self._window.findChildren(QPushButton):
            if button.text() == text and button.isVisible():
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return


def _attend(window: MainWindow) -> None:
    person = Person(window)

    def listen() -> None:
        for line in sys.stdin:
            person.told.emit(line.strip())

    threading.Thread(target=listen, daemon=True).start()
    window.move(window.screen().availableGeometry().right() - window.width() - 24, 72)


def main() -> NoReturn:
    """Run the applet with this person in front of it."""
    parser = argparse.ArgumentParser(description="The rehearsal customer.")
    parser.add_argument("--relay", help="where its file does not say it")
    options = parser.parse_args()
    use_language("en")
    brought = given(None)
    leave(run_window(options.relay or brought.relay, brought.code, _attend))


if __name__ == "__main__":
    main()
