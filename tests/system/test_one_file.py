"""The launcher of the one-file program for Linux, with a small program in the place of the large one."""

import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from applet.install.launcher_texts import DAMAGED, NO_ROOM
from tests.packaging.one_file import HEAD, make_one_file
from tests.rehearsal.prepare import ready_wasm_tools

PROGRAM = """#!/bin/sh
here=$(dirname "$0")
echo "$here" "$DESKSIDE_FILE" "$(umask)" "$@"
stat -c '%a %n' "$here" "$here/parts/library.so"
cmp "$here/parts/library.so" "$EXPECTED" || exit 9
"""
CONTENT = bytes(range(256)) * 8000
"""Longer than what the launcher writes at once."""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one file, as `make help` makes it."""
    folder, target = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("made") / "help"
    (folder / "parts" / "empty").mkdir(parents=True)
    (folder / "parts" / "library.so").write_bytes(CONTENT)
    (folder / "program").write_text(PROGRAM + 'eval "$AFTERWARDS"\n')
    (folder / "program").chmod(0o755)
    make_one_file(folder, "program", target, ready_wasm_tools(), fast=True)
    return target


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Return the folder for temporary files."""
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


@pytest.fixture
def environment(tmp_path: Path, temporary: Path) -> dict[str, str]:
    """Return what a desktop gives programs; its zenity writes down what it would show."""
    shown = tmp_path / "desktop" / "zenity"
    shown.parent.mkdir()
    shown.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {shlex.quote(str(tmp_path / "shown"))}\n')
    shown.chmod(0o755)
    (tmp_path / "expected").write_bytes(CONTENT)
    return {
        "PATH": f"{shown.parent}:/usr/bin:/bin",
        "TMPDIR": str(temporary),
        "HOME": str(tmp_path),
        "DISPLAY": ":9",
        "EXPECTED": str(tmp_path / "expected"),
    }


def start(file: Path, environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Start it and wait for its end."""
    return subprocess.run([file, *words], env=environment, capture_output=True, text=True, check=False)


def test_it_runs_in_a_private_folder_that_is_gone_afterwards(
    packed: Path, environment: dict[str, str], temporary: Path
) -> None:
    ended = start(packed, environment | {"AFTERWARDS": "exit 7"}, "a link", "--relay")
    first, folder, library = ended.stdout.splitlines()
    assert ended.returncode == 7
    assert first.startswith(str(temporary))
    assert first.endswith(f"{packed} 0022 a link --relay")
    assert folder.startswith("700 ")
    assert library.startswith("600 ")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "harm", ["half", "a little less", "only the launcher", "a little more", "changed", "changed at the end"]
)
@pytest.mark.parametrize("language", ["en_GB.UTF-8", "nl_NL.UTF-8"])
def test_a_damaged_file_says_so_in_a_window(
    packed: Path, environment: dict[str, str], temporary: Path, tmp_path: Path, harm: str, language: str
) -> None:
    content = bytearray(packed.read_bytes())
    begins = content.rindex(b"DSKHELP1")
    match harm:
        case "half":
            del content[(begins + len(content)) // 2 :]
        case "a little less":
            del content[-1:]
        case "only the launcher":
            del content[begins + HEAD.size // 2 :]
        case "a little more":
            content += b"\n"
        case "changed":
            content[(begins + len(content)) // 2] ^= 1
        case _:
            content[-1] ^= 1
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    damaged.chmod(0o755)
    ended = start(damaged, environment | {"LC_ALL": language})
    assert ended.returncode == 1
    shown = (tmp_path / "shown").read_text().replace(".\n", ". ")
    assert ended.stderr.strip() in shown
    assert (DAMAGED in shown) == language.startswith("en")
    assert ("beschadigd" in shown) == language.startswith("nl")
    assert list(temporary.iterdir()) == []


def test_without_a_display_it_is_said_on_the_terminal(
    packed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(packed.read_bytes()[:-5])
    damaged.chmod(0o755)
    del environment["DISPLAY"]
    assert DAMAGED in start(damaged, environment).stderr
    assert not (tmp_path / "shown").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_ends_it_ends_the_program(
    packed: Path, environment: dict[str, str], temporary: Path, number: signal.Signals
) -> None:
    after = f'trap "echo heard; exit 3" {number.value}; echo ready; while :; do read -t 1 line || :; done'
    process = subprocess.Popen(
        [packed],
        env=environment | {"AFTERWARDS": f"exec bash -c {shlex.quote(after)}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while process.stdout.readline().strip() != "ready":
        pass
    process.send_signal(number)
    told, _ = process.communicate(timeout=20)
    assert (told.strip(), process.returncode) == ("heard", 3)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 4, 8, 16, 32, 64])
def test_whenever_it_is_ended_nothing_is_left(
    packed: Path, environment: dict[str, str], temporary: Path, milliseconds: int
) -> None:
    command: list[str | Path] = ["timeout", f"{milliseconds / 1000 + 0.001:.3f}", packed]
    subprocess.run(command, env=environment | {"AFTERWARDS": "sleep 20"}, check=False, capture_output=True, timeout=15)
    assert list(temporary.iterdir()) == []


def test_a_program_that_crashes_is_told_and_leaves_nothing(
    packed: Path, environment: dict[str, str], temporary: Path
) -> None:
    assert start(packed, environment | {"AFTERWARDS": "kill -9 $$"}).returncode == -signal.SIGKILL
    assert list(temporary.iterdir()) == []


def test_the_program_does_not_go_on_without_the_launcher(packed: Path, environment: dict[str, str]) -> None:
    after = 'trap "echo heard >&2; exit" TERM; echo ready; while :; do read -t 1 line || :; done'
    process = subprocess.Popen(
        [packed],
        env=environment | {"AFTERWARDS": f"exec bash -c {shlex.quote(after)}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while process.stdout.readline().strip() != "ready":
        pass
    process.kill()
    _, told = process.communicate(timeout=20)  # both have closed their output
    assert told.strip() == "heard"


def in_places(file: Path, environment: dict[str, str], *mounts: str) -> "subprocess.CompletedProcess[str]":
    """Start it where these have been mounted."""
    inside = " && ".join([*(f"mount {each}" for each in mounts), shlex.quote(str(file))])
    command = ["unshare", "--mount", "sh", "-c", inside]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("how", ["noexec", "ro", "size=64k"])
def test_where_nothing_may_run_or_be_written_it_takes_another_place(
    packed: Path, environment: dict[str, str], temporary: Path, how: str
) -> None:
    ended = in_places(packed, environment, f"-t tmpfs -o {how} nothing {temporary}")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("/tmp/deskside-help-")
    assert not Path(ended.stdout.split()[0]).exists()


def test_where_there_is_no_room_it_says_so(packed: Path, environment: dict[str, str]) -> None:
    environment |= {"TMPDIR": "/mnt", "HOME": "/mnt"}
    del environment["DISPLAY"]
    full = [f"-t tmpfs -o size=64k nothing {place}" for place in ("/mnt", "/var/tmp", "/tmp")]
    ended = in_places(Path("/opt") / packed.name, environment, f"--bind {packed.parent} /opt", *full)
    assert ended.returncode == 1
    assert ended.stderr.strip() == NO_ROOM % {"disk": 3}
