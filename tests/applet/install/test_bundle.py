import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from applet.install.bootstrap import Speech, cache_folder, place_for, progress, why_not_here
from applet.install.bundle import build, contents

NEW = (3, 11, 2)


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    assert build(tmp_path / "one").read_bytes() == build(tmp_path / "other").read_bytes()


def test_it_holds_the_program_its_texts_and_hashes_and_nothing_of_the_relay(tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(build(tmp_path)).namelist())
    assert {"__main__.py", "requirements.txt", "applet/session/engine.py", "codec/session/handshake.py"} <= names
    assert "applet/locale/nl/LC_MESSAGES/deskside-applet.mo" in names
    assert "applet/ui/art/tokens.css" in names
    assert not [name for name in names if name.startswith(("relay/", "console/", "tests/", "codec/ts/", "applet/web/"))]


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


@pytest.mark.finding("use-A2")
def test_where_it_cannot_be_used_it_says_so_before_it_fetches_anything() -> None:
    assert "Linux" in str(why_not_here("win32", {}, NEW))
    assert "Linux" in str(why_not_here("darwin", {}, NEW))
    assert "Xorg" in str(why_not_here("linux", {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}, NEW))
    assert "Python 3.11" in str(why_not_here("linux", {}, (3, 10, 12)))
    assert why_not_here("linux", {"XDG_SESSION_TYPE": "x11", "DISPLAY": ":0"}, NEW) is None


def test_progress_reaches_the_end_only_at_the_end() -> None:
    assert [progress(fetched, 200) for fetched in (0, 1, 100, 199, 200, 500)] == [0, 0, 50, 99, 99, 99]
    assert progress(5, 0) == 0


def test_it_says_in_the_language_of_the_computer_how_much_it_downloads(tmp_path: Path) -> None:
    archive, said = build(tmp_path), io.StringIO()
    size = json.loads(contents()["size.json"].read_text())
    assert 100_000_000 < size["fetch_bytes"] < size["disk_bytes"], "make lock measures both"
    Speech(archive, "nl", said).begin()
    Speech(archive, "fr", said).begin()
    dutch, english = said.getvalue().splitlines()
    assert f"het downloadt {size['fetch_bytes'] // 1_000_000} MB" in dutch
    assert f"it downloads {size['fetch_bytes'] // 1_000_000} MB" in english


@pytest.mark.finding("use-A2")
def test_a_first_start_shows_what_it_downloads_and_tells_the_program_its_name(tmp_path: Path) -> None:
    """The real bootstrap, pip and environment; the program and the one package that it needs are small ones.

    What others put into the folder of the download is not run.
    """
    wheel = _small_wheel(tmp_path)
    archive = tmp_path / "deskside_help.example_help.pyz"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(contents()["__main__.py"], "__main__.py")
        packed.writestr("applet/__init__.py", "")
        packed.writestr(
            "applet/__main__.py", "import os, sys, small; print(small.SIZE, *sys.argv[1:], os.environ['DESKSIDE_FILE'])"
        )
        packed.writestr("requirements.txt", f"small @ {wheel.as_uri()} --hash=sha256:{digest}\n")
        packed.writestr("size.json", json.dumps({"fetch_bytes": 3_000_000, "disk_bytes": 4_000_000}))
    environment = {name: value for name, value in os.environ.items() if name != "XDG_SESSION_TYPE"}
    environment |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "LC_ALL": "C.UTF-8"}
    for planted in ("applet", "pip"):
        (tmp_path / "downloads" / planted).mkdir(parents=True)
        for file in ("__init__.py", "__main__.py"):
            (tmp_path / "downloads" / planted / file).write_text("print('not ours')")
    first, second = (
        subprocess.run(
            [sys.executable, archive, "--verbose"],
            cwd=tmp_path / "downloads",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    )
    assert first.stdout == second.stdout == f"3 --verbose {archive}\n", first.stderr
    told = first.stderr.splitlines()
    assert told[0] == "Preparing the help program, once: it downloads 3 MB and needs 4 MB of disk space."
    assert told[1].strip() == "0 %"
    assert told[-1].strip() == "100 %"
    assert second.stderr == ""
    (place,) = (tmp_path / "cache" / "deskside").iterdir()
    assert sorted(each.name for each in place.iterdir()) == ["program", "python", "ready"]


def _small_wheel(folder: Path) -> Path:
    wheel = folder / "small-1-py3-none-any.whl"
    files = {
        "small.py": b"SIZE = 3\n",
        "small-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: small\nVersion: 1\n",
        "small-1.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}\n"
        for name, content in files.items()
    )
    with zipfile.ZipFile(wheel, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
        packed.writestr("small-1.dist-info/RECORD", record + "small-1.dist-info/RECORD,,\n")
    return wheel
