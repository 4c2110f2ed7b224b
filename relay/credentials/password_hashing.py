"""Passwords as argon2id hashes, computed off the event loop, by turns."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from relay.limits.fair_queue import BusyError, Turns

STRANGERS = 2
"""So many passwords of strangers are looked at at once: each takes 64 MiB, and a flood must not take the machine."""
KNOWN = 1
"""So many are kept free for those who are known: by a sign-in, a device, or a link."""
PLACES = 64
"""So many wait for either; one network address takes more than its share only where no one else comes."""
FIRST_GUESS_SECONDS = 0.2
_Made = TypeVar("_Made")


class Passwords:
    """Hashes and verifies. `close` it in the end."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(STRANGERS + KNOWN, "argon2")
        self._strangers = Turns(STRANGERS, PLACES, skips_gone=True)
        self._known = Turns(KNOWN, PLACES, skips_gone=True)
        self._seconds = FIRST_GUESS_SECONDS
        # Someone who does not exist takes as long to refuse as someone who does.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Return the hash to store (argon2id, RFC 9106). Raises BusyError."""
        return await self._work(self._known, "", partial(self._hasher.hash, password))

    async def verify(self, stored: str | None, password: str, stranger: str | None = None) -> bool:
        """Whether `password` belongs to the stored hash; None is nobody's, and takes just as long.

        `stranger` is the network address of someone who is not known yet. Raises BusyError.
        """
        turns, party = (self._known, "") if stranger is None else (self._strangers, stranger)
        return await self._work(turns, party, partial(self._verify, stored, password))

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _work(self, turns: Turns, party: str, work: Callable[[], _Made]) -> _Made:
        """Do the work in a thread. The turn ends with the work, even if the caller goes in the meantime.

        Those who have gone before get none.
        """
        try:
            await turns.begin(party)
        except BusyError:
            raise BusyError(self._retry_seconds(turns)) from None
        loop = asyncio.get_running_loop()
        began = loop.time()

        def over(_done: object) -> None:
            self._seconds += (loop.time() - began - self._seconds) / 8
            turns.end(began)

        done = loop.run_in_executor(self._pool, work)
        done.add_done_callback(over)
        return await asyncio.shield(done)

    def _retry_seconds(self, turns: Turns) -> int:
        """Return when those who wait now will have had their turn, as fast as this machine is at the moment."""
        at_once = STRANGERS if turns is self._strangers else KNOWN
        return max(2, math.ceil(turns.waiting * self._seconds / at_once))

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
