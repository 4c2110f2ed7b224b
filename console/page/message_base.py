"""What all messages between page and engine have in common."""

from typing import Annotated

from msgspec import Meta, Struct

Request = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Short = Annotated[str, Meta(max_length=200)]


class PageMessage(Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of what is said between page and engine."""
