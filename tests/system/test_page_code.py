"""F15: the code of the console's page is on no command line, and another user of the computer cannot trade it."""

import http.client
import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.relays import free_port
from tests.support.xvfb import end

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
_LINK = re.compile(r"http://(\S+)/#open=(\S+)")
BROWSER = """#!{python}
import sys, time
from pathlib import Path
Path({told!r}).write_text(sys.argv[1])
time.sleep(60)
"""
"""A browser that says what it was given, and stays."""
ANOTHER = """
import encodings.idna, http.client, json, os, sys  # all that is imported before this user cannot read our files
os.setgid(12345); os.setuid(12345)
line = http.client.HTTPConnection(sys.argv[1], timeout=10)
line.request("POST", "/open", json.dumps({"code": sys.stdin.read()}))
answer = line.getresponse()
print(answer.status, answer.read().decode())
"""


class Watch(threading.Thread):
    """Reads every command line that there is, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen = set[bytes]()
        self.done = threading.Event()

    def run(self) -> None:
        """Read until it is done, at least once."""
        while True:
            last = self.done.is_set()
            for process in Path("/proc").iterdir():
                if process.name.isdecimal():
                    try:
                        self.seen.add((process / "cmdline").read_bytes())
                    except OSError:
                        continue
            if last:
                return


class Started:
    """A console that was started as people start it, with a browser that only says what it was told to open."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, code: str, told: Path) -> None:
        self.process, self.address, self.code, self._told = process, address, code, told

    def opened(self) -> Path:
        """Return the file that the browser was told to open."""
        for _ in range(500):
            if self._told.exists() and (said := self._told.read_text()):
                return Path(said.removeprefix("file://"))
            threading.Event().wait(0.02)
        raise AssertionError("no browser was started")

    def trade(self, code: str) -> tuple[int, str]:
        """Trade a code as a page of this user does."""
        with closing(http.client.HTTPConnection(self.address, timeout=10)) as line:
            line.request("POST", "/open", json.dumps({"code": code}))
            answer = line.getresponse()
            return answer.status, answer.read().decode()

    def says(self) -> str:
        """Return the next line on its terminal."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def console_with_browser(folder: Path) -> Iterator[Started]:
    """Run deskside-console, which opens a browser."""
    browser, told = folder / "browser", folder / "told"
    browser.write_text(BROWSER.format(python=sys.executable, told=str(told)))
    browser.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    listen = f"127.0.0.1:{free_port()}"
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "BROWSER": f"{browser} %s"}
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "--listen", listen, "--recordings", str(folder / "recordings")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | home,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = _LINK.search(process.stdout.readline())
        assert found is not None
        yield Started(process, found[1], found[2], told)
    finally:
        end(process)
        assert process.stdout is not None
        process.stdout.close()


def test_whoever_reads_every_command_line_does_not_learn_the_code(tmp_path: Path) -> None:
    watch = Watch()
    watch.start()
    with console_with_browser(tmp_path) as console:
        file = console.opened()
        code, page = console.code, file.read_text()
        watch.done.set()
        watch.join()
        assert any(b"-m\0console\0" in line for line in watch.seen), "it watched"
        assert any(str(file).encode() in line for line in watch.seen), "it saw how the browser was started"
        assert not [line for line in watch.seen if code.encode() in line]
        assert f"http://{console.address}/#open={code}" in page
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert file.is_relative_to(tmp_path / "runtime")
        assert console.trade(code)[0] == 200
        assert not file.parent.exists(), "it is gone with the code"


def test_the_file_goes_with_the_console(tmp_path: Path) -> None:
    with console_with_browser(tmp_path) as console:
        file = console.opened()
        assert file.exists()
    assert not list((tmp_path / "runtime").iterdir())


def test_who_comes_second_with_a_code_is_told_and_the_terminal_too(tmp_path: Path) -> None:
    with console_with_browser(tmp_path) as console:
        assert console.trade(console.code)[0] == 200
        console.says()
        status, answer = console.trade(console.code)
        assert status == 403
        assert json.loads(answer)["used"] > 0
        assert "another program has your console open" in console.says()
        assert "used" not in json.loads(console.trade("AAAAAAAAAA")[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_cannot_trade_the_code_even_if_they_know_it(tmp_path: Path) -> None:
    with console_with_browser(tmp_path) as console:
        command = [sys.executable, "-c", ANOTHER, console.address]
        done = subprocess.run(command, input=console.code, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("403")
        assert "another user" in done.stdout
        assert "was refused" in console.says()
        assert console.trade(console.code)[0] == 200, "and the code is still ours"
