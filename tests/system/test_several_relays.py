"""Two relays as processes, one of which is killed: no session is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 300


@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")
def test_a_session_goes_on_at_the_other_relay_when_one_is_killed() -> None:
    tests = Path(__file__).with_name("several_without_udp.py")
    inner = f"ip link set lo up && exec {sys.executable} -m pytest -q -p no:cacheprovider {tests}"
    command = ["unshare", "--net", "sh", "-c", inner]
    done = subprocess.run(command, timeout=SECONDS, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
