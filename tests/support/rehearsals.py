"""`make run` as a process of its own, on free ports and in a folder of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.relays import free_port
from tests.support.xvfb import end


@dataclass
class Rehearsal:
    """A rehearsal that runs, and what it told."""

    process: "subprocess.Popen[str]"
    link: str
    password: str
    relay: str


@contextmanager
def rehearsal(var: Path) -> Iterator[Rehearsal]:
    """Run it as `make run` does on a machine without a display."""
    relay = f"127.0.0.1:{free_port()}"
    places = ["--relay", relay, "--console", f"127.0.0.1:{free_port()}", "--var", str(var)]
    env = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    command = [sys.executable, "-u", "-m", "tests.rehearsal", *places]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = ""
        while "Ctrl-C ends everything" not in told:
            line = process.stdout.readline()
            assert line, f"the rehearsal ended early: {told}"
            told += line
        link, password = re.search(r"http\S+#open=\S+", told), re.search(r"Password +(\S+)", told)
        assert link is not None
        assert password is not None
        yield Rehearsal(process, link[0], password[1], relay)
    finally:
        end(process, 15.0)
        process.stdout.close()
