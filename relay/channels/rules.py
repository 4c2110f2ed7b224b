"""How many customers may wait in a channel, and come from one place. Pure."""

from codec.errors import DesksideError
from codec.wire.signals import Refusal
from relay.limits.rate_limiter import Limit, neighbourhood_of

MAX_WAITING = 200
"""So many customers wait in one channel at once: more than any desk helps before they have given up."""
FULL_SECONDS = 60
LIMITS = {"address": Limit(30, 600, neighbourhood_of)}
"""Customers from one address. Anyone may open a channel's link, and a whole company may have one address."""


class NotAdmittedError(DesksideError):
    """No customer comes in through this channel now. `refusal` says why, `page` is what they are taken to instead."""

    def __init__(self, refusal: Refusal, retry_seconds: int | None = None, page: str = "") -> None:
        super().__init__(f"no customer comes in through this channel: {refusal}")
        self.refusal = refusal
        self.retry_seconds = retry_seconds
        self.page = page


def check_room(*, is_served: bool, waiting: int) -> None:
    """Raise NotAdmittedError where no customer comes in through a channel that is there."""
    if not is_served:
        raise NotAdmittedError(Refusal.NOT_SERVED)
    if waiting >= MAX_WAITING:
        raise NotAdmittedError(Refusal.BUSY, FULL_SECONDS)
