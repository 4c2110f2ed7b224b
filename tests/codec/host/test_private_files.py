"""Files for their owner only (F18, F23, F24): their modes, what a crash leaves, and what is refused."""

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from codec.host.private_files import (
    NotPrivateError,
    append_whole,
    close_to_others,
    make_folder,
    make_private,
    open_new,
    open_own,
    read_private,
    write_private,
)

ANOTHER = 12_345
"""A user who is not us."""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """The worst umask that there is: what is private here is so by itself."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    os.close(open_new(tmp_path / "new"))
    write_private(tmp_path / "written", b"secret")
    make_private(tmp_path / "made", b"secret")
    os.close(open_own(tmp_path / "own"))
    assert {mode(file) for file in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 4, "nothing else is left there"


def test_what_replaces_an_open_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    write_private(file, b"new")
    assert (file.read_bytes(), mode(file)) == (b"new", 0o600)


@pytest.mark.parametrize("make", [open_new, lambda file: make_private(file, b"x")])
def test_nothing_is_written_through_a_link(tmp_path: Path, make: "object") -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert callable(make)
    with pytest.raises(FileExistsError):
        make(tmp_path / "link")
    write_private(tmp_path / "link", b"x")
    with pytest.raises(OSError, match="symbolic links"):
        (tmp_path / "other").symlink_to(tmp_path / "elsewhere")
        open_own(tmp_path / "other")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("fails", ["write", "fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    file = tmp_path / "key"
    write_private(file, b"old")

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "no space")

    owner = Path if fails == "replace" else os
    monkeypatch.setattr(owner, fails, full)
    with pytest.raises(OSError, match="no space"):
        write_private(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.finding("load-1.8")
def test_a_process_that_dies_at_any_step_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """F23: touch, then write, left an empty key behind."""
    killed = """
import os, sys, codec.host.private_files as files
from pathlib import Path
steps = iter(range(int(sys.argv[2])))
def counted(call):
    def step(*args, **more):
        if next(steps, None) is None:
            os._exit(9)
        return call(*args, **more)
    return step
for name in ("open", "write", "fsync", "close"):
    setattr(files.os, name, counted(getattr(files.os, name)))
Path.replace = counted(Path.replace)
files.write_private(Path(sys.argv[1]), b"the new key")
"""
    file, seen = tmp_path / "key", set()
    for steps in range(20):
        write_private(file, b"the old key")
        done = subprocess.run([sys.executable, "-c", killed, str(file), str(steps)], check=False)
        seen.add(file.read_bytes())
        if done.returncode == 0:
            break
    else:
        pytest.fail("it never came to its end")
    assert seen == {b"the old key", b"the new key"}


def test_of_two_who_make_the_same_file_one_learns_that_it_is_there(tmp_path: Path) -> None:
    file, start, late = tmp_path / "key", threading.Barrier(8), list[bytes]()

    def make(number: int) -> None:
        start.wait()
        try:
            make_private(file, bytes([number]) * 32)
        except FileExistsError:
            late.append(read_private(file))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert late == [file.read_bytes()] * 7


def test_what_is_added_is_added_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, write = tmp_path / "hosts", os.write
    append_whole(file, b"one\n")

    def full(opened: int, content: bytes) -> int:
        if len(content) < 4:
            raise OSError(errno.ENOSPC, "no space")
        return write(opened, content[:2])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space"):
        append_whole(file, b"two\n")
    monkeypatch.undo()
    append_whole(file, b"three\n")
    assert (file.read_bytes(), mode(file)) == (b"one\nthree\n", 0o600)


def test_a_file_system_without_links_still_never_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_args: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    make_private(tmp_path / "key", b"one")
    with pytest.raises(FileExistsError):
        make_private(tmp_path / "key", b"two")
    assert read_private(tmp_path / "key") == b"one"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_what_others_can_reach_is_not_read(tmp_path: Path, bits: int) -> None:
    file = tmp_path / "key"
    write_private(file, b"secret")
    file.chmod(bits)
    with pytest.raises(NotPrivateError, match="chmod 600"):
        read_private(file)


def test_neither_a_link_nor_a_pipe_is_read(tmp_path: Path) -> None:
    write_private(tmp_path / "file", b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "pipe"):
        with pytest.raises(NotPrivateError):
            read_private(tmp_path / name)


@only_root
def test_what_another_user_owns_is_neither_read_nor_written(tmp_path: Path) -> None:
    file, folder = tmp_path / "key", tmp_path / "folder"
    write_private(file, b"secret")
    folder.mkdir(mode=0o700)
    for path in (file, folder):
        os.chown(path, ANOTHER, ANOTHER)
    for act in (read_private, open_own):
        with pytest.raises(NotPrivateError, match=str(ANOTHER)):
            act(file)
    for chosen in (True, False):
        with pytest.raises(NotPrivateError, match=str(ANOTHER)):
            make_folder(folder, chosen=chosen)


def test_an_open_file_of_ours_is_closed_and_that_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "database"
    file.touch(mode=0o644)
    assert close_to_others(file)
    assert not close_to_others(file)
    assert mode(file) == 0o600
    assert caplog.text.count("others could read it; closed it (mode 600)") == 1


def test_every_part_of_a_folder_is_private(tmp_path: Path) -> None:
    """F18: `mkdir(mode=…, parents=True)` gives its mode to the last part only."""
    make_folder(tmp_path / "a/b/c")
    make_folder(tmp_path / "a/b/c")
    assert [mode(tmp_path / part) for part in ("a", "a/b", "a/b/c")] == [0o700] * 3


def test_an_open_folder_of_ours_is_closed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o775)
    make_folder(folder)
    assert mode(folder) == 0o700
    assert "others could write to it" in caplog.text


def test_a_folder_that_a_person_chose_keeps_its_mode_but_nobody_else_may_write_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "chosen"
    folder.mkdir(mode=0o755)
    make_folder(folder, chosen=True)
    assert mode(folder) == 0o755
    assert "chmod 700" in caplog.text
    for bits in (0o775, 0o757, 0o1777):
        folder.chmod(bits)
        with pytest.raises(NotPrivateError, match="in place of ours"):
            make_folder(folder, chosen=True)


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(OSError, match=r"."):
            make_folder(path)
