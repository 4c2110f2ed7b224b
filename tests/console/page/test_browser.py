"""Opening the browser runs nothing of the folder that the console is started in."""

import sys
from pathlib import Path

import pytest

from console.page.browser import open_file


@pytest.mark.skipif(sys.platform == "win32", reason="there BROWSER is no program of a test's own")
async def test_nothing_that_lies_around_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder may be one of downloads: a webbrowser.py there was run as the technician."""
    downloads, told, ran = tmp_path / "downloads", tmp_path / "told", tmp_path / "ran"
    downloads.mkdir()
    for name in ("webbrowser", "shlex", "shutil"):
        (downloads / f"{name}.py").write_text(f"from pathlib import Path\nPath({str(ran)!r}).touch()\n")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {told}\n')
    browser.chmod(0o755)
    monkeypatch.chdir(downloads)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    page = tmp_path / "open.html"
    assert await open_file(page)
    assert told.read_text() == page.as_uri()
    assert not ran.exists()
