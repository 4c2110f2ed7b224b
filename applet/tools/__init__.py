"""The tools of the customer's side, each a file. The engine makes all of them and knows none."""

from applet.tools.base import Tool
from applet.tools.chat import ChatTool
from applet.tools.clipboard import ClipboardTool
from applet.tools.input import InputTool
from applet.tools.picture import PictureTool
from applet.tools.pointing import PointingTool
from applet.tools.recording import RecordingTool
from codec.wire.access import Access

TOOLS: tuple[type[Tool], ...] = (PictureTool, InputTool, ClipboardTool, ChatTool, RecordingTool, PointingTool)
"""In this order they hear what the customer allows: first what is seen ends, then what is done, then the rest."""


def consents(access: Access) -> list[str]:
    """Return what a question for this says because of the tools, marked for translation."""
    return [tool.consent[access] for tool in TOOLS if access in tool.consent]
