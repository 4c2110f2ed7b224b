"""Who can write into the folder of programs can set a file's times too: what was checked must still be what is sent."""

import os
from pathlib import Path

from relay.config.settings import Settings
from relay.programs.adding import add
from relay.programs.downloads import downloads_of
from tests.packaging.release import new_key, sign

NAME = "deskside-help-windows.exe"


def test_a_program_that_is_changed_in_place_with_its_old_time_is_not_offered(tmp_path: Path) -> None:
    key = new_key()
    brought = tmp_path / "brought" / NAME
    brought.parent.mkdir()
    brought.write_bytes(b"MZ" + bytes(10_000))
    sign(brought, key, 1_764_000_000)
    (tmp_path / "data").mkdir()
    folder = tmp_path / "data" / "downloads"
    settings = Settings(data_dir=str(tmp_path / "data"), downloads_dir=str(folder), downloads_keys=[key.public_key])
    add(settings, brought)
    downloads = downloads_of(settings)
    assert downloads.find(NAME), "it was checked, and is remembered"
    file, before = folder / NAME, (folder / NAME).stat()
    with file.open("r+b") as opened:
        opened.write(b"MZ evil")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert downloads.find(NAME) is None
