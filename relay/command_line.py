"""deskside-relay: the command line."""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from codec.errors import DesksideError
from codec.host.terminal import Parser, begin, complain, hand_out, say, say_whole
from relay.accounts.setup_token import SetupToken
from relay.config.reference import as_effective, as_example, as_markdown, as_table
from relay.config.settings import Settings, describe
from relay.config.sources import SYSTEM_CONFIG, Loaded, load_settings
from relay.host.os_errors import sentence_of
from relay.logs.writing import start_relay_log as start_log
from relay.maintenance.backup import back_up
from relay.maintenance.data_folder import NoRelayError, check_there
from relay.maintenance.restore import restore
from relay.maintenance.running_instance import locate
from relay.monitoring.doctor import diagnose
from relay.programs import adding
from relay.serving import is_set_up, serve
from relay.sign_in import operator_recovery
from relay.store.database import Store, open_store

_LOG = ("log_level", "log_format")


def main(arguments: list[str] | None = None) -> int:
    """Run the relay; return the exit code: 0 after a normal end, 1 when something is wrong, 2 for a wrong call."""
    if arguments is None:  # otherwise the process is another's, with files of its own
        begin()
    options = _parse(arguments)
    start_log("warning", "text")
    try:
        return _commands(options)
    except DesksideError as error:
        complain(error)
    except OSError as error:
        complain(sentence_of(error))
    return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="deskside-relay",
        description="The Deskside server.",
        epilog=f"Without --config and --data, the settings in {SYSTEM_CONFIG} are used where that file exists, and the "
        "data folder var/relay otherwise. Only `serve` and `restore` make a data folder.",
    )
    parser.add_version()
    parser.add_shared("--config", type=Path, metavar="FILE", help="TOML file with settings")
    parser.add_shared("--listen", metavar="HOST:PORT", help="where to listen (default 127.0.0.1:8080)")
    parser.add_shared("--data", metavar="DIR", help="data folder (default var/relay)")
    levels, formats = (next(each.choices for each in describe() if each.name == name) for name in _LOG)
    parser.add_shared("--log-level", choices=levels, metavar="LEVEL", help=f"{', '.join(levels)} (default info)")
    parser.add_shared("--log-format", choices=formats, metavar="FORMAT", help=f"{', '.join(formats)} (default text)")
    shared = [parser.after_a_command()]
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("serve", parents=shared, help="run the relay (default)")
    doctor = commands.add_parser("doctor", parents=shared, help="diagnose problems and suggest fixes")
    doctor.add_argument("--json", action="store_true", help="show the findings as JSON")
    settings = commands.add_parser("settings", parents=shared, help="show every setting")
    how = settings.add_mutually_exclusive_group()
    how.add_argument("--example", action="store_true", help="print a commented example settings file")
    how.add_argument("--effective", action="store_true", help="show the values in use and where each is set")
    how.add_argument("--markdown", action="store_true", help="print the settings reference in Markdown")
    commands.add_parser("setup-token", parents=shared, help="show the setup token")
    password = commands.add_parser(
        "reset-password", parents=shared, help="print a one-time link for choosing a new password"
    )
    password.add_argument("email", metavar="EMAIL", help="the e-mail address used to sign in")
    commands.add_parser(
        "allow-everyone", parents=shared, help="allow sign-in from every network, after a rule locked out the staff"
    )
    reset = commands.add_parser("reset-two-step", parents=shared, help="remove a lost authenticator")
    reset.add_argument("email", metavar="EMAIL", help="the e-mail address used to sign in")
    _add_downloads(commands.add_parser("downloads", parents=shared, help="add, list and remove help programs"))
    backup = commands.add_parser("backup", parents=shared, help="write a backup (the relay can be running)")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file")
    restore = commands.add_parser("restore", parents=shared, help="restore a backup (the relay can be running)")
    restore.add_argument("file", type=Path, metavar="FILE", help="a backup file")
    return parser.parse_args(arguments)


def _add_downloads(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add a signed help program, in place of an older one")
    add.add_argument("file", type=Path, metavar="FILE", help="the program; its signature FILE.minisig is beside it")
    actions.add_parser("list", help="show each with its size, digest and signature")
    remove = actions.add_parser("remove", help="remove one that was added")
    remove.add_argument("name", metavar="NAME", help="its name, as in the list")


def _commands(options: argparse.Namespace) -> int:
    if options.command == "settings" and not options.effective:
        hand_out(as_example() if options.example else as_markdown() if options.markdown else as_table())
        return 0
    overrides = {
        "listen": options.listen,
        "data_dir": options.data,
        "log_level": options.log_level,
        "log_format": options.log_format,
    }
    load = partial(load_settings, options.config, overrides, os.environ)
    loaded = load()
    match options.command:
        case "settings":
            hand_out(as_effective(loaded))
            return 0
        case "doctor":
            return asyncio.run(_doctor(loaded, options.json))
        case "downloads":
            say(*_downloads(options, loaded))
            return 0
        case "setup-token":
            return asyncio.run(_setup_token(loaded))
        case "allow-everyone":
            return asyncio.run(_recover(loaded, operator_recovery.allow_everyone))
        case "reset-password":
            return asyncio.run(_reset_password(loaded, options.email))
        case "backup":
            return asyncio.run(_tell(back_up(loaded, options.file, datetime.now(UTC))))
        case "restore":
            return asyncio.run(_tell(restore(loaded, options.file, datetime.now(UTC))))
        case "reset-two-step":
            return asyncio.run(_recover(loaded, partial(operator_recovery.reset_two_step, options.email)))
        case _:
            start_log(loaded.settings.log_level, loaded.settings.log_format)
            return asyncio.run(serve(loaded, load, _apply))


def _downloads(options: argparse.Namespace, loaded: Loaded) -> list[str]:
    check_there(loaded.settings, loaded.where)
    match options.action:
        case "add":
            return adding.add(loaded.settings, options.file)
        case "remove":
            return adding.remove(loaded.settings, options.name)
    return adding.list_all(loaded.settings)


def _apply(settings: Settings) -> None:
    """Put settings into effect that have changed."""
    start_log(settings.log_level, settings.log_format)


async def _setup_token(loaded: Loaded) -> int:
    async with _present_store(loaded) as store:
        if await is_set_up(store):
            complain("This relay is already set up.", f"Data folder: {loaded.where}")
            return 1
    token = SetupToken(loaded.settings.data).read()
    if token is None:
        raise NoRelayError(f"There is no setup token in {loaded.where} yet. Start the relay to create one.")
    say_whole(f"Setup token: {token}")
    located = locate(loaded)
    say_whole(f"Open {located.loaded.settings.url}/setup")
    say_whole(f"Data folder: {loaded.where}")
    say_whole(f"Address: {located.used}")
    return 0


async def _recover(loaded: Loaded, act: Callable[[Store, datetime], Awaitable[str]]) -> int:
    """Do what nobody can do from outside any more; the running relay heeds it at the next request."""
    async with _present_store(loaded) as store:
        say(await act(store, datetime.now(UTC)))
    return 0


async def _reset_password(loaded: Loaded, email: str) -> int:
    async with _present_store(loaded) as store:
        located = locate(loaded)
        for line in await operator_recovery.reset_password(
            email, located.loaded.settings.url, store, datetime.now(UTC)
        ):
            say_whole(line)
        say_whole(f"Address: {located.used}")
    return 0


async def _tell(doing: Awaitable[list[str]]) -> int:
    for line in await doing:
        say_whole(line)
    return 0


@asynccontextmanager
async def _present_store(loaded: Loaded) -> AsyncIterator[Store]:
    """Open the database of a relay that has been started before. Raises NoRelayError."""
    check_there(loaded.settings, loaded.where)
    store = await open_store(loaded.settings.database, upgrade=False)
    try:
        yield store
    finally:
        await store.close()


async def _doctor(loaded: Loaded, as_json: bool) -> int:
    located = locate(loaded)
    findings = await diagnose(located.loaded.settings, loaded.file, located.running)
    if as_json:
        hand_out(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        say(f"Data folder: {loaded.where}", f"Address: {located.used}")
        for finding in findings:
            say(*finding.as_lines())
    return 1 if any(finding.is_problem for finding in findings) else 0
