"""Lets the one-file program open `deskside:` links, once the customer wants it. An installed program does so anyway.

On Linux by a desktop entry of this user's ("Desktop Entry Specification"; `TryExec` makes desktops forget it when the
file is gone), on Windows by this user's part of the registry. macOS reads it in the `.app` itself.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from codec.wire.program_names import SCHEME

ENTRY = "deskside-help-file.desktop"
_MIME = f"x-scheme-handler/{SCHEME}"
_REGISTRY = rf"Software\Classes\{SCHEME}"
_COMMAND = rf"{_REGISTRY}\shell\open\command"


class LinkHandler(Protocol):
    """Who opens the links of this user."""

    def is_ours(self) -> bool:
        """Whether this file opens them."""

    def take(self) -> None:
        """Let this file open them. Raises OSError."""

    def give_up(self) -> None:
        """Let it open them no more. Raises OSError."""


class DesktopEntry:
    """On Linux. `run` runs a command of the desktop; where there is none, the entry alone does on most desktops."""

    def __init__(self, file: Path, data_home: Path, run: Callable[[list[str]], object]) -> None:
        self._file = file
        self._entry = data_home / "applications" / ENTRY
        self._run = run

    def is_ours(self) -> bool:
        """Whether this file opens them."""
        try:
            return self._entry.read_text() == self._text()
        except OSError:
            return False

    def take(self) -> None:
        """Let this file open them. Raises OSError."""
        self._entry.parent.mkdir(parents=True, exist_ok=True)
        self._entry.write_text(self._text())
        self._entry.chmod(0o644)
        self._run(["xdg-mime", "default", ENTRY, _MIME])
        self._run(["update-desktop-database", str(self._entry.parent)])

    def give_up(self) -> None:
        """Let it open them no more. Raises OSError."""
        self._entry.unlink(missing_ok=True)
        self._run(["update-desktop-database", str(self._entry.parent)])

    def _text(self) -> str:
        return (
            f"[Desktop Entry]\nType=Application\nName=Deskside help\nTryExec={self._file}\n"
            f"Exec={_quoted(str(self._file))} %u\nTerminal=false\nNoDisplay=true\nMimeType={_MIME};\n"
        )


class Registry(Protocol):
    """What is used of the registry: `HKEY_CURRENT_USER`, by keys and their texts."""

    def read(self, key: str, name: str) -> str | None:
        """Return a text, None where there is none."""

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text, and make its key. Raises OSError."""

    def remove(self, key: str) -> None:
        """Remove a key with all that is in it. Raises OSError."""


class RegistryEntry:
    """On Windows."""

    def __init__(self, file: Path, registry: Registry) -> None:
        self._command = f'"{file}" "%1"'
        self._registry = registry

    def is_ours(self) -> bool:
        """Whether this file opens them."""
        return self._registry.read(_COMMAND, "") == self._command

    def take(self) -> None:
        """Let this file open them. Raises OSError."""
        self._registry.write(_REGISTRY, "", "URL:Deskside")
        self._registry.write(_REGISTRY, "URL Protocol", "")
        self._registry.write(_COMMAND, "", self._command)

    def give_up(self) -> None:
        """Let it open them no more. Raises OSError."""
        self._registry.remove(_REGISTRY)


def handler_for(file: Path | None, environment: Mapping[str, str], platform: str = sys.platform) -> LinkHandler | None:
    """Return what lets a file open links here; None where it needs nothing, or cannot."""
    if file is None:
        return None
    if platform == "linux":
        home = environment.get("XDG_DATA_HOME") or Path.home() / ".local/share"
        return DesktopEntry(file, Path(home), _run_if_there)
    if platform == "win32":
        from applet.install import windows_registry  # noqa: PLC0415  (Windows only)

        return RegistryEntry(file, windows_registry.CurrentUser())
    return None


def _run_if_there(command: list[str]) -> None:
    if shutil.which(command[0]) is not None:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  (ours)


def _quoted(argument: str) -> str:
    """Return an argument of Exec: quoted by the specification, and its field codes doubled."""
    for special in ("\\", '"', "`", "$"):
        argument = argument.replace(special, f"\\{special}")
    return '"' + argument.replace("\\", "\\\\").replace("%", "%%") + '"'
