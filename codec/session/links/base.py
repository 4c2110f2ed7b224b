"""What a link is: the short list of members that both kinds share."""

from typing import Protocol

from codec.errors import DesksideError
from codec.session.path_manager import LinkKind


class LinkClosedError(DesksideError):
    """This connection is gone. The session goes on over another one, or waits until there is one again."""


class Link(Protocol):
    """An ordered, reliable way for messages of up to 64 KiB between the two ends.

    `binding` is what ties the link to its own encryption; empty where there is nothing to tie to.
    """

    @property
    def kind(self) -> LinkKind:
        """Direct or relayed."""

    @property
    def binding(self) -> bytes:
        """Both ends of one link must hold the same bytes here, or they derive different keys."""

    async def send(self, data: bytes) -> None:
        """Write one message; return when the link can take more. Raises LinkClosedError."""

    async def receive(self) -> bytes:
        """Return the next message. Raises LinkClosedError."""

    async def close(self) -> None:
        """Let go of the link. May be called twice."""
