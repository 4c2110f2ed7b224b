"""Secrets at rest: sealed with the relay's key where the relay must use them, a slow hash where it only compares.

A sealed value opens only for the setting that it was sealed for; whoever can read the database but not the key learns
nothing from it, and cannot move it elsewhere.
"""

import base64
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from codec.errors import DesksideError
from relay.settings.composed import Secret
from relay.settings.declare import Json, Setting

_NONCE_BYTES = 12


class SealBrokenError(DesksideError):
    """A stored secret cannot be opened: the relay's key is another one now, or the value was tampered with."""


@dataclass(frozen=True)
class Vault:
    """`protect` fits `relay.settings.service.Protect`. `key` is the relay's own, `hash` that of its passwords."""

    key: bytes
    hash: Callable[[str], Awaitable[str]]

    async def protect(self, setting: Setting, secret: str) -> Json:
        """Return what is stored of a secret."""
        if isinstance(setting.kind, Secret) and setting.kind.hashed:
            return {"hashed": await self.hash(secret)}
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher().encrypt(nonce, secret.encode(), setting.key.encode())
        return {"sealed": base64.b64encode(nonce + sealed).decode()}

    def open(self, setting: Setting, stored: Json) -> str | None:
        """Return a sealed secret, None when there is none. Raises SealBrokenError."""
        if stored is None:
            return None
        try:
            content = base64.b64decode(stored["sealed"], validate=True)
            nonce, sealed = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return self._cipher().decrypt(nonce, sealed, setting.key.encode()).decode()
        except (KeyError, TypeError, ValueError, InvalidTag):
            text = f"The secret of “{setting.label}” can no longer be read. Enter it again."
            raise SealBrokenError(text) from None

    def _cipher(self) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(HKDF(SHA256(), 32, None, b"deskside settings").derive(self.key))
