"""What customers filled in before they come in through a channel: kept for minutes, in memory, each for one coming in.

Strangers write nothing to the database with it, and nothing of it is in an address: that has a random reference.
After a restart of the relay, or at another one, a reference is unknown; then the form is shown again.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.secret import digest, new_secret

LIFETIME = timedelta(minutes=15)
MOST = 10_000
"""So many are kept at once; the oldest give way."""


@dataclass(frozen=True)
class Answers:
    """The values of the six fields, for one channel."""

    channel: int
    values: tuple[str, ...]
    at: datetime


class AnswerStore:
    """All that wait to be used."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Answers] = OrderedDict()

    def keep(self, channel: int, values: Sequence[str], now: datetime) -> str:
        """Keep answers, and return the reference to them."""
        while self._kept and (len(self._kept) >= MOST or self._is_over(next(iter(self._kept.values())), now)):
            self._kept.popitem(last=False)
        reference = new_secret()
        self._kept[digest(reference)] = Answers(channel, tuple(values), now)
        return reference

    @contextmanager
    def used(self, reference: str, channel: int, now: datetime) -> Iterator[tuple[str, ...] | None]:
        """Use up what was filled in for this channel, unless the block fails; None where there is nothing."""
        found = self._kept.pop(digest(reference), None) if reference else None
        if found is None or found.channel != channel or self._is_over(found, now):
            yield None
            return
        try:
            yield found.values
        except BaseException:
            self._kept[digest(reference)] = found
            raise

    @staticmethod
    def _is_over(answers: Answers, now: datetime) -> bool:
        return not answers.at <= now < answers.at + LIFETIME
