"""Puts the console together: engine, page server, and what the terminal shows."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from codec.errors import DesksideError
from codec.host.private_files import NotPrivateError
from codec.host.terminal import complain, say_whole
from console.customer_page.check import AcceptedPages
from console.device import DeviceFile
from console.engine import Engine
from console.page.browser import OpeningFile, folder_for_browsers, open_file
from console.page.running_instance import (
    SECRET_BYTES,
    AnotherProgramError,
    Found,
    NotRunningError,
    RunningFile,
    find,
    opened,
)
from console.page.server import PageServer
from console.recording.recordings import Recordings
from console.session.attempt_files import AttemptFiles
from console.session.secret_attempts import SecretAttempts

CONSOLE_NAME_BYTES = 12
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What ends the console: customers are told before it goes. SIGHUP comes when its terminal is closed."""


class OtherRelayError(DesksideError):
    """A console for another relay runs at the same address. Choose another with --listen."""


class CannotListenError(DesksideError):
    """The page's address is taken or not allowed. Choose another with --listen."""


@dataclass(frozen=True)
class Settings:
    """What the command line says."""

    relay: str
    host: str
    port: int
    open_browser: bool
    recordings: Path
    format: str
    data: Path
    unencrypted: frozenset[str] = frozenset()
    """The servers that recordings may go to unencrypted."""
    reopening: str = "deskside-console open"
    """The command that opens another page of this console."""
    starting: str = "deskside-console"
    """The command that starts it again."""

    @property
    def address(self) -> str:
        """Where the page is served."""
        return f"{self.host}:{self.port}"


async def open_again(settings: Settings) -> None:
    """Open another page of the console that runs. Raises NotRunningError, NotPrivateError, AnotherProgramError."""
    secret = RunningFile(settings.data, settings.port).read()
    async with aiohttp.ClientSession() as http:
        await _open_found(settings, http, secret, await find(http, settings.address, secret))


async def run(settings: Settings) -> None:
    """Run the console until SIGINT, SIGTERM or SIGHUP; where it runs already, open another page of it instead.

    Raises CannotListenError, OtherRelayError.
    """
    if await _runs_already(settings):
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its event loop
            loop.add_signal_handler(number, stop.set)
    async with aiohttp.ClientSession() as http:
        recordings = Recordings(
            settings.recordings, settings.format, data=settings.data, unencrypted=settings.unencrypted
        )
        codes = AttemptFiles(settings.data, settings.relay)
        secret_attempts = SecretAttempts(codes.keep, codes.read(time.time()))
        name, device = secrets.token_urlsafe(CONSOLE_NAME_BYTES), DeviceFile(settings.data, settings.relay)
        accepted = AcceptedPages(settings.data)
        engine = Engine(
            http, settings.relay, name, recordings, secret_attempts, device, accepted, replies=settings.data
        )
        shown = _Terminal(settings)
        runner = await _serve(settings, engine, shown)
        try:
            async with asyncio.TaskGroup() as tasks:
                opening = tasks.create_task(shown.ready())
                await stop.wait()
                opening.cancel()
        finally:
            shown.close()
            RunningFile(settings.data, settings.port).remove()
            await engine.close()
            await runner.cleanup()


async def _serve(settings: Settings, engine: Engine, shown: "_Terminal") -> web.AppRunner:
    secret = secrets.token_bytes(SECRET_BYTES)
    server = PageServer(engine, settings.address, shown.code, complain, secret, settings.reopening, settings.starting)
    runner = web.AppRunner(server.application(), shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        await engine.close()
        raise CannotListenError(
            f"{settings.host}:{settings.port} cannot be used for the page ({error.strerror}). "
            "Stop the other program there, or choose another port with --listen."
        ) from None
    try:
        RunningFile(settings.data, settings.port).write(secret)
    except OSError as error:
        complain(f"A second start will not find this console: {error}.")
    return runner


async def _runs_already(settings: Settings) -> bool:
    """Open another page of this person's console, where one runs for the same relay. Raises OtherRelayError."""
    try:
        secret = RunningFile(settings.data, settings.port).read()
        async with aiohttp.ClientSession() as http:
            found = await find(http, settings.address, secret)
            if found.relay != settings.relay.rstrip("/"):
                raise OtherRelayError(OtherRelayError.__doc__)
            await _open_found(settings, http, secret, found)
    except (NotRunningError, NotPrivateError, AnotherProgramError):
        return False  # if the address is taken nevertheless, that is said when it is used
    return True


async def _open_found(settings: Settings, http: aiohttp.ClientSession, secret: bytes, found: Found) -> None:
    link = f"http://{settings.address}/#open={found.code}"
    if not settings.open_browser:
        say_whole(f"Deskside Console is already running. New page: {link}")
        return
    file = OpeningFile(link, folder_for_browsers(sys.platform, os.environ, Path.home()))
    try:
        if await open_file(file.path):
            say_whole("Deskside Console is already running. A new page opens in your browser.")
            await opened(http, settings.address, secret, found.code)
        else:
            complain(f"No browser could be opened here. Open this address yourself: {link}")
    finally:
        file.remove()


class _Terminal:
    """Shows the address with the code that opens it: the code stands in the fragment, which no server sees."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._code = ""
        self._is_ready = False
        self._file: OpeningFile | None = None

    def code(self, code: str) -> None:
        """There is a new code; the one before was used."""
        self._code = code
        self.close()
        if self._is_ready:
            say_whole(f"To open the page in another browser: {self._link()}")

    async def ready(self) -> None:
        """The page can be opened: show how, and open it where that is wanted."""
        self._is_ready = True
        say_whole(f"Deskside console: {self._link()}")
        if not self._settings.open_browser:
            return
        try:
            self._file = OpeningFile(self._link(), folder_for_browsers(sys.platform, os.environ, Path.home()))
            found = await open_file(self._file.path)
        except OSError:
            found = False
        if not found:
            complain("No browser could be opened. Open the address above yourself.")

    def close(self) -> None:
        """Remove the file that opens the page: it did, or never will."""
        if self._file is not None:
            self._file.remove()
            self._file = None

    def _link(self) -> str:
        return f"http://{self._settings.host}:{self._settings.port}/#open={self._code}"
