"""Opens the page in the browser, by a file that only its owner can read: a command line can be read by everybody.

The file leads to the address with the code in it, and is removed as soon as the code has been used.
"""

import asyncio
import html
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from codec.host.private_files import open_new, usual_umask, write_all

NAME = "open.html"
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_PAGE = """<!DOCTYPE html>
<html><head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={link}">
<title>Deskside</title>
</head><body><a href="{link}">Deskside</a></body></html>
"""


class OpeningFile:
    """A file that leads to a link. `remove` it when the link is of no use any more."""

    def __init__(self, link: str, parent: Path) -> None:
        """Make it in a new folder in `parent`. Raises OSError."""
        self._folder = Path(tempfile.mkdtemp(prefix="deskside-console-", dir=parent))
        self.path = self._folder / NAME
        opened = open_new(self.path)
        try:
            write_all(opened, _PAGE.format(link=html.escape(link)).encode())
        finally:
            os.close(opened)

    def remove(self) -> None:
        """Remove it."""
        shutil.rmtree(self._folder, ignore_errors=True)


def folder_for_browsers(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Return where the browsers of this person can read a file.

    A browser that is a snap reads nothing hidden and has a /tmp of its own, so only the home folder itself is left.
    """
    if platform == "linux":
        runtime = environment.get("XDG_RUNTIME_DIR", "")
        if (home / "snap").is_dir():
            return home
        if runtime and Path(runtime).is_dir():
            return Path(runtime)
    return Path(tempfile.gettempdir())


async def open_file(path: Path) -> bool:
    """Open a file in the browser; return whether one was found. It runs with the person's own umask, not with ours."""
    # -P: nothing is imported from the folder that we are started in, which may be full of downloads.
    command = [sys.executable, "-P", "-c", _OPEN, path.as_uri()]
    process = await asyncio.create_subprocess_exec(*command, umask=usual_umask())
    return await process.wait() == 0
