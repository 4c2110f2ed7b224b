"""deskside-relay: the command line."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from datetime import timedelta
from pathlib import Path

from codec.errors import DesksideError
from relay.accounts.passwords import Passwords
from relay.accounts.service import Accounts
from relay.accounts.setup import SetupToken
from relay.app import prepare_data, running
from relay.config import Settings, as_markdown, from_environment
from relay.monitoring.doctor import diagnose
from relay.store import open_store


def main(arguments: list[str] | None = None) -> int:
    """Run the relay; return the exit code: 0 after a normal end, 1 when something is wrong, 2 for a wrong call."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        overrides = {"listen": options.listen, "data_dir": options.data}
        settings = from_environment(options.config, overrides)
        return _commands(options, settings)
    except DesksideError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{settings.listen} cannot be used: {error.strerror}. Choose another --listen.", file=sys.stderr)
    return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deskside-relay", description="The server of Deskside.")
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
    return parser.parse_args(arguments)


def _commands(options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "doctor":
            return asyncio.run(_doctor(settings, options.json))
        case "settings":
            print(as_markdown(), end="")
            return 0
        case "setup-token":
            return asyncio.run(_setup_token(settings))
        case _:
            return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(settings):
        print(f"Deskside relay: {settings.url}", flush=True)
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
    print(f"First start: open {settings.url}/setup\nSet-up token: {SetupToken(settings.data).show()}", flush=True)
    return 0


async def _doctor(settings: Settings, as_json: bool) -> int:
    findings = await diagnose(settings)
    if as_json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            print(finding.as_text())
    return 1 if any(finding.is_problem for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
