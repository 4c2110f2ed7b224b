"""B14: a second start opens another page of the console that runs, and so does `deskside-console open`."""

import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from console.page.running_instance import ANOTHER_PAGE, SECRET_BYTES, RunningFile, ask
from tests.support.consoles import running_console

NO_RELAY = "http://127.0.0.1:9"


def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Start the console once more, and return what it said when it has ended."""
    command = [sys.executable, "-m", "console", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


async def admitted(link: str) -> bool:
    """Whether a page gets in by this link."""
    address, _, code = link.partition("#open=")
    async with aiohttp.ClientSession() as http, http.post(f"{address}open", json={"code": code}) as answer:
        return answer.status == 200


@pytest.mark.finding("use-B14")
async def test_a_second_start_opens_another_page(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with running_console(NO_RELAY, "--data", data) as console:
        address = console.link.partition("#")[0].removeprefix("http://").rstrip("/")
        same = ("--listen", address, "--data", data, "--no-browser")
        assert await admitted(console.link)
        links = set()
        for more in (("--relay", NO_RELAY), ("--relay", NO_RELAY, "open")):
            again = start(*same, *more)
            assert (again.returncode, again.stderr) == (0, "")
            (link,) = re.findall(r"http://\S+#open=\S+", again.stdout)
            assert await admitted(link)
            assert not await admitted(link)
            links.add(link)
        assert len(links) == 2
        other = start(*same, "--relay", "http://127.0.0.1:10")
        assert other.returncode == 1
        assert "A console for another relay runs at the same address" in other.stderr
    assert start(*same, "open").returncode == 1
    assert "Deskside Console is not running" in start(*same, "open").stderr


@pytest.mark.finding("use-B14")
async def test_without_the_secret_of_the_file_there_is_no_code(tmp_path: Path) -> None:
    with running_console(NO_RELAY, "--data", str(tmp_path)) as console:
        address = console.link.partition("/#")[0]
        secret = RunningFile(tmp_path, int(address.rpartition(":")[2])).read()
        async with aiohttp.ClientSession() as http:
            for body, headers in (
                (ask(bytes(SECRET_BYTES), "nonce"), {}),
                (ask(secret, "nonce"), {"Origin": address}),
                (ask(secret, "nonce"), {"Host": "evil.example"}),
            ):
                asked = {"nonce": body.nonce, "proof": body.proof, "code": body.code}
                async with http.post(f"{address}{ANOTHER_PAGE}", json=asked, headers=headers) as answer:
                    assert answer.status == 403
                    assert "proof" not in await answer.text()
        assert await admitted(console.link)
