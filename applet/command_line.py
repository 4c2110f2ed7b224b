"""deskside-applet: the command line.

Exit codes: 0 after a normal end, 1 when it could not start or the code was refused, 2 for a wrong call.
"""

import argparse
import logging
import signal
import threading

from applet.app import EngineThread
from applet.carried import given
from applet.process_exit import leave
from applet.session.codes import BadCodeError, check_relay
from applet.session.ui_state import Leave, NoWindow
from applet.ui.headless import CONSENTS, Terminal, read_code_from_input
from applet.ui.texts import translate as _
from applet.ui.texts import use_language
from codec.errors import DesksideError
from codec.host.loaded import freeze_loaded
from codec.host.quiet_exit import loading
from codec.host.terminal import Parser, begin, complain, start_log
from codec.wire.program_names import read_link

_UNASKED = {
    "view": "anyone with the code can see this screen",
    "control": "anyone with the code can see and control this computer",
    "record": "anyone with the code can see, control and record this computer",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the applet; return the exit code."""
    if arguments is None:  # otherwise the process is another's, with files of its own
        begin()
    options = _parse(arguments)
    start_log(logging.INFO if options.verbose else logging.WARNING)
    logging.getLogger("aioice").setLevel(logging.WARNING)
    use_language()
    try:
        if options.headless:
            return _run_headless(options)
        with loading():
            from applet.ui.app import run_window  # noqa: PLC0415  (a machine without Qt can still run headless)
        brought = given(options.code)
        leave(run_window(options.relay or brought.relay, brought.code))
    except ImportError as error:
        complain(
            _("The window needs Qt, which is missing on this computer (%(why)s). Try --headless.") % {"why": error}
        )
    except DesksideError as error:
        complain(error)
    return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="deskside-applet", description="The customer's side of Deskside.")
    parser.add_version()
    parser.add_argument("code", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--relay", help="the organisation's address, for example https://help.example")
    parser.add_argument("--headless", action="store_true", help="no window: ask on the terminal")
    parser.add_argument(
        "--consent", choices=sorted(CONSENTS), default="ask", help="answer by itself; own machines only"
    )
    parser.add_argument("--verbose", action="store_true", help="write a more detailed log")
    options = parser.parse_args(arguments)
    if options.consent != "ask" and not options.headless:
        parser.error("--consent goes together with --headless only: in a window, the person there decides")
    if options.code is not None and read_link(options.code) is None:
        parser.error(
            "other users of this computer can read a command line: type the PIN or paste the link into the window, "
            "or with --headless give it on standard input"
        )
    if options.relay is not None:
        try:
            options.relay = check_relay(options.relay)
        except BadCodeError:
            parser.error(f"--relay {options.relay}: an address begins with https:// (http:// only for this computer)")
    return options


def _run_headless(options: argparse.Namespace) -> int:
    if options.consent != "ask":
        complain(
            f"WARNING: {_UNASKED[options.consent]} without being asked. "
            "Use this only on your own machines. Press Ctrl-C to end it."
        )
    ended = threading.Event()
    terminal = Terminal(options.consent)
    engine = EngineThread(options.relay, terminal.show, lambda news: engine.intent(NoWindow(news.tool)))
    engine.ended = ended.set
    terminal.intent = engine.intent
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: engine.intent(Leave(quit=True)))
    freeze_loaded()
    engine.start()
    threading.Thread(target=read_code_from_input, args=(engine.intent, terminal.no_code), daemon=True).start()
    while not ended.wait(0.5):
        pass  # a wait without end would not let Python handle signals
    return 1 if terminal.refused else 0
