"""The head of a recording's chain of hashes: what console and applet sign, and what the relay signs with its time.

Whoever signs adds its own words in front, so that a head that another program chose is never a signature for anything
else. The chain itself is in codec/recording/evidence.py.
"""

import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DIGEST_BYTES = 32
_HEAD_SIGNED = b"deskside recording head\0"
_TIME_SIGNED = b"deskside recording time\0"


@dataclass(frozen=True)
class Head:
    """Everything up to link `number`, in one hash (SHA-256)."""

    number: int
    digest: bytes

    def to_sign(self) -> bytes:
        """Return what console and applet sign."""
        return _HEAD_SIGNED + struct.pack("<Q", self.number) + self.digest

    def to_stamp(self, at: int) -> bytes:
        """Return what the relay signs, with its time in milliseconds since 1970."""
        return _TIME_SIGNED + struct.pack("<QQ", self.number, at) + self.digest


def is_signed(statement: bytes, signature: bytes, key: bytes) -> bool:
    """Whether this is a signature (Ed25519, RFC 8032) over the statement by the owner of the public key (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True
