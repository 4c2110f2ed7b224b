"""What a relay tells the others of itself."""

from dataclasses import dataclass

from codec import __version__
from relay.config.settings import Settings
from relay.secret import fingerprint_of, permit_key, relay_key


@dataclass(frozen=True)
class Own:
    """Where the others reach it, its version, and the fingerprint of its keys."""

    address: str
    version: str
    fingerprint: str


def own_of(settings: Settings) -> Own:
    """Return what the relay of these settings tells. Raises KeyFileError."""
    keys = relay_key(settings.data), permit_key(settings.data).private_bytes_raw()
    return Own(settings.address_for_peers, __version__, fingerprint_of(*keys))
