"""What the windows' part of a tool is. It lives in the windows' thread; the tool itself in the engine's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtWidgets import QApplication, QWidget

from applet.session.stop_latch import StopLatch
from applet.session.ui_state import Intent
from codec.wire.tools import ToolName


@dataclass(frozen=True)
class Windows:
    """What the windows lend to a part."""

    application: QApplication
    intend: Callable[[Intent], None]
    latch: StopLatch


class Part:
    """The part of one tool, from before the engine starts until after the last window is hidden."""

    tool: ClassVar[ToolName]

    def __init__(self, windows: Windows) -> None:
        self.windows = windows

    def take(self, news: Any) -> None:
        """The tool tells this. Of what came while the windows were busy, only the newest is said."""

    def window(self) -> QWidget | None:
        """Return the part's window, which the caller destroys in the end."""
        return None

    def close(self) -> None:
        """The program ends."""
