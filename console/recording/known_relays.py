"""The keys that relays sign with, as this computer first heard them: they say whose recordings are proven to be whose.

A relay that shows another key is told, not believed.
"""

from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from codec.wire.chain_head import KEY_BYTES
from console.recording.decision_file import DecisionFile

FILE = "known_relays.json"
Key = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{{2 * KEY_BYTES}}}\Z")]


class Seen(Enum):
    """What a relay's key is to this computer."""

    KNOWN = auto()
    CHANGED = auto()
    """This relay had another key before."""
    UNKNOWN = auto()
    """It told none, or nothing could be remembered."""


class KnownRelays:
    """Relays by address, each with its keys, the newest last, in a file in `folder`; without one for this run."""

    def __init__(self, folder: Path | None) -> None:
        file = None if folder is None else folder / FILE
        self._known = DecisionFile[dict[str, list[Key]]](file, dict[str, list[Key]], {})

    def keys(self) -> Mapping[str, tuple[bytes, ...]]:
        """Return the keys of each relay. Where the file is damaged or not ours alone no relay is known."""
        return {relay: tuple(bytes.fromhex(each) for each in keys) for relay, keys in self._known.read().items()}

    def see(self, relay: str, key: bytes) -> Seen:
        """A relay shows its key at sign-in. The first one is remembered."""
        if len(key) != KEY_BYTES:
            return Seen.UNKNOWN
        known = self.keys().get(relay)
        if known is not None:
            return Seen.KNOWN if key in known else Seen.CHANGED
        if self._known.is_unusable:
            return Seen.UNKNOWN
        return Seen.KNOWN if self.remember(relay, key) else Seen.UNKNOWN

    def remember(self, relay: str, key: bytes) -> bool:
        """The technician trusts this key of a relay too. Return False where nothing can be written."""
        known = self._known.read()
        keys = [*(each for each in known.get(relay, []) if each != key.hex()), key.hex()]
        return self._known.write({**known, relay: keys})
