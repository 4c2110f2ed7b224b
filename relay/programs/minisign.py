"""Signatures of files as minisign writes them: Ed25519 over BLAKE2b-512 of the file, in a text file beside it. Pure.

https://jedisct1.github.io/minisign/ describes the format. Only signatures over the hash are read ("ED"): the older kind
over the file itself would need all of it in memory.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from codec.errors import DesksideError

SUFFIX = ".minisig"
MAX_BYTES = 4_096
"""Of a signature's file. Real ones are shorter."""
KEY_ALGORITHM = b"Ed"
HASHED_ALGORITHM = b"ED"
UNTRUSTED = "untrusted comment: "
TRUSTED = "trusted comment: "
_KEY_ID_BYTES = 8
_KEY_BYTES = 2 + _KEY_ID_BYTES + 32
_SIGNATURE_BYTES = 2 + _KEY_ID_BYTES + 64
_FILE = "file:"


class BadKeyError(DesksideError):
    """This is no public key of minisign."""


class BadSignatureError(DesksideError):
    """A signature is not one, or is not of this file by this key. The text says which."""


@dataclass(frozen=True)
class PublicKey:
    """Whose signatures are believed."""

    id: bytes
    key: bytes

    @property
    def name(self) -> str:
        """How minisign writes its number."""
        return self.id[::-1].hex().upper()


@dataclass(frozen=True)
class Signature:
    """What a signature says. `file_name` is what the file was called when it was signed, None where it does not say."""

    key_id: bytes
    signature: bytes
    trusted: str
    global_signature: bytes

    @property
    def key_name(self) -> str:
        """How minisign writes the number of its key."""
        return self.key_id[::-1].hex().upper()

    @property
    def file_name(self) -> str | None:
        """Return what the file was called when it was signed, None where the signature does not say."""
        fields = (field for field in self.trusted.split("\t") if field.startswith(_FILE))
        return next((field.removeprefix(_FILE) for field in fields), None)


def read_key(text: str) -> PublicKey:
    """Return a public key, from its line alone or from the whole file. Raises BadKeyError."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(UNTRUSTED)]
    decoded = _decoded(lines[0]) if len(lines) == 1 else b""
    if len(decoded) != _KEY_BYTES or not decoded.startswith(KEY_ALGORITHM):
        raise BadKeyError("a public key of minisign is a line of 56 letters and digits that begins with RW")
    return PublicKey(decoded[2:10], decoded[10:])


def read_signature(text: str) -> Signature:
    """Return what a signature's file says. Nothing of it is to be believed before `check`. Raises BadSignatureError."""
    lines = text.splitlines()
    if len(lines) != 4 or not lines[0].startswith(UNTRUSTED) or not lines[2].startswith(TRUSTED):
        raise BadSignatureError("it is no signature of minisign")
    signature, of_all = _decoded(lines[1]), _decoded(lines[3])
    if len(signature) != _SIGNATURE_BYTES or len(of_all) != 64:
        raise BadSignatureError("it is no whole signature of minisign")
    if not signature.startswith(HASHED_ALGORITHM):
        raise BadSignatureError(
            "it is a signature of the older kind, over the file itself: sign it with a newer minisign"
        )
    return Signature(signature[2:10], signature[10:], lines[2].removeprefix(TRUSTED), of_all)


def check(signature: Signature, blake2b: bytes, keys: Sequence[PublicKey]) -> PublicKey:
    """Return whose signature it is of the file with this BLAKE2b-512. Raises BadSignatureError."""
    key = next((each for each in keys if each.id == signature.key_id), None)
    if key is None:
        raise BadSignatureError(f"it was signed with the key {signature.key_name}, which is not one of yours")
    believed = Ed25519PublicKey.from_public_bytes(key.key)
    try:
        believed.verify(signature.signature, blake2b)
    except InvalidSignature:
        raise BadSignatureError("the file is not the one that was signed: it was changed, or is not complete") from None
    try:
        believed.verify(signature.global_signature, signature.signature + signature.trusted.encode())
    except InvalidSignature:
        raise BadSignatureError("the signature was changed after it was made") from None
    return key


def _decoded(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return b""
