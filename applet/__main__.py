"""deskside-applet: the command line.

Exit codes: 0 after a normal end, 1 when it could not start or the code let nobody in, 2 for a wrong call.
"""

import argparse
import logging
import signal
import sys
import threading

from applet.app import EngineThread
from applet.codes import BadCodeError, check_relay
from applet.headless import CONSENTS, Terminal, read_code_from_input
from applet.situation import EnterCode, Leave
from applet.texts import use_language
from codec.errors import DesksideError


def main(arguments: list[str] | None = None) -> int:
    """Run the applet; return the exit code."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)
    use_language()
    try:
        if options.headless:
            return _run_headless(options)
        from applet.window.app import run_window  # noqa: PLC0415  (a machine without Qt can still run headless)

        return run_window(options.relay, options.pin)
    except ImportError as error:
        print(f"The window needs Qt, which is missing here ({error}). Try --headless.", file=sys.stderr)
    except DesksideError as error:
        print(error, file=sys.stderr)
    return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deskside-applet", description="The customer's side of Deskside.")
    parser.add_argument("pin", nargs="?", metavar="PIN", help="the six digits; a link is pasted into the window")
    parser.add_argument("--relay", help="the organisation's address, for example https://help.example")
    parser.add_argument("--headless", action="store_true", help="no window: ask on the terminal")
    parser.add_argument(
        "--consent", choices=sorted(CONSENTS), default="ask", help="answer by itself; own machines only"
    )
    parser.add_argument("--verbose", action="store_true", help="tell more in the log")
    options = parser.parse_args(arguments)
    if options.consent != "ask" and not options.headless:
        parser.error("--consent goes together with --headless only: in a window, the person there decides")
    if options.pin is not None and ("/" in options.pin or "#" in options.pin or len(options.pin) != 6):
        parser.error("only the six digits go here: paste a link, or type secret digits, into the window")
    if options.relay is not None:
        try:
            options.relay = check_relay(options.relay)
        except BadCodeError:
            parser.error(f"--relay {options.relay}: an address begins with https:// (http:// only for this computer)")
    return options


def _run_headless(options: argparse.Namespace) -> int:
    if options.consent != "ask":
        print(
            f"WARNING: whoever has the code may {options.consent} this computer without being asked. "
            "This is for your own machines only. Ctrl-C ends it.",
            file=sys.stderr,
        )
    ended = threading.Event()
    terminal = Terminal(options.consent)
    engine = EngineThread(options.relay, terminal.show, lambda _text: None)
    engine.ended = ended.set
    terminal.wish = engine.wish
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: engine.wish(Leave(quit=True)))
    engine.start()
    if options.pin is not None:
        engine.wish(EnterCode(options.pin))
    else:
        threading.Thread(target=read_code_from_input, args=(engine.wish,), daemon=True).start()
    while not ended.wait(0.5):
        pass  # a wait without end would not let Python handle signals
    return 1 if terminal.refused else 0


if __name__ == "__main__":
    sys.exit(main())
