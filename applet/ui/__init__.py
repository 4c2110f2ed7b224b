"""The applet's windows (PySide6, QtWidgets): they show a UiState, hand in Intents, and decide nothing."""
