"""A program with a text field, as customers have them: `python -m tests.support.field TITLE [MILLISECONDS]`.

It needs so many milliseconds for each key. Lines on its standard input: `clear`, `text`. Each is answered
by the text as JSON.
"""

import json
import sys
import time

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit


class _SlowField(QPlainTextEdit):
    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        time.sleep(int(sys.argv[2]) / 1000)
        super().keyPressEvent(event)


def _main() -> None:
    program = QApplication(sys.argv[:1])
    field = _SlowField() if len(sys.argv) > 2 else QPlainTextEdit()
    field.setWindowTitle(sys.argv[1])
    field.show()

    def heard() -> None:
        line = sys.stdin.readline()
        if not line:
            program.quit()
        if line == "clear\n":
            field.clear()
        text = field.document().toRawText()  # toPlainText would make ordinary spaces of others
        print(json.dumps(text.replace("\u2029", "\n")), flush=True)

    listener = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    listener.activated.connect(heard)
    program.exec()


if __name__ == "__main__":
    _main()
