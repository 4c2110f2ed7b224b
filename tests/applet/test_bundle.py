import subprocess
import sys
import zipfile
from pathlib import Path

from applet.bootstrap import cache_folder, place_for
from applet.bundle import build


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "one").read_bytes() == build(tmp_path / "other").read_bytes()


def test_it_holds_the_program_its_texts_and_hashes_and_nothing_of_the_relay(tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(build(tmp_path)).namelist())
    assert {"__main__.py", "requirements.txt", "applet/engine.py", "codec/handshake.py"} <= names
    assert "applet/locale/nl/LC_MESSAGES/deskside-applet.mo" in names
    assert "applet/window/art/tokens.css" in names
    assert not [name for name in names if name.startswith(("relay/", "console/", "tests/"))]


def test_every_program_has_a_place_of_its_own() -> None:
    assert place_for(b"one", Path("/cache")) != place_for(b"other", Path("/cache"))


def test_each_system_keeps_its_cache_where_it_belongs() -> None:
    home = Path("/home/me")
    assert cache_folder({}, "linux", home) == home / ".cache/deskside"
    assert cache_folder({"XDG_CACHE_HOME": "/x"}, "linux", home) == Path("/x/deskside")
    assert cache_folder({}, "darwin", home) == home / "Library/Caches/Deskside"
    assert cache_folder({"LOCALAPPDATA": "/local"}, "win32", home) == Path("/local/Deskside")


def test_what_was_unpacked_runs_by_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as packed:
        packed.extractall(tmp_path / "program")
    command = [sys.executable, "-m", "applet", "--help"]
    environment = {"PYTHONPATH": str(tmp_path / "program")}
    place = tmp_path / "program"
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "--headless" in done.stdout
