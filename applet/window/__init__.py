"""The applet's windows (PySide6, QtWidgets): they show a Situation and make Wishes, and decide nothing."""
