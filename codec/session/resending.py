"""What was said under one key and may not have arrived: it is said again under the next one."""

from collections.abc import Iterable

from codec.wire.messages import unpack

AT_MOST = 50
"""So many at once are no flood, whatever the other end counts."""


def to_resend(unconfirmed: Iterable[bytes]) -> list[bytes]:
    """Return which of these messages are said again: the latest of those that are declared so. Pure."""
    return [message for message in unconfirmed if unpack(message).declared.resent][-AT_MOST:]
