"""What all messages between page and engine have in common."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from codec.wire.tools import ToolName

Request = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Short = Annotated[str, Meta(max_length=200)]


class PageMessage(Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of what is said between page and engine."""


class ToolMessage(PageMessage, frozen=True):
    """Base of what a page says to a tool of one session. Each says to which."""

    tool: ClassVar[ToolName]

    session: int
