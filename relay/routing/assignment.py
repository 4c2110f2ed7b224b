"""Which session that waits starts with which technician, where a channel starts its sessions automatically. Pure.

The oldest comes first, of all channels together. Who is away, exempt or not to be given anything for another reason is
not among the candidates.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from relay.routing.rules import Load, least_loaded

ANY_NUMBER = 10
"""This limit of a channel means that it has none (SESS-80)."""


@dataclass(frozen=True)
class Waiting:
    """A session that waits in a channel. `former` is the technician who sent it there, if one did."""

    session: int
    channel: int
    since: datetime
    below: int
    is_lens: bool = False
    former: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A technician who can be given sessions, as long as they have fewer than `most`."""

    load: Load
    channels: frozenset[int]
    most: int
    has_lens: bool = False

    def fits(self, waiting: Waiting) -> bool:
        """Whether they can be given this session now."""
        below = self.most if waiting.below >= ANY_NUMBER else min(waiting.below, self.most)
        return (
            waiting.channel in self.channels
            and self.load.person != waiting.former
            and self.load.sessions < below
            and not (waiting.is_lens and self.has_lens)
        )

    def given(self, *, is_lens: bool) -> "Candidate":
        """Return them with one session more."""
        load = replace(self.load, sessions=self.load.sessions + 1)
        return replace(self, load=load, has_lens=self.has_lens or is_lens)


def assigned(waiting: Iterable[Waiting], candidates: Iterable[Candidate]) -> dict[int, int]:
    """Return the sessions that start now, each with its technician. No session is left that would fit one of them."""
    found, now = dict[int, int](), {each.load.person: each for each in candidates}
    for session in sorted(waiting, key=lambda each: (each.since, each.session)):
        person = least_loaded(each.load for each in now.values() if each.fits(session))
        if person is not None:
            found[session.session] = person
            now[person] = now[person].given(is_lens=session.is_lens)
    return found
