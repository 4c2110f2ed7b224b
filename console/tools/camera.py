"""The customer's camera: how it is, what is asked to be done with it, and the photos that the customer takes."""

from typing import Any

from codec.wire.messages import CameraDeclined, CameraRequest, Message, Photo
from codec.wire.tools import ToolName
from console.page.messages import Event
from console.tools.base import Rules, Tool, Verdict, verdict

_START, _MARKER = b"\xff\xd8", 0xFF
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a picture's head: ITU-T T.81, table B.1."""
MOST_SEGMENTS = 1_000
"""Before it. Profiles and previews take some hundreds at most, and 8 MB have room for two millions: this took seconds
of the thread that serves all sessions."""


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height as the head of a JPEG says, None where this is none."""
    if not data.startswith(_START):
        return None
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at + 9 > len(data) or data[at] != _MARKER:
            break
        if data[at + 1] in _FRAMES:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


class CameraRules(Rules):
    """A photo is one, and as large as it says: a page shows nothing else."""

    def admit(self, message: Message, now: float) -> Verdict:
        """See Rules."""
        if isinstance(message, Photo):
            return verdict(message, jpeg_size(message.jpeg) == (message.width, message.height))
        return Verdict(message)


class CameraTool(Tool):
    """Passes everything on: the customer carries it out or not. What was asked for and became of it is in the log."""

    name = ToolName.CAMERA
    rules_type = CameraRules

    def hear(self, message: Any) -> bool:
        """See Tool."""
        if isinstance(message, CameraDeclined):
            self.host.note(Event.DECLINED_WISH, message.wish)
            return False
        if isinstance(message, Photo):
            self.host.note(Event.PHOTO_SENT)
        return True

    def sent(self, message: Message) -> None:
        """See Tool."""
        if isinstance(message, CameraRequest):
            self.host.note(Event.ASKED_WISH, message.wish)
