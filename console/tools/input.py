"""The technician's mouse and keyboard on the customer's computer."""

from codec.wire.messages import ReleaseKeys
from codec.wire.tools import ToolName
from console.tools.base import Tool


class InputTool(Tool):
    """Passes everything on: the applet carries out what the customer allows."""

    name = ToolName.INPUT

    def page_left(self, watched: bool) -> None:
        """See Tool. A page that is gone can let go of nothing."""
        self.host.send(ReleaseKeys())
