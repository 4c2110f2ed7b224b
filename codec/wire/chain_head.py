"""What is signed of a recording: heads of its chain by console and applet, its beginning and times by the relay.

Each signer adds its own words in front, so that a head that another program chose is never a signature for anything
else. The chain itself is in codec/recording/proof.py.
"""

import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DIGEST_BYTES = 32
KEY_BYTES = 32
RECORDING_BYTES = 16
"""A recording's own number, drawn at random when it begins. All of its files have the same one."""
_HEAD_SIGNED = b"deskside recording head\0"
_TIME_SIGNED = b"deskside recording time 2\0"
_EARLIER_TIME_SIGNED = b"deskside recording time\0"
_BEGINNING_SIGNED = b"deskside recording beginning\0"


@dataclass(frozen=True)
class Head:
    """Everything up to link `number`, in one hash (SHA-256)."""

    number: int
    digest: bytes

    def to_sign(self) -> bytes:
        """Return what console and applet sign."""
        return _HEAD_SIGNED + struct.pack("<Q", self.number) + self.digest

    def to_stamp(self, at: int, recording: bytes) -> bytes:
        """Return what the relay signs, with its time in milliseconds since 1970, of a recording that it let begin."""
        return _TIME_SIGNED + recording + struct.pack("<QQ", self.number, at) + self.digest

    def to_stamp_earlier(self, at: int) -> bytes:
        """Return what relays signed before recordings had numbers: of any head, for any console."""
        return _EARLIER_TIME_SIGNED + struct.pack("<QQ", self.number, at) + self.digest


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What the relay knows of a recording when it begins: who records which session, and whose keys these are.

    `technician` is who has picked the session up; `applet_key` came from the customer's side over its own socket,
    `console_key` from the technician's. `at` is the relay's time in milliseconds since 1970.
    """

    session: int
    technician: int
    recording: bytes
    applet_key: bytes
    console_key: bytes
    at: int

    def to_sign(self) -> bytes:
        """Return what the relay signs: fields of fixed lengths, so that no two beginnings have the same bytes.

        Raises ValueError for a number or key of another length.
        """
        lengths = len(self.recording), len(self.applet_key), len(self.console_key)
        if lengths != (RECORDING_BYTES, KEY_BYTES, KEY_BYTES):
            raise ValueError("a recording's number has 16 bytes, a key 32")
        numbers = struct.pack("<QQQ", self.session, self.technician, self.at)
        return _BEGINNING_SIGNED + numbers + self.recording + self.applet_key + self.console_key


def is_signed(statement: bytes, signature: bytes, key: bytes) -> bool:
    """Whether this is a signature (Ed25519, RFC 8032) over the statement by the owner of the public key (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True
