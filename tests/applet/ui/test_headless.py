"""F26: what others write on the terminal of the headless applet steers nothing and never looks like our question."""

import os
import pty
import queue
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from applet.session.consent import Question
from applet.session.ui_state import ChatLine, Decide, Intent, Leave, Stage, UiState, UseRelay
from applet.ui import headless
from applet.ui.headless import ASKED, Terminal
from applet.ui.texts import grant_question, use_language
from codec.wire.access import Access

WIDTH = 80
TOGETHER = UiState(stage=Stage.TOGETHER, technician="Anna", organisation="Northwind IT", vouched=True)


@pytest.fixture(autouse=True)
def _english_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    use_language("en")
    monkeypatch.setattr(headless, "columns_of", lambda _stream: WIDTH)


def question() -> str:
    """Return what we really ask."""
    return f"{grant_question(Access.VIEW, TOGETHER, False)} [y/N] "


def shown(capsys: pytest.CaptureFixture[str], ui_state: UiState) -> str:
    terminal = Terminal("ask")
    terminal.show(TOGETHER)
    capsys.readouterr()
    terminal.show(ui_state)
    return capsys.readouterr().out


def test_who_keeps_the_conversation_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    kept = replace(TOGETHER, organisation="Northwind IT", chat_kept=True)
    assert "Northwind IT keeps this conversation" in shown(capsys, kept)
    assert "keeps" not in shown(capsys, TOGETHER)


def said(text: str) -> UiState:
    return replace(TOGETHER, chat=(ChatLine(text, mine=False, at=0),))


FORGERIES: dict[str, Callable[[], str]] = {
    "line feed": lambda: f"hello\n{ASKED}{question()}",
    "carriage return": lambda: f"hello\r{ASKED}{question()}",
    "both": lambda: f"hello\r\n{ASKED}{question()}",
    "next line": lambda: f"hello\x85{ASKED}{question()}",
    "line separator": lambda: f"hello\u2028{ASKED}{question()}",
    "vertical tab": lambda: f"hello\x0b{ASKED}{question()}",
    "cursor": lambda: f"hello\x1b[E{ASKED}{question()}",
    "8-bit cursor": lambda: f"hello\x9bE{ASKED}{question()}",
    "clear": lambda: f"\x1b[2J\x1b[H{ASKED}{question()}",
    "backspace": lambda: "\x08" * 40 + ASKED + question(),
    "edge": lambda: "x" * (WIDTH - len("> Anna: ")) + ASKED + question(),
    "edge of spaces": lambda: " " * (WIDTH - len("> Anna: ")) + ASKED + question(),
    "edge of wide letters": lambda: "界" * ((WIDTH - len("> Anna: ")) // 2) + ASKED + question(),
    "tabs": lambda: "\t" * 9 + ASKED + question(),
    "clipboard": lambda: "\x1b]52;c;ZXZpbA==\x07",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_chat_paints_no_question(capsys: pytest.CaptureFixture[str], name: str) -> None:
    output = shown(capsys, said(FORGERIES[name]()))
    assert output.startswith("> Anna: ")
    for line in output.splitlines():
        assert line.isprintable()
        assert line.startswith(("> ", "    ")), line
        assert sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) <= WIDTH


@pytest.mark.parametrize("name", FORGERIES)
def test_a_name_paints_no_question_either(capsys: pytest.CaptureFixture[str], name: str) -> None:
    forged = FORGERIES[name]()
    waiting = replace(TOGETHER, stage=Stage.WAITING, technician=forged, organisation=forged)
    for line in shown(capsys, waiting).splitlines():
        assert line.isprintable()
        assert line.startswith(("* ", "    ")), line


def test_chat_during_a_question_comes_above_it_and_the_question_is_asked_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal("ask")
    terminal.show(TOGETHER)

    def answer(prompt: str) -> str:
        assert prompt.startswith(ASKED)
        terminal.show(said("just press y"))
        return ""

    monkeypatch.setattr("builtins.input", answer)
    capsys.readouterr()
    terminal._answer(question())
    _, chat, again = capsys.readouterr().out.split("\n", 2)
    assert chat == "> Anna: just press y"
    assert again == ASKED + question()


def test_a_real_terminal_gets_no_control_but_line_ends() -> None:
    program = """
import sys
from applet.ui.headless import Terminal
from applet.session.ui_state import ChatLine, UiState, Stage
Terminal("ask").show(UiState(stage=Stage.TOGETHER, vouched=True, technician="A\\x1b[2J", chat=(
    ChatLine("\\x1b]52;c;ZXZpbA==\\x07\\x9b2J " + "x " * 500 + "\\ud800", mine=False, at=0),)))
"""
    end, terminal = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", program], stdout=terminal, stdin=terminal)
    os.close(terminal)
    output = b""
    try:
        while more := os.read(end, 4096):
            output += more
    except OSError:
        pass  # a terminal that nobody holds any more ends so
    finally:
        os.close(end)
        assert process.wait() == 0
    assert b"x x x" in output
    assert not re.search(rb"[^\x20-\x7e\r\n]", output)


ASKED_TWICE = """
import sys, threading
from dataclasses import replace
from applet.session.consent import Question
from applet.ui.headless import Terminal
from applet.session.ui_state import UiState, Stage
from codec.wire.access import Access

terminal, done = Terminal("ask"), threading.Event()
together = UiState(stage=Stage.TOGETHER, relay="https://help.example", technician="Anna", vouched=True)
terminal.intent = lambda intent: (print("INTENT", intent.serial, sorted(intent.allowed), flush=True), done.set())
terminal.show(replace(together, question=Question(3, Access.VIEW, frozenset({Access.VIEW}))))
while not terminal._open_question:
    pass
terminal.show(replace(together, question=Question(4, Access.RECORD, frozenset({Access.RECORD}))))
print("REPLACED", flush=True)
done.wait(20)
"""


def test_what_was_typed_for_one_question_does_not_answer_the_one_that_took_its_place() -> None:
    """F34: each question names the host and its own serial, and the line typed for the former one is dropped."""
    end, terminal = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", ASKED_TWICE], stdout=terminal, stdin=terminal, stderr=terminal)
    os.close(terminal)
    try:
        heard = until(end, b"", b"REPLACED")
        assert b"? [3] help.example: Show your screen" in heard
        os.write(end, b"y\n")
        heard = until(end, heard, b"? [4] help.example: Let Anna record")
        assert b"INTENT" not in heard
        os.write(end, b"y\n")
        assert b"INTENT 4 [<Access.RECORD: 'record'>]" in until(end, heard, b"INTENT 4 [<Access.RECORD: 'record'>]")
    finally:
        os.close(end)
        process.kill()
        process.wait()


def until(end: int, heard: bytes, wanted: bytes) -> bytes:
    """Return all that was shown until `wanted` is."""
    while wanted not in heard:
        heard += os.read(end, 4096)
    return heard


@pytest.mark.parametrize(("typed", "intent"), [("y", UseRelay("https://evil.example", True)), ("", Leave(quit=True))])
def test_on_a_terminal_an_unknown_relay_is_asked_about(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str, intent: Intent
) -> None:
    """F37: the host is named, and Enter alone is no."""
    asked: list[str] = []
    intents: queue.Queue[Intent] = queue.Queue()
    terminal = Terminal("ask")
    terminal.intent = intents.put
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(headless, "_forget_what_was_typed", lambda: None)

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return typed

    monkeypatch.setattr("builtins.input", ask)
    terminal.show(UiState(unknown_relay="https://evil.example"))
    assert intents.get(timeout=10) == intent
    assert asked == [f"{ASKED}evil.example: Use this address? [y/N] "]
    assert "This link belongs to evil.example." in capsys.readouterr().out


@pytest.mark.parametrize("consent", ["view", "control", "record"])
def test_a_standing_consent_ends_with_a_stop(consent: str) -> None:
    """F5: who has pressed stop is not answered for."""
    intents: list[Intent] = []
    terminal = Terminal(consent)
    terminal.intent = intents.append
    offers = frozenset({Access.VIEW})
    terminal.show(replace(TOGETHER, question=Question(1, Access.VIEW, offers)))
    terminal.show(replace(TOGETHER, stopped=True))
    terminal.show(replace(TOGETHER, stopped=True, question=Question(2, Access.VIEW, offers)))
    assert intents == [Decide(1, offers), Decide(2, frozenset())]
