"""What this computer says of itself: name, system, language."""

import ctypes
import locale
import os
import platform
import re
import socket
import sys
from collections.abc import Mapping


def computer_name() -> str:
    """Return the name that people know this computer by."""
    return socket.gethostname()[:200]


def system_name() -> str:
    """Return the operating system as people call it."""
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()}"[:200]
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")[:200]
    except OSError:
        return "Linux"


def language_code() -> str:
    """Return the language of this computer's user, for example "nl"; English where it does not say."""
    return _of_windows() if sys.platform == "win32" else language_in(os.environ)


def language_in(environment: Mapping[str, str]) -> str:
    """Return the language that the environment names, by the rules of gettext ("Locale Environment Variables")."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environment[name] for name in names if environment.get(name)), "C")
    if _language(chosen) in ("C", "POSIX"):
        return "en"
    return _language(environment.get("LANGUAGE") or chosen)


def _language(locale_name: str) -> str:
    return re.split(r"[_.@:]", locale_name)[0]


def _of_windows() -> str:
    number: int = ctypes.WinDLL("kernel32").GetUserDefaultUILanguage()  # type: ignore[attr-defined, unused-ignore]
    return locale.windows_locale.get(number, "en").partition("_")[0]
