"""deskside-console: the command line."""

import argparse
import asyncio
import logging
import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from codec.errors import DesksideError
from codec.host.loaded import freeze_loaded
from codec.host.terminal import Parser, begin, complain, start_log
from codec.recording.formats import FormatName
from console.app import Settings, open_again, run
from console.cli.recording_commands import add_commands
from console.recording.recordings import JOURNAL_ONLY

DEFAULT_RELAY = "http://127.0.0.1:8080"
LOOPBACK = ("127.0.0.1", "localhost")


def main(arguments: list[str] | None = None) -> int:
    """Run the console or a command; return the exit code: 0 after a normal end, 1 if it could not, 2 for a wrong call.

    `verify` has codes of its own (console/cli/recording_commands.py).
    """
    if arguments is None:  # otherwise the process is another's, with files of its own
        begin()
    parser = Parser(prog="deskside-console", description="The technician's console of Deskside.")
    parser.set_defaults(command=None)
    parser.add_version()
    parser.add_argument("--relay", default=DEFAULT_RELAY, help=f"the relay's address (default {DEFAULT_RELAY})")
    parser.add_shared("--listen", default="127.0.0.1:8090", metavar="HOST:PORT", help="where the page is served")
    parser.add_shared("--no-browser", action="store_true", help="do not open a browser")
    parser.add_shared("--verbose", action="store_true", help="write a more detailed log")
    parser.add_shared(
        "--recordings", type=Path, default=recordings_folder(sys.platform, os.environ, Path.home()), metavar="DIR",
        help="the folder for recordings (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--recording-format", choices=[*(name.value for name in FormatName), JOURNAL_ONLY],
        default=FormatName.H264.value, metavar="FORMAT",
        help="the format of recordings where your group does not choose one (default %(default)s; rasc is lossless)",
    )  # fmt: skip
    parser.add_shared(
        "--data", type=Path, default=data_folder(sys.platform, os.environ, Path.home()), metavar="DIR",
        help="the folder for what the console remembers about relays and locations (default %(default)s)",
    )  # fmt: skip
    parser.add_shared(
        "--allow-unencrypted", action="append", default=[], type=str.lower, metavar="HOST",
        help="allow unencrypted uploads of recordings to this server (http, ftp), which others on the network can read",
    )  # fmt: skip
    add_commands(parser, lambda options: _open(parser, options))
    options = parser.parse_args(arguments)
    start_log(logging.INFO if options.verbose else logging.WARNING)
    logging.getLogger("aioice").setLevel(logging.WARNING)
    try:
        return _run(parser, options) if options.command is None else int(options.command(options))
    except DesksideError as error:
        complain(error)
        return 1


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Run the console itself, until it is interrupted."""
    _check_relay(parser, options.relay)
    freeze_loaded()
    asyncio.run(run(_settings(parser, options)))
    return 0


def _open(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Open another page of the console that is running."""
    asyncio.run(open_again(_settings(parser, options)))
    return 0


def _settings(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Settings:
    host, port = _listen_address(parser, options.listen)
    place = options.recordings.absolute(), options.recording_format, options.data.absolute()
    unencrypted = frozenset(options.allow_unencrypted)
    settings = Settings(options.relay, host, port, not options.no_browser, *place, unencrypted)
    defaults = {"--listen": parser.get_default("listen"), "--data": str(parser.get_default("data").absolute())}
    chosen = {"--listen": settings.address, "--data": str(settings.data)}
    again = typed(_program(), {"--relay": options.relay} | chosen, {"--relay": DEFAULT_RELAY} | defaults)
    return replace(settings, reopening=typed(_program(), chosen, defaults, "open"), starting=again)


def typed(program: Sequence[str], chosen: Mapping[str, str], defaults: Mapping[str, str], *more: str) -> str:
    """Return what is typed to start a console like this one, or with `open` to open another page of it. Pure."""
    options = [part for name, value in chosen.items() if value != defaults[name] for part in (name, value)]
    return shlex.join([*program, *options, *more])


def _program() -> list[str]:
    """Return how this console is started where its name is not enough: in a checkout it is on no search path."""
    name = "deskside-console"
    if Path(sys.argv[0]).name != name:
        return [sys.executable, "-m", "console"]
    found = shutil.which(name)
    return [name] if found is not None and Path(found).samefile(sys.argv[0]) else [sys.argv[0]]


def recordings_folder(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Return where recordings go when nobody says."""
    return data_folder(platform, environment, home) / "recordings"


def data_folder(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Return where the console keeps what is its own: in the folder for programs' data of this person."""
    if platform == "win32":
        data = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
    elif platform == "darwin":
        data = home / "Library/Application Support"
    else:
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    return data / "deskside"


def _listen_address(parser: argparse.ArgumentParser, listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if host not in LOOPBACK:
        parser.error("the page is only for this computer: --listen takes 127.0.0.1:PORT")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        parser.error(f"--listen {listen}: the port must be a number from 1 to 65535")
    return "127.0.0.1", int(port)


def _check_relay(parser: argparse.ArgumentParser, relay: str) -> None:
    address = urlsplit(relay)
    if "@" in address.netloc:  # it may be a password, so it is not repeated
        parser.error("--relay: an address has no user name and password in it; you sign in in the page")
    if address.scheme not in ("http", "https") or not address.hostname:
        parser.error(f"--relay {relay}: an address begins with https://")
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        parser.error(f"--relay {relay}: a relay on another computer is reached by https:// only")
