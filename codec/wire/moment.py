"""A time on any wire."""

from typing import Annotated, TypeAlias

from msgspec import Meta

Moment: TypeAlias = Annotated[int, Meta(ge=0, le=8_640_000_000_000_000)]
"""In milliseconds since 1970. Beyond it a page has no dates (ECMA-262), and a window that is to show one fails."""
