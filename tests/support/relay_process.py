"""The relay as a process of its own, which a test may kill and start again."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from relay.config.settings import Settings
from tests.support.relays import set_up, settings_for
from tests.support.waiting import becomes_true, written
from tests.support.xvfb import end

START_SECONDS = 60.0


class RelayProcess:
    """A relay with its data in `folder`, on one port for as long as the test lasts."""

    def __init__(
        self,
        folder: Path,
        *,
        files: int | None = None,
        program: Sequence[str] = (sys.executable, "-m", "relay"),
        env: Mapping[str, str] | None = None,
        is_first: bool = True,
    ) -> None:
        """`files`: how many the system lets it hold open. What it writes is in `folder`/relay.log.

        `program` is another relay than that of the checkout, `env` another environment than ours. One that is not the
        first on its database finds that set up.
        """
        self._program, self._env = program, env
        self._is_first = is_first
        self._limit = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh"] if files else []
        self.log = folder / "relay.log"
        self.settings: Settings = settings_for(folder)
        self.url = f"http://{self.settings.listen}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, set up, and wait until it answers."""
        is_first = self._is_first and not self.settings.data.exists()
        command = [*self._program, "--listen", self.settings.listen, "--data", self.settings.data_dir]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  (it only starts here; the waiting below is async)
                [*self._limit, *command], stdout=log, stderr=log, env=self._env
            )
        async with aiohttp.ClientSession() as http:
            await becomes_true(lambda: _answers(http, self.url), START_SECONDS)
            if is_first:
                await written(self.log, "Setup token")  # or it and we make one each
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
