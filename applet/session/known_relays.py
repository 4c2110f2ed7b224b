"""The relays that this person has used on this computer. Pure but for `keep`, which writes them down.

A link may lead to any relay, and the person who runs it can choose any name. So a relay that is not known
is used only after the person has said so, once.
"""

from collections.abc import Callable

import msgspec

MOST_KEPT = 200
_decoder = msgspec.json.Decoder(list[str])


class KnownRelays:
    """Addresses as hosts.relay_address writes them."""

    def __init__(self, keep: Callable[[list[str]], None], known: list[str] | None = None) -> None:
        self._keep = keep
        self._known = list(known or [])

    def knows(self, relay: str) -> bool:
        """Whether this relay was used before."""
        return relay in self._known

    def remember(self, relay: str) -> None:
        """The person uses this relay. Of too many the first are forgotten: they are asked about again."""
        if not self.knows(relay):
            self._known = [*self._known, relay][-MOST_KEPT:]
            self._keep(self._known)


def read_known_relays(data: bytes) -> list[str]:
    """Return the relays of a file. Raises msgspec.MsgspecError for one that is not ours."""
    return _decoder.decode(data)[-MOST_KEPT:]


def write_known_relays(relays: list[str]) -> bytes:
    """Return a file with these."""
    return msgspec.json.format(msgspec.json.encode(relays), indent=1)
