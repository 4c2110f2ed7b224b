"""What every program does first, and its log (F24, F27)."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codec.host.terminal import CONTINUED, Parser, SafeFormatter, say

FORGED = "broken\n2026-01-01 00:00:00,000 INFO Anna signed in\x1b[2J\u202e"


def logged(log: logging.Logger, act: "object") -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(message)s"))
    log.handlers, log.propagate = [handler], False
    assert callable(act)
    act()
    return stream.getvalue()


def test_a_record_is_one_line_whatever_it_says() -> None:
    """F27: no call has to remember."""
    log = logging.getLogger("test of records")
    said = logged(log, lambda: log.warning("an applet sent what is no signal: %s", FORGED))
    assert said.count("\n") == 1
    assert said.isprintable() or said[:-1].isprintable()
    assert "\\x1b[2J\\u202e" in said


def test_a_traceback_cannot_look_like_another_record() -> None:
    log = logging.getLogger("test of tracebacks")

    def fail() -> None:
        try:
            raise ValueError(FORGED)
        except ValueError:
            log.exception("it failed")

    first, *others = logged(log, fail).rstrip("\n").split("\n")
    assert first.endswith("ERROR it failed")
    assert len(others) >= 4
    assert all(line.startswith(CONTINUED) for line in others)
    assert all(line.isprintable() for line in others)


def test_what_another_handler_made_of_a_traceback_is_not_taken_over() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    raw = logging.Formatter().format(record)
    assert "\x1b" in raw
    assert "\x1b" not in SafeFormatter().format(record)
    assert record.exc_text is not None, "nor is it taken from them"


def test_a_stack_is_safe_too() -> None:
    log = logging.getLogger("test of stacks")
    first, *others = logged(log, lambda: log.warning("here", stack_info=True)).rstrip("\n").split("\n")
    assert first.endswith("here")
    assert all(line.startswith(CONTINUED) for line in others)


def test_what_is_odd_on_a_command_line_is_named_safely(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="deskside")
    parser.add_subparsers().add_parser("verify").add_argument("file")
    with pytest.raises(SystemExit):
        parser.parse_args(["verify", "one", "\x1b]0;pwned\x07.dsr"])
    assert "\\x1b]0;pwned\\x07.dsr" in capsys.readouterr().err


@pytest.mark.parametrize("thread", [False, True])
def test_what_nobody_caught_is_told_safely(thread: bool) -> None:
    fail = "def fail(): raise ValueError('x\\n\\x1b[2J')"
    start = "import threading; t = threading.Thread(target=fail); t.start(); t.join()" if thread else "fail()"
    program = f"import codec.host.terminal as p, logging\np.begin()\np.start_log(logging.INFO)\n{fail}\n{start}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "\x1b" not in done.stderr
    assert "ValueError: x" in done.stderr


@pytest.mark.parametrize(("program", "folder"), [("relay", "relay"), ("console", "console.cli"), ("applet", "applet")])
def test_every_program_makes_private_files_only(tmp_path: Path, program: str, folder: str) -> None:
    """F24: umask 077 before anything else, in all three."""
    probe = f"""
import os, sys
from {program} import __main__ as program
from {folder} import command_line
def look(*_args, **_more):
    os.close(os.open({str(tmp_path / "probe")!r}, os.O_CREAT | os.O_WRONLY, 0o666))
    raise SystemExit(0)
command_line.start_log = look
sys.argv = [{program!r}]
program.main()
"""
    before = os.umask(0)
    try:
        done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "probe").stat().st_mode & 0o777 == 0o600


def test_a_line_that_is_said_cannot_look_like_two(capsys: pytest.CaptureFixture[str]) -> None:
    """F26: a file's name in what `verify` says."""
    say("x\nx.avi is intact\r\n\x1b[2J", "second")
    assert capsys.readouterr().out == f"x\n{CONTINUED}x.avi is intact\n{CONTINUED}\\x1b[2J\nsecond\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["console", "verify", "\x1b]0;x\x07\x9b2J.dsr"],
        ["console", "repair", "a\n\x1b[2Jb.avi"],
        ["console", "convert", "\u202ea.dsr", "b.avi"],
        ["relay", "--config", "\x1b[2J.toml", "doctor"],
        ["relay", "--data", "/proc/\x1b[2J", "doctor"],
        ["relay", "--data", "/proc/\x1b[2J"],
        ["applet", "--relay", "x\x1b[2J"],
        ["applet", "\x1b[2J\x1b[2J"],
    ],
)
def test_no_command_line_passes_on_what_steers(arguments: list[str]) -> None:
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    output = (done.stdout + done.stderr).decode()
    assert output
    assert done.returncode != 0
    assert not [letter for letter in output if letter != "\n" and not letter.isprintable()], output


def test_a_code_on_the_command_line_of_the_applet_is_refused() -> None:
    """F15: everybody on a computer can read its command lines."""
    for code in ("123456", "1234567890", "https://help.example/j/abc#secret"):
        done = subprocess.run([sys.executable, "-m", "applet", "--headless", code], capture_output=True, check=False)
        assert done.returncode == 2
        assert b"standard input" in done.stderr
        assert code.encode() not in done.stderr
