"""This user's part of the Windows registry. Nothing here decides anything: nothing of it runs but on Windows."""

from contextlib import suppress
from typing import Any

try:
    import winreg as _winreg
except ImportError:
    winreg: Any = None
else:
    winreg = _winreg


class CurrentUser:
    """See `link_handler.Registry`."""

    def read(self, key: str, name: str) -> str | None:
        """Return a text, None where there is none."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return str(winreg.QueryValueEx(opened, name)[0])
        except FileNotFoundError:
            return None

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text, and make its key. Raises OSError."""
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)

    def remove(self, key: str) -> None:
        """Remove a key with all that is in it. Raises OSError."""
        with suppress(FileNotFoundError):
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                below = [winreg.EnumKey(opened, number) for number in range(winreg.QueryInfoKey(opened)[0])]
            for each in below:
                self.remove(rf"{key}\{each}")
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
