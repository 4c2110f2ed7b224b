import shutil
import subprocess
from pathlib import Path

import pytest

from applet.install.link_handler import ENTRY, DesktopEntry, RegistryEntry, handler_for


def test_on_linux_a_desktop_entry_opens_the_file_and_is_taken_back(tmp_path: Path) -> None:
    ran: list[list[str]] = []
    file = tmp_path / 'My 100% "files" $HOME' / "deskside_help.example_help (1)"
    entry = DesktopEntry(file, tmp_path / "share", ran.append)
    assert not entry.is_ours()
    entry.take()
    assert entry.is_ours()
    assert ["xdg-mime", "default", ENTRY, "x-scheme-handler/deskside"] in ran
    assert not DesktopEntry(tmp_path / "other", tmp_path / "share", ran.append).is_ours(), "each file asks for itself"
    entry.give_up()
    assert not entry.is_ours()
    assert not list((tmp_path / "share").rglob("*.desktop"))


@pytest.mark.skipif(shutil.which("gio") is None, reason="GLib's launcher is not here")
def test_a_desktop_starts_the_file_with_the_link_by_that_entry(tmp_path: Path) -> None:
    """GLib, which most desktops and browsers open links by, reads the entry."""
    file = tmp_path / 'a "file" $HOME `x`'
    told = tmp_path / "told"
    file.write_text(f'#!/bin/sh\nprintf %s "$1" > "{told}.new" && mv "{told}.new" "{told}"\n')
    file.chmod(0o755)
    DesktopEntry(file, tmp_path / "share", lambda _command: None).take()
    link = "deskside://open?relay=https%3A%2F%2Fhelp.example&pin=482133"
    entry = tmp_path / "share/applications" / ENTRY
    subprocess.run(["gio", "launch", entry, link], check=True, timeout=20)
    while not told.exists():
        pass
    assert told.read_text() == link


class FakeRegistry(dict[tuple[str, str], str]):
    """As the Windows registry: keys within keys, each with texts."""

    def read(self, key: str, name: str) -> str | None:
        return self.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self[key, name] = text

    def remove(self, key: str) -> None:
        for each in [each for each in self if each[0] == key or each[0].startswith(f"{key}\\")]:
            del self[each]


def test_on_windows_this_users_registry_names_the_file(tmp_path: Path) -> None:
    registry = FakeRegistry()
    registry.write(r"Software\Classes\https", "URL Protocol", "")
    before = dict(registry)
    entry = RegistryEntry(Path(r"C:\Users\me\Downloads\deskside help.exe"), registry)
    assert not entry.is_ours()
    entry.take()
    assert entry.is_ours()
    command = registry[r"Software\Classes\deskside\shell\open\command", ""]
    assert command == r'"C:\Users\me\Downloads\deskside help.exe" "%1"'
    assert registry[r"Software\Classes\deskside", "URL Protocol"] == ""
    entry.give_up()
    assert registry == before


def test_what_is_installed_and_what_python_runs_needs_none(tmp_path: Path) -> None:
    assert handler_for(None, {}) is None
    assert handler_for(tmp_path / "file", {}, "darwin") is None
    assert isinstance(handler_for(tmp_path / "file", {"XDG_DATA_HOME": str(tmp_path)}, "linux"), DesktopEntry)
