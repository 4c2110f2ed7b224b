"""Puts the console together: engine, page server, and what the terminal shows."""

import asyncio
import contextlib
import secrets
import signal
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from codec.errors import DesksideError
from codec.program import complain, say_whole
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


async def run(settings: Settings) -> None:
    """Run the console until SIGINT or SIGTERM. Raises CannotListenError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its event loop
            loop.add_signal_handler(number, stop.set)
    async with aiohttp.ClientSession() as http:
        recordings = Recordings(settings.recordings, settings.format)
        codes = GuessFiles(recordings.keeping.spool, settings.relay)
        guesses = Guesses(codes.keep, codes.read(time.time()))
        engine = Engine(http, settings.relay, secrets.token_urlsafe(CONSOLE_NAME_BYTES), recordings, guesses)
        runner = await _serve(settings, engine)
        try:
            await stop.wait()
        finally:
            await engine.close()
            await runner.cleanup()


async def _serve(settings: Settings, engine: Engine) -> web.AppRunner:
    shown = _Terminal(settings)
    server = PageServer(engine, f"{settings.host}:{settings.port}", shown.code)
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
    shown.ready()
    return runner


class _Terminal:
    """Shows the address with the code that opens it: the code stands in the fragment, which no server sees."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._code = ""
        self._is_ready = False

    def code(self, code: str) -> None:
        """There is a new code."""
        self._code = code
        if self._is_ready:
            say_whole(f"To open the page in another browser: {self._link()}")

    def ready(self) -> None:
        """The page can be opened."""
        self._is_ready = True
        say_whole(f"Deskside console: {self._link()}")
        if self._settings.open_browser and not webbrowser.open(self._link()):
            complain("No browser could be opened here; open the address above yourself.")

    def _link(self) -> str:
        return f"http://{self._settings.host}:{self._settings.port}/#open={self._code}"
