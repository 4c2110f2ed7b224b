"""A technician who only watches may point: the customer sees a dot with the technician's name, which fades."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from applet.session.ui_state import ToolIntent, ToolNews
from applet.tools.base import Tool, ToolHost
from codec.wire.access import Access
from codec.wire.messages import POSITIONS, Cause, Display, Notice, Point, Trouble
from codec.wire.tools import ToolName

SHOW_SECONDS = 1 / 60
"""A console may say a million times where it points; a screen shows no more than this."""
SILENT_SECONDS = 5.0
"""Where nothing new is pointed at for so long, the dot goes."""


def _(text: str) -> str:
    """Mark a text for translation where it is declared."""
    return text


@dataclass(frozen=True)
class PointedAt(ToolNews):
    """The dot is at this pixel of the desktop from now on, or fades where it is."""

    tool = ToolName.POINTING
    at: tuple[int, int] | None
    technician: str = ""


@dataclass(frozen=True)
class CannotPoint(ToolIntent):
    """The windows cannot show a dot over other programs."""

    tool = ToolName.POINTING
    cause: Cause


def pixel_of(point: Point, displays: Iterable[Display]) -> tuple[int, int] | None:
    """Return which pixel of the desktop is pointed at, None where that display is gone. Pure."""
    for display in displays:
        if display.id == point.display:
            across, along = point.x * display.width // POSITIONS, point.y * display.height // POSITIONS
            return display.x + across, display.y + along
    return None


class PointingTool(Tool):
    """Tells the windows where the dot is, as often as a screen can show it."""

    name = ToolName.POINTING
    consent: ClassVar[Mapping[Access, str]] = {Access.VIEW: _("They can point at things on it.")}

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._at: tuple[int, int] | None = None
        self._told: tuple[int, int] | None = None
        self._told_at = float("-inf")
        self._later: asyncio.TimerHandle | None = None
        self._silence: asyncio.TimerHandle | None = None
        self._heard_at = 0.0
        self._failed: Cause | None = None
        """Why nothing can be shown. None of the causes goes away while the program runs."""

    def take(self, message: Point) -> None:
        """See Tool. Nothing points at the answers to a question."""
        if self._failed is not None:
            return
        at = pixel_of(message, self.host.displays) if message.on and not self.host.is_asking else None
        if at is None:
            self._hide()
            return
        self._at, self._heard_at = at, time.monotonic()
        if self._silence is None:
            self._silence = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._look)
        if self._later is None:
            early = self._told_at + SHOW_SECONDS - self._heard_at
            self._later = asyncio.get_running_loop().call_later(max(0.0, early), self._tell)

    def intend(self, intent: CannotPoint) -> None:
        """See Tool. The technician is told why there is no dot."""
        self._fail(intent.cause)

    def unseen(self) -> None:
        """See Tool."""
        self._fail(Cause.NO_WINDOW)

    def allow(self, granted: frozenset[Access]) -> None:
        """See Tool."""
        if Access.VIEW not in granted:
            self._hide()

    def asked(self) -> None:
        """See Tool."""
        self._hide()

    def lost(self) -> None:
        """See Tool."""
        self._hide()

    def end(self) -> None:
        """See Tool."""
        self._hide()
        if self._failed is not None:
            self._failed = None
            self.host.send(Notice(Trouble.CANNOT_POINT, on=False))

    def _hide(self) -> None:
        self._at = None
        for timer in (self._later, self._silence):
            if timer is not None:
                timer.cancel()
        self._later = self._silence = None
        self._tell()

    def _tell(self) -> None:
        self._later = None
        if self._at != self._told:
            self._told, self._told_at = self._at, time.monotonic()
            self.host.tell(PointedAt(self._at, self.host.ui_state.technician))

    def _look(self) -> None:
        """Hide the dot if nothing was heard for long enough, else look again then."""
        left = self._heard_at + SILENT_SECONDS - time.monotonic()
        if left <= 0:
            self._hide()
        else:
            self._silence = asyncio.get_running_loop().call_later(left, self._look)

    def _fail(self, cause: Cause) -> None:
        if self._told is None or self._failed is not None:
            return
        self._hide()
        self._failed = cause
        self.host.send(Notice(Trouble.CANNOT_POINT, on=True, cause=cause, lasting=True))
