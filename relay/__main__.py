"""deskside-relay: the command line."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from codec.errors import DesksideError
from codec.program import Parser, begin, complain, say, say_whole, start_log
from relay.accounts.passwords import Passwords
from relay.accounts.service import Accounts
from relay.accounts.setup import SetupToken
from relay.app import prepare_data, running
from relay.config import Settings, as_markdown, from_environment
from relay.monitoring.doctor import diagnose
from relay.security import rescue
from relay.store import Store, open_store


def main(arguments: list[str] | None = None) -> int:
    """Run the relay; return the exit code: 0 after a normal end, 1 when something is wrong, 2 for a wrong call."""
    if arguments is None:  # otherwise the process is another's, with files of its own
        begin()
    options = _parse(arguments)
    start_log(logging.INFO, "%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        overrides = {"listen": options.listen, "data_dir": options.data}
        settings = from_environment(options.config, overrides)
        return _commands(options, settings)
    except DesksideError as error:
        complain(error)
    except OSError as error:
        complain(f"{settings.listen} cannot be used: {error.strerror}. Choose another --listen.")
    return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="deskside-relay", description="The server of Deskside.")
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings")
    parser.add_argument("--listen", metavar="HOST:PORT", help="where to listen (default 127.0.0.1:8080)")
    parser.add_argument("--data", metavar="DIR", help="data folder (default var/relay)")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="run the relay (the default)")
    doctor = commands.add_parser("doctor", help="look for what is wrong, and say the remedy")
    doctor.add_argument("--json", action="store_true", help="the findings as JSON")
    settings = commands.add_parser("settings", help="show every setting")
    settings.add_argument("--markdown", action="store_true", help="as docs/relay-settings.md")
    commands.add_parser("setup-token", help="show the token for the first set-up")
    commands.add_parser("allow-everyone", help="let staff in from every network again, after a rule that shut them out")
    reset = commands.add_parser("reset-two-step", help="throw somebody's authenticator away, after it was lost")
    reset.add_argument("email", help="the e-mail address of the person")
    return parser.parse_args(arguments)


def _commands(options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "doctor":
            return asyncio.run(_doctor(settings, options.config, options.json))
        case "settings":
            sys.stdout.write(as_markdown())
            return 0
        case "setup-token":
            return asyncio.run(_setup_token(settings))
        case "allow-everyone":
            return asyncio.run(_rescue(settings, rescue.allow_everyone))
        case "reset-two-step":
            return asyncio.run(_rescue(settings, partial(rescue.reset_two_step, options.email)))
        case _:
            return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(settings):
        say_whole(f"Deskside relay: {settings.url}")
        await _setup_token(settings)
        await stop.wait()
    return 0


async def _setup_token(settings: Settings) -> int:
    prepare_data(settings.data)
    store, passwords = await open_store(settings.database), Passwords()
    try:
        accounts = Accounts(store, passwords, lifetime=timedelta(0))
        if await accounts.is_set_up():
            return 0
    finally:
        passwords.close()
        await store.close()
    say_whole(f"First start: open {settings.url}/setup")
    say_whole(f"Set-up token: {SetupToken(settings.data).show()}")
    return 0


async def _rescue(settings: Settings, act: Callable[[Store, datetime], Awaitable[str]]) -> int:
    """Do what nobody can do from outside any more; the running relay heeds it at the next request."""
    store = await open_store(settings.database)
    try:
        say(await act(store, datetime.now(UTC)))
    finally:
        await store.close()
    return 0


async def _doctor(settings: Settings, config: Path | None, as_json: bool) -> int:
    findings = await diagnose(settings, config)
    if as_json:
        sys.stdout.write(json.dumps([finding.as_dict() for finding in findings], indent=2) + "\n")
    else:
        for finding in findings:
            say(*finding.as_lines())
    return 1 if any(finding.is_problem for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
