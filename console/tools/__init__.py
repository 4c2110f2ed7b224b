"""The tools of the technician's side, each a file. Filter and session make all of them and know none."""

from console.tools.base import Tool
from console.tools.camera import CameraTool
from console.tools.chat import ChatTool
from console.tools.clipboard import ClipboardTool
from console.tools.drawing import DrawingTool
from console.tools.input import InputTool
from console.tools.picture import PictureTool
from console.tools.pointing import PointingTool
from console.tools.recording import RecordingTool

TOOLS: tuple[type[Tool], ...] = (
    InputTool,
    PictureTool,
    CameraTool,
    DrawingTool,
    ClipboardTool,
    ChatTool,
    RecordingTool,
    PointingTool,
)
