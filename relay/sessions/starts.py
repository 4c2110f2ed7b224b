"""Sessions that administrators have asked a console to start, until it has. Nothing of it is stored: they wait on."""

import asyncio
from dataclasses import dataclass

START_SECONDS = 10.0
"""So long a console has to pick up what it is asked to start."""


@dataclass(frozen=True)
class Start:
    """An administrator `by` has asked the console of a technician for it. `seen` is how the session was then."""

    person: int
    by: int
    seen: str
    done: asyncio.Event


class Starts:
    """One for each session at most: who asks later for the same one takes the place of who asked before."""

    def __init__(self) -> None:
        self._asked: dict[int, Start] = {}

    def ask(self, session: int, person: int, by: int, seen: str) -> Start:
        """Someone asks for it now."""
        self._asked[session] = start = Start(person, by, seen, asyncio.Event())
        return start

    def of(self, session: int, person: int) -> Start | None:
        """Return what this technician's console was asked for, as long as someone waits for that."""
        start = self._asked.get(session)
        return start if start is not None and start.person == person else None

    def over(self, session: int, start: Start) -> None:
        """No one waits for it any more."""
        if self._asked.get(session) is start:
            del self._asked[session]
