"""What a session is for, as its technician chose when they invited the customer."""

from enum import StrEnum


class SessionType(StrEnum):
    """The types of sessions."""

    STANDARD = "standard"
    """Whatever group and means permit."""
    CHAT = "chat"
    """Only a chat, until its technician opens it up: then it is standard."""
    LENS = "lens"
    """The customer's camera, and the chat: nothing else of their device."""
