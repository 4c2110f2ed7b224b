"""What this computer says of itself: name, system, language."""

import locale
import platform
import socket


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
    code, _ = locale.getlocale(locale.LC_MESSAGES) if hasattr(locale, "LC_MESSAGES") else locale.getlocale()
    return (code or "en").partition("_")[0] if code not in (None, "C", "POSIX") else "en"
