"""What people read and what scripts get when they care for recordings on the command line."""

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from codec.recording.formats import FormatName
from console.cli.command_line import main
from console.recording.start import Signing, start
from tests.codec.recording.sessions import said
from tests.codec.recording.victim import BEGAN, KEY

PUBLIC = KEY.public_key().public_bytes_raw()
SIGNING = Signing({"console": PUBLIC}, {"console": KEY.sign})


@pytest.fixture
def recorded(tmp_path: Path) -> list[Path]:
    """A journal and a film, closed properly."""
    now = [0]
    running = start(tmp_path, BEGAN, FormatName.RASC, SIGNING, lambda: now[0])
    for (time, source, message), _ in said():
        now[0] = time
        running.recorder.take(source, message, time)
        running.recorder.tick(time)
    running.recorder.close(3_000_000, "technician")
    running.let_go()
    return running.paths


def test_what_is_intact_is_said_to_be(recorded: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    for path in recorded:
        assert main(["verify", str(path), "--key", f"console={PUBLIC.hex()}"]) == 0
        told = capsys.readouterr().out
        assert f"{path.name} is intact: 0:03.0, nothing cut, reordered or edited." in told
        assert "Signed by console up to 0:03.0." in told
        assert "whose" not in told


def test_f19_what_nobody_vouches_for_is_not_said_to_be_intact(
    recorded: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "data"), "verify", str(recorded[0])]) == 4
    told = capsys.readouterr().out
    assert "is unbroken, but it is not proven whose it is" in told
    assert f"The owner of this key is unknown: console {PUBLIC.hex()}" in told
    assert "intact" not in told
    with pytest.raises(SystemExit):
        main(["verify", str(recorded[0]), "--relay-key", "1f0c"])


def test_what_was_changed_is_said_and_where(recorded: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    content = bytearray(recorded[0].read_bytes())
    content[len(content) // 2] ^= 4
    recorded[0].write_bytes(content)
    assert main(["--data", str(recorded[0].parent / "data"), "verify", str(recorded[0])]) == 3
    told = capsys.readouterr().out
    assert "is NOT what was recorded" in told
    assert "It was edited (0:0" in told
    assert main(["verify", str(recorded[1]), "--key", f"console={'00' * 32}"]) == 3
    assert "not the one you gave" in capsys.readouterr().out


def test_an_interrupted_recording_is_not_called_changed(
    recorded: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    proof = recorded[0].with_name(recorded[0].name + ".proof")
    proof.write_bytes(proof.read_bytes()[: proof.read_bytes().rindex(b"closing") - 16])
    assert main(["--data", str(recorded[0].parent / "data"), "verify", str(recorded[0])]) == 4
    assert "nothing was changed as far as it is proven" in capsys.readouterr().out


@pytest.mark.req("REC-32")
@pytest.mark.parametrize("name", FormatName)
def test_a_journal_becomes_a_film(recorded: list[Path], tmp_path: Path, name: FormatName) -> None:
    target = tmp_path / f"{name}.avi"
    assert main(["convert", str(recorded[0]), str(target), "--format", name]) == 0
    with av.open(str(target)) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 12
    assert main(["convert", str(recorded[1]), str(tmp_path / "again.avi"), "--format", name]) == 0


def test_errors_name_cause_and_remedy(recorded: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    garbage = tmp_path / "garbage.avi"
    garbage.write_bytes(b"no recording at all")
    empty = tmp_path / "empty.dsr"
    empty.write_bytes(b"")
    for arguments, told in (
        (["convert", str(recorded[0]), str(recorded[1])], "never replace one another"),
        (["convert", str(garbage), str(tmp_path / "x.avi")], "cannot be decoded"),
        (["convert", str(empty), str(tmp_path / "x.avi")], "no session journal"),
        (["repair", str(garbage)], "no AVI recording"),
        (["verify", str(garbage), "--proof", str(garbage)], "no proof"),
        (["verify", str(garbage)], "garbage.avi.proof cannot be read: no such file"),
        (["repair", str(tmp_path / "nowhere.avi")], "cannot be read"),
    ):
        assert main(arguments) == 1
        assert told in capsys.readouterr().err


def test_repair_keeps_the_damaged_file_and_says_what_was_saved(
    recorded: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for path in recorded:
        assert main(["repair", str(path)]) == 0
        assert "is intact. There is nothing to repair" in capsys.readouterr().out
        damaged = path.read_bytes()[:-37]
        path.write_bytes(damaged)
        for ending in ("-repaired", "-repaired-2"):
            assert main(["repair", str(path)]) == 0
            told = capsys.readouterr().out
            repaired = path.with_stem(path.stem + ending)
            assert f"{repaired} can be opened: " in told
            assert main(["repair", str(repaired)]) == 0
            assert "nothing to repair" in capsys.readouterr().out
        assert path.read_bytes() == damaged


def test_a_terminal_sees_a_bar_and_a_file_does_not(recorded: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "console", "convert", str(recorded[0])]
    piped = subprocess.run([*command, str(tmp_path / "a.avi")], capture_output=True, check=True)
    assert piped.stderr == b""
    ours, theirs = os.openpty()
    subprocess.run([*command, str(tmp_path / "b.avi")], stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.close(theirs)
    with open(ours, "rb", buffering=0) as terminal:
        assert "██████ 100 %" in terminal.read(65_536).decode()
