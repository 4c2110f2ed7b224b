"""What a customer takes part with, and by what means: a page in a browser can do less than a program. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from codec.wire.access import FUNCTIONS, Access

Means = Annotated[list[Annotated[str, Meta(pattern=r"^[a-z_]{1,16}\Z")]], Meta(max_length=16)]
"""What a customer's side can do: "chat", and of what a customer can allow "view", "control" and "clipboard".

Words that are not known mean nothing. None at all is all that the help program can do.
"""


class CustomerKind(StrEnum):
    """What the customer takes part with."""

    PROGRAM = "program"
    PAGE = "page"
    """The relay's own page, in the customer's browser."""


def within_means(functions: Iterable[str], means: Iterable[str]) -> tuple[str, ...]:
    """Return what is left of a technician's functions with a customer who has only these means. In the same order."""
    there = frozenset(means)
    lost = {FUNCTIONS[access] for access in _NEED_MEANS - there} if there else frozenset[str]()
    return tuple(function for function in functions if function not in lost)


_NEED_MEANS = frozenset(Access) - {Access.RECORD}
"""What can be allowed only by who has the means. What is seen is recorded by the technician's side."""
