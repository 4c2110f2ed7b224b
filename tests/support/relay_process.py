"""The relay as a process of its own, which a test may kill and start again."""

import subprocess
import sys
from pathlib import Path

import aiohttp

from relay.config import Settings
from tests.support.relays import set_up, settings_for
from tests.support.waiting import becomes_true
from tests.support.xvfb import end

START_SECONDS = 20.0


class RelayProcess:
    """A relay with its data in `folder`, on one port for as long as the test lasts."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = settings_for(folder)
        self.url = f"http://{self.settings.listen}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, set up, and wait until it answers."""
        command = [sys.executable, "-m", "relay", "--listen", self.settings.listen, "--data", self.settings.data_dir]
        self._process = subprocess.Popen(  # noqa: ASYNC220  (it only starts here; the waiting below is async)
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        async with aiohttp.ClientSession() as http:
            await becomes_true(lambda: _answers(http, self.url), START_SECONDS)
            await set_up(http, self.url, self.settings)

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it without a word of warning."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End it in the end."""
        if self._process is not None:
            end(self._process)


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(f"{url}/health") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
