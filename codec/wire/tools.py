"""What technician and customer do together in a session. Each tool is a file of this name in applet and console."""

from enum import StrEnum


class ToolName(StrEnum):
    """Which tool takes a message. What belongs to none is the session's own: questions, answers, links, the end."""

    CAMERA = "camera"
    CHAT = "chat"
    CLIPBOARD = "clipboard"
    DRAWING = "drawing"
    INPUT = "input"
    PICTURE = "picture"
    POINTING = "pointing"
    RECORDING = "recording"
