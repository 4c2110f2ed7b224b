"""A Debian of its own for each test, booted by its own systemd, and the package that is tried in it."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.packaging import deb, root
from tests.packaging.wheel import ROOT
from tests.rehearsal.prepare import DEBIAN_ROOT

VAR = DEBIAN_ROOT.parent / "packages"
PACKED = (
    "applet",
    "codec",
    "console/page/static",
    "docs",
    "locks",
    "relay",
    "tests/packaging",
    "CHANGELOG.md",
    "LICENSE",
)
"""What the package is made of."""
BOOT = Path(__file__).with_name("boot.sh")
BOOT_SECONDS = 60.0
_NAMESPACES = ("--mount", "--pid", "--uts", "--ipc", "--cgroup")
_PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CGROUPS = Path("/sys/fs/cgroup")


def package() -> Path:
    """Return the Debian package of this checkout: built once for all tests, and again when something has changed."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = VAR / digest_of((ROOT / part for part in PACKED), str(deb.python_minor()))
        if not folder.exists():
            for old in VAR.glob("????????????????"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=VAR) as made:
                built = deb.build(Path(made), fast=True)
                folder.mkdir()
                shutil.move(built, folder)
        (found,) = folder.glob("*.deb")
        return found


def digest_of(parts: Iterable[Path], more: str = "", apart: Sequence[Path] = ()) -> str:
    """Return a short name for what is in these files and folders, but not in those `apart`."""
    sums = hashlib.sha256(more.encode())
    files = (each for part in parts for each in _files(part))
    for file in sorted(each for each in files if not any(place in each.parents for place in apart)):
        sums.update(f"{file.relative_to(ROOT)} {file.stat().st_size}\n".encode() + file.read_bytes())
    return sums.hexdigest()[:16]


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for file in place.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts and "node_modules" not in file.parts:
            yield file


class Debian:
    """A Debian that runs. `folder` is its root, as this computer sees it."""

    def __init__(self, folder: Path, init: int) -> None:
        self.folder = folder
        self._init = init

    def run(self, *command: str, check: bool = True, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command inside as root, with nothing of our environment; `more` goes into its own."""
        enter = ["nsenter", f"--target={self._init}", *_NAMESPACES, "--root", "--wd"]
        environment = {
            "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/root",
            **more,
        }
        done = subprocess.run(
            [*enter, *command], env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def put(self, file: Path) -> str:
        """Copy a file into the Debian and return where it is there. /tmp is not of the disk, and so cannot be seen."""
        shutil.copyfile(file, self.folder / "root" / file.name)
        return f"/root/{file.name}"

    def give_sudo(self) -> None:
        """Let lines of documentation run that begin with sudo: root needs none."""
        sudo = self.folder / "usr/local/bin/sudo"
        sudo.write_text('#!/bin/sh\nexec "$@"\n')
        sudo.chmod(0o755)

    def set_for_service(self, **environment: str) -> None:
        """Give the relay's service variables before it is installed, such as a port that is free on this computer."""
        folder = self.folder / "etc/systemd/system/deskside-relay.service.d"
        folder.mkdir(parents=True)
        lines = "".join(f"Environment={name}={value}\n" for name, value in environment.items())
        (folder / "test.conf").write_text(f"[Service]\n{lines}")


@contextmanager
def debian(folder: Path) -> Iterator[Debian]:
    """Unpack and boot one, and end it with everything that runs in it."""
    if not DEBIAN_ROOT.exists():
        root.make(DEBIAN_ROOT)
    place = folder / "debian"
    place.mkdir()
    place.chmod(0o755)
    subprocess.run(["tar", "--extract", "--file", DEBIAN_ROOT, "--directory", place], check=True)
    group = f"deskside-test-{os.getpid()}"
    groups = [each for each in (_CGROUPS / "unified", _CGROUPS / "systemd", _CGROUPS) if _takes_groups(each)]
    enter = "; ".join(f"mkdir {each}/{group} && echo $$ > {each}/{group}/cgroup.procs" for each in groups)
    unshare = f"exec unshare --pid --mount --uts --ipc --cgroup --fork --kill-child {BOOT} {place}"
    process = subprocess.Popen(["sh", "-ec", f"{enter}; {unshare}"], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        made = Debian(place, _child_of(process))
        _until_up(made, process)
        yield made
    finally:
        process.kill()
        process.wait()
        for each in groups:
            _remove_group(each / group)


def _takes_groups(folder: Path) -> bool:
    return (folder / "cgroup.procs").exists()


def _child_of(process: "subprocess.Popen[bytes]") -> int:
    until = time.monotonic() + BOOT_SECONDS
    of_process = Path(f"/proc/{process.pid}")
    while time.monotonic() < until:
        with contextlib.suppress(OSError, IndexError):
            if (of_process / "comm").read_text() == "unshare\n":
                return int((of_process / f"task/{process.pid}/children").read_text().split()[0])
        time.sleep(0.02)
    raise AssertionError("no namespaces could be made for a Debian of its own: that needs root")


def _until_up(made: Debian, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + BOOT_SECONDS
    state = ""
    while time.monotonic() < until and process.poll() is None:
        state = made.run("systemctl", "is-system-running", check=False).stdout.strip()
        if state in ("running", "degraded"):
            return
        time.sleep(0.1)
    raise AssertionError(f"the Debian did not boot ({state or process.returncode})")


def _remove_group(group: Path) -> None:
    """Remove a cgroup with all in it; what is still ending goes a moment later."""
    for _ in range(50):
        for folder, _names, _files in os.walk(group, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        if not group.exists():
            return
        time.sleep(0.1)
