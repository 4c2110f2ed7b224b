"""The help program as customers get it, built once for all tests, and an account without Python that it runs in."""

import faulthandler
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.packaging import program, root
from tests.packaging.wheel import ROOT
from tests.rehearsal.prepare import DEBIAN_ROOT
from tests.support.debian import digest_of
from tests.support.xvfb import VirtualDisplay, end

VAR = DEBIAN_ROOT.parents[1] / "programs"
PARTS = ("applet", "codec", "locks/applet.txt", "locks/program.txt", "locks/wasm.txt", "tests/packaging")
"""What the program is made of, with what is not in it:"""
APART = (ROOT / "applet" / "web", ROOT / "codec" / "ts")
GIVEN = "DESKSIDE_PROGRAMS"
USER = "1000:1000"
HOME = "/home/anna"


def programs() -> Path:
    """Return the folder with what `make help` builds: built once, and again when something has changed.

    DESKSIDE_PROGRAMS names a folder with those that are to be tried instead, such as a release.
    """
    if GIVEN in os.environ:
        return Path(os.environ[GIVEN])
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = VAR / digest_of((ROOT / part for part in PARTS), apart=APART)
        if not folder.exists():
            for old in VAR.glob("????????????????"):
                shutil.rmtree(old)
            faulthandler.cancel_dump_traceback_later()  # pytest's: it would end a build that takes longer than a test
            program.build(VAR / "new", fast=True)
            (VAR / "new").rename(folder)
        return folder


def install(parcel: Path, root: Path) -> None:
    """Unpack a Debian package into a root, as installing does."""
    subprocess.run(["dpkg-deb", "--extract", parcel, root], check=True)


class BareAccount:
    """A user of a Debian that has no Python, no Qt and no X: only what a system needs to start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.downloads = folder / HOME[1:] / "Downloads"

    def command(self, *words: str) -> list[str]:
        """Return the command that runs this as that user."""
        inside = f'mount -t proc proc {self.folder}/proc && exec /usr/sbin/chroot --userspec={USER} {self.folder} "$@"'
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", inside, "sh", *words]

    def environment(self, display: VirtualDisplay) -> dict[str, str]:
        """Return what a desktop gives its programs."""
        return {"HOME": HOME, "USER": "anna", "PATH": "/usr/bin:/bin", "DISPLAY": display.name, "LANG": "C.UTF-8"}

    def save(self, file: Path, name: str) -> str:
        """Save a download, as browsers do, and allow it to run; return where it is there."""
        target = self.downloads / name
        shutil.copyfile(file, target)
        target.chmod(0o755)
        return f"{HOME}/Downloads/{name}"

    @contextmanager
    def running(self, display: VirtualDisplay, *words: str, text: str = "") -> Iterator["subprocess.Popen[bytes]"]:
        """Run a program there, with `text` on its standard input."""
        process = subprocess.Popen(self.command(*words), env=self.environment(display), stdin=subprocess.PIPE)
        assert process.stdin is not None
        try:
            process.stdin.write(text.encode())
            process.stdin.flush()
            yield process
        finally:
            end(process)
            process.stdin.close()


@contextmanager
def bare_account(folder: Path) -> Iterator[BareAccount]:
    """Unpack a Debian and take its Python away."""
    if not DEBIAN_ROOT.exists():
        root.make(DEBIAN_ROOT)
    place = folder / "bare"
    place.mkdir()
    place.chmod(0o755)
    subprocess.run(["tar", "--extract", "--file", DEBIAN_ROOT, "--directory", place], check=True)
    for each in place.glob("usr/bin/python3*"):
        each.unlink()
    account = BareAccount(place)
    account.downloads.mkdir(parents=True)
    for each in (account.downloads, account.downloads.parent):
        os.chown(each, 1000, 1000)
    yield account
