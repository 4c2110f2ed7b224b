"""Whether there is a display for windows. Qt ends the process with a core dump where there is none."""

import os
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from applet.process_exit import leave
from applet.ui.texts import translate as _
from codec.errors import DesksideError
from codec.host.terminal import complain


class NoDisplayError(DesksideError):
    """No window can be shown here."""


def check_display() -> None:
    """Make sure that Qt can start. Raises NoDisplayError.

    What Qt finds fatal later ends the program with its message and exit code 1, for example a library that is missing.
    """
    qInstallMessageHandler(_said_by_qt)
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux" or chosen.split(":")[0] not in ("", "xcb") or os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise NoDisplayError(_with_remedy(_("There is no display to show the window on.")))
    from Xlib import display, error  # noqa: PLC0415  (python-xlib is for X11 only)

    try:
        display.Display().close()
    except (error.DisplayError, error.XauthError, OSError) as problem:
        raise NoDisplayError(_with_remedy(_("The window cannot be shown: %(why)s") % {"why": problem})) from None


def _with_remedy(problem: str) -> str:
    remedy = _("Start the program from the desktop, or with --headless to be asked on the terminal.")
    return f"{problem}\n{remedy}"


def _said_by_qt(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
    if kind is QtMsgType.QtFatalMsg:
        complain(_with_remedy(_("The window cannot be shown: %(why)s") % {"why": text}))
        leave(1)
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg):
        complain(text)
