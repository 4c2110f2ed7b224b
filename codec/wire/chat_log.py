"""The chat log as consoles hand it in to their relay, and as the technicians of the same session read it there.

Chat travels sealed between the two ends, so only they have it. Where the organization keeps chat logs, the technician's
console hands in what it shows, a line at a time, and the customer is told that it does (`Function.CHAT_KEPT`).
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from codec.wire.messages import CHAT_CHARACTERS

MOST_LINES = 100
"""At most so many lines are handed in at once."""


class Who(StrEnum):
    """Who a line of a chat log is from. `system`: something happened."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    SYSTEM = "system"


class LoggedLine(Struct, frozen=True, kw_only=True):
    """One line. `number` counts from 1 in its log. System lines have an event, and perhaps what it was about."""

    number: Annotated[int, Meta(ge=1, lt=1 << 31)]
    at: Annotated[datetime, Meta(tz=True)]
    who: Who
    text: Annotated[str, Meta(max_length=CHAT_CHARACTERS)] = ""
    event: Annotated[str, Meta(max_length=64)] = ""
    detail: Annotated[str, Meta(max_length=256)] = ""


class HandIn(Struct, frozen=True, kw_only=True):
    """POST /api/v1/sessions/{id}/chat. `log` is drawn at random by the console that writes it, once for each session.

    A line that was handed in before, by its log and number, is passed over.
    """

    log: Annotated[int, Meta(ge=0, lt=1 << 48)]
    lines: Annotated[list[LoggedLine], Meta(min_length=1, max_length=MOST_LINES)]


class KeptLine(Struct, frozen=True, kw_only=True):
    """A line that the relay keeps. `technician` is whose chat log it is from, `leg` that technician's part."""

    at: datetime
    who: Who
    log: int
    leg: int
    technician: str
    text: str = ""
    event: str = ""
    detail: str = ""
