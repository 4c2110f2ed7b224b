"""What was just done, for the page that comes next: a sentence, and how to take it back. Kept for some minutes only."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from relay.credentials.password_links import MadeLink

MOST = 500
DONE = "?done="
Undo = Callable[[Any], Awaitable[str]]
"""Takes the visit of the person who wants it back, does so, and returns the address to go on at."""


@dataclass(frozen=True)
class Receipt:
    """One thing done. `undo` None: it cannot safely be taken back. `link` is to be copied, and shown once."""

    person: int
    said: str
    details: tuple[str, ...]
    undo: Undo | None
    at: datetime
    key: str
    link: MadeLink | None = None


class Receipts:
    """The latest receipts. A late request learns nothing, and nothing happens."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Receipt] = OrderedDict()

    def give(
        self,
        person: int,
        said: str,
        details: tuple[str, ...] = (),
        undo: Undo | None = None,
        *,
        at: datetime,
        link: MadeLink | None = None,
    ) -> str:
        """Keep a receipt and return what to add to the next page's address."""
        key = secrets.token_urlsafe(12)
        self._kept[key] = Receipt(person, said, details, undo, at, key, link)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return DONE + key

    def take(self, key: str, person: int) -> Receipt | None:
        """Return someone's own receipt, None when it is gone or another's."""
        found = self._kept.get(key)
        if found is None or found.person != person:
            return None
        if found.link is not None:
            self._kept[key] = replace(found, link=None)
        return found

    def forget(self, key: str) -> None:
        """This one has been used."""
        self._kept.pop(key, None)
