"""Secrets that the relay hands out: long, random, and stored as digests only."""

import base64
import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from codec.errors import DesksideError
from codec.host.private_files import NotPrivateError, make_private, read_private
from relay.host.os_errors import sentence_of

SECRET_BYTES = 32
_NONCE_BYTES = 12
_HEX_KEY = re.compile(rb"[0-9a-f]{%d}\n?" % (2 * SECRET_BYTES))


class KeyFileError(DesksideError):
    """A key of this relay cannot be used: its file is damaged, or others could read it. The text says what helps."""


class SealBrokenError(DesksideError):
    """A stored secret cannot be opened: the relay's key is another one now, or someone changed what is stored."""


def new_secret() -> str:
    """Return 256 random bits as text that fits into a header, a cookie or a link."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is stored of a secret. It is random and long, so a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare without telling by time how much was right."""
    return hmac.compare_digest(one.encode(), other.encode())


class Signer:
    """Makes short proofs that this relay wrote a text, for forms and pages that carry no session."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, purpose: str, text: str) -> str:
        """Return the proof for `text`; another purpose has another proof."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    def signed(self, purpose: str, text: str) -> str:
        """Return `text` with its proof, to be taken apart by `open`."""
        return f"{text}.{self.sign(purpose, text)}"

    def open(self, purpose: str, signed: str) -> str | None:
        """Return the text inside, or None when this relay did not sign it for this purpose."""
        text, _, proof = signed.rpartition(".")
        return text if same(proof, self.sign(purpose, text)) else None


class Sealer:
    """Seals what the relay must be able to read again but nobody who only has its database. One for each purpose."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._cipher = ChaCha20Poly1305(HKDF(SHA256(), 32, None, f"deskside {purpose}".encode()).derive(key))

    def seal(self, text: str, owner: str) -> str:
        """Return `text` as it may be stored; it opens only for the `owner` that it was sealed for."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())).decode()

    def open(self, sealed: str, owner: str) -> str:
        """Return what was sealed for `owner`. Raises SealBrokenError."""
        try:
            content = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], owner.encode()).decode()
        except (ValueError, InvalidTag):
            raise SealBrokenError(SealBrokenError.__doc__) from None


def fingerprint_of(*keys: bytes) -> str:
    """Return what tells whether others have the same keys, and nothing about them: they are random and long."""
    return hashlib.sha256(b"deskside relays\0" + b"\0".join(keys)).hexdigest()


def relay_key(data: Path) -> bytes:
    """Return this relay's own key, made at first use. Raises KeyFileError: with another key nothing sealed opens."""
    return _key(data / "key", "what it sealed (authenticators, passwords of locations, waiting mails) opens no more")


def permit_key(data: Path) -> Ed25519PrivateKey:
    """Return the key that this relay signs permits with, made at first use. Raises KeyFileError."""
    key = _key(data / "permit-key", "sessions that run now end, and recordings name another relay from then on")
    return Ed25519PrivateKey.from_private_bytes(key)


def _key(file: Path, lost: str) -> bytes:
    """Return the key in a file, which is made where there is none; never one that others know, or that is damaged."""
    try:
        try:
            content = read_private(file)
        except FileNotFoundError:
            with suppress(FileExistsError):  # another process has just made it
                make_private(file, secrets.token_bytes(SECRET_BYTES).hex().encode())
            content = read_private(file)
    except NotPrivateError as error:
        raise KeyFileError(
            f"{error}. Start the relay again then. If others may have read the key, "
            f"delete it instead, and a new one is made: {lost}."
        ) from None
    except OSError as error:
        error.filename = None
        raise KeyFileError(f"{file}, a key of this relay, cannot be used: {sentence_of(error)}") from None
    if not _HEX_KEY.fullmatch(content):
        raise KeyFileError(
            f"{file} is damaged: it holds {len(content)} bytes instead of {2 * SECRET_BYTES} hexadecimal digits. "
            f"Put it back from a backup. Only if there is none, delete it, and a new one is made: {lost}."
        )
    return bytes.fromhex(content.decode())
