"""Takes a picture of every window of the applet: `python -m tests.applet.shots FOLDER [LANGUAGE]`, on a display."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from applet.session.consent import POSSIBLE, Question
from applet.session.ui_state import ChatLine, Intent, Stage, UiState
from applet.ui.app import make_application
from applet.ui.main_window import MainWindow
from applet.ui.texts import use_language
from codec.wire.access import Access

_WITH = UiState(
    stage=Stage.TOGETHER,
    relay="https://help.northwind.example",
    technician="Anna de Vries",
    organisation="Northwind IT",
    words=("amber", "canoe", "violin"),
    began_at=1_795_400_000.0,
    stop_key=True,
)
_CHAT = (
    ChatLine("Hello! The invoices won’t print on floor 3.", True, 1_795_400_000_000),
    ChatLine(
        "Hello Hélène, I see it. Last night’s update blocks that printer. Give me five minutes.",
        False,
        1_795_400_060_000,
    ),
    ChatLine("\\\\ams-files\\recordings\\" + "2026-11-24" * 6, True, 1_795_400_090_000),
)
_ALL = POSSIBLE - {Access.RECORD}
_VIEW = frozenset({Access.VIEW})
UI_STATES: dict[str, UiState] = {
    "entry": UiState(relay="https://help.northwind.example"),
    "entry-problem": UiState(relay="https://help.northwind.example", problem="unknown"),
    "entry-unknown": UiState(relay="https://help.northwind.example", unknown_relay="https://northwind-help.example"),
    "entry-unknown-long": UiState(
        unknown_relay="https://help.northwind.example."
        + "secure-session-" * 3
        + ".account-check.support-desk.example:8443"
    ),
    "waiting": replace(_WITH, stage=Stage.WAITING, words=()),
    "chat": replace(_WITH, chat=_CHAT, granted=_VIEW, technician_types=True),
    "consent-control": replace(_WITH, question=Question(1, Access.CONTROL, _ALL)),
    "consent-view": replace(_WITH, question=Question(2, Access.VIEW, _ALL - {Access.CONTROL}), vouched=True),
    "consent-clipboard": replace(
        _WITH, granted=_VIEW, question=Question(3, Access.CLIPBOARD, frozenset({Access.CLIPBOARD}))
    ),
    "consent-record": replace(_WITH, granted=_VIEW, question=Question(5, Access.RECORD, frozenset({Access.RECORD}))),
    "bar-recording": replace(_WITH, chat=_CHAT, granted=_ALL, recording_since=time.time() - 724),
    "bar-control": replace(_WITH, chat=_CHAT, granted=_ALL),
    "bar-view": replace(_WITH, granted=_VIEW, online=False),
    "ended": replace(_WITH, stage=Stage.ENDED, allowed_once=_ALL, ended_at=1_795_402_000.0, ending="bye_technician"),
    "long-names": replace(
        _WITH,
        technician="Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine-" * 3,
        organisation="Ministerie van Volkshuisvesting en Ruimtelijke Ordening, afdeling Automatisering",
        question=Question(4, Access.CONTROL, _ALL),
    ),
}


def windows(intent: Callable[[Intent], None]) -> Iterator[tuple[str, QWidget]]:
    """Show one state after another and yield the window that matters in it."""
    for name, ui_state in UI_STATES.items():
        main = MainWindow(intent)
        main.show()
        main.show_ui_state(ui_state)
        wanted: QWidget = main
        if name.startswith("bar"):
            wanted = main.bar
        elif main.question is not None:
            wanted = main.question
        QTest.qWaitForWindowExposed(wanted)
        QTest.qWait(50)
        yield name, wanted
        if main.question is not None:
            main.question.put_away()
        main.bar.close()
        main.hide()
        main.deleteLater()


def main() -> None:
    """Write one PNG for each."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    language = sys.argv[2] if len(sys.argv) > 2 else "en"
    use_language(language)
    suffix = "" if language == "en" else f"-{language}"
    make_application()
    for name, window in windows(lambda _intent: None):
        window.grab().save(str(folder / f"applet-{name}{suffix}.png"))


if __name__ == "__main__":
    main()
