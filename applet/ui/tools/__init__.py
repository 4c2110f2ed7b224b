"""The windows' part of the tools that have one. What it does at the wire is in applet/tools, under the same name."""

from applet.ui.tools.base import Part
from applet.ui.tools.clipboard import ClipboardPart
from applet.ui.tools.pointing import PointingPart

PARTS: tuple[type[Part], ...] = (ClipboardPart, PointingPart)
