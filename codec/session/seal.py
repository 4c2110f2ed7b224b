"""Frames that only the other end can read: ChaCha20-Poly1305 with a counter for a nonce (RFC 8439).

A link delivers frames in order and exactly once, so the nonce never travels: both ends count. A frame that was changed,
dropped, repeated or moved by anyone in between does not open, and the link that carried it is finished.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from codec.errors import DesksideError

KEY_BYTES = 32
SEAL_OVERHEAD = 16
_NONCE_BYTES = 12


class SealBrokenError(DesksideError):
    """A frame was altered or is out of order on its way. This connection is closed; Deskside makes a new one."""


def derive(key: bytes, purpose: str, context: bytes = b"", length: int = KEY_BYTES) -> bytes:
    """Derive `length` bytes for one purpose from `key` (HKDF-SHA256, RFC 5869); `context` goes in as the salt."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=context, info=f"deskside {purpose}".encode()).derive(key)


class Seal:
    """One direction of one link. The sending end calls `close`, the receiving end `open`, each in frame order."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._count = 0

    def close(self, frame: bytes) -> bytes:
        """Return `frame` sealed: `SEAL_OVERHEAD` bytes longer, readable by the other end only."""
        return self._cipher.encrypt(self._next_nonce(), frame, None)

    def open(self, sealed: bytes) -> bytes:
        """Return the frame inside `sealed`. Raises SealBrokenError; the link must then be dropped."""
        try:
            return self._cipher.decrypt(self._next_nonce(), sealed, None)
        except InvalidTag:
            raise SealBrokenError(SealBrokenError.__doc__) from None

    def _next_nonce(self) -> bytes:
        nonce = self._count.to_bytes(_NONCE_BYTES, "little")
        self._count += 1
        return nonce


@dataclass(frozen=True)
class SealPair:
    """Both directions of one link, seen from one end."""

    outgoing: Seal
    incoming: Seal
