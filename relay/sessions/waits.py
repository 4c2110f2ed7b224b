"""What customers who wait are told: how long others waited, or their place in the queue. Pure.

The estimate is the mean time in which the last ten sessions of a channel, or of a technician, were picked up (SESS-55,
SESS-56). It says nothing of how long this customer has waited already, nor of how many are before them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

LAST = 10
"""So many sessions the estimate is made of."""
ESTIMATE, POSITION = "estimate", "position"
"""What a channel may tell (`waiting.message`)."""


@dataclass(frozen=True)
class Waits:
    """A session that waits in a channel, or for one technician."""

    session: int
    since: datetime
    channel: int | None
    person: int | None


def positions(waiting: Iterable[Waits]) -> dict[int, int]:
    """Return the place of each in the queue of its channel, from 1: who waits longest is first."""
    queues: dict[int, list[Waits]] = {}
    for each in waiting:
        if each.channel is not None and each.person is None:
            queues.setdefault(each.channel, []).append(each)
    return {
        each.session: place
        for queue in queues.values()
        for place, each in enumerate(sorted(queue, key=lambda one: (one.since, one.session)), 1)
    }


def estimate_seconds(waited_ms: Sequence[int]) -> int | None:
    """Return the mean of how long the last customers waited, None where there were none: that tells nothing."""
    last = waited_ms[:LAST]
    return round(sum(last) / len(last) / 1000) if last else None
