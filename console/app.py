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
from codec.program import complain, say_whole
from console.browser import OpeningFile, folder_for_browsers, open_file
from console.device import DeviceFile
from console.engine import Engine
from console.guess_files import GuessFiles
from console.guesses import Guesses
from console.page_server import PageServer
from console.recording.session import Recordings

CONSOLE_NAME_BYTES = 12


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


async def run(settings: Settings) -> None:
    """Run the console until SIGINT or SIGTERM. Raises CannotListenError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its event loop
            loop.add_signal_handler(number, stop.set)
    async with aiohttp.ClientSession() as http:
        recordings = Recordings(
            settings.recordings, settings.format, data=settings.data, unencrypted=settings.unencrypted
        )
        codes = GuessFiles(settings.data, settings.relay)
        guesses = Guesses(codes.keep, codes.read(time.time()))
        name, device = secrets.token_urlsafe(CONSOLE_NAME_BYTES), DeviceFile(settings.data, settings.relay)
        engine = Engine(http, settings.relay, name, recordings, guesses, device)
        shown = _Terminal(settings)
        runner = await _serve(settings, engine, shown)
        try:
            async with asyncio.TaskGroup() as tasks:
                opening = tasks.create_task(shown.ready())
                await stop.wait()
                opening.cancel()
        finally:
            shown.close()
            await engine.close()
            await runner.cleanup()


async def _serve(settings: Settings, engine: Engine, shown: "_Terminal") -> web.AppRunner:
    server = PageServer(engine, f"{settings.host}:{settings.port}", shown.code, complain)
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
    return runner


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
            complain("No browser could be opened here; open the address above yourself.")

    def close(self) -> None:
        """Remove the file that opens the page: it did, or never will."""
        if self._file is not None:
            self._file.remove()
            self._file = None

    def _link(self) -> str:
        return f"http://{self._settings.host}:{self._settings.port}/#open={self._code}"
