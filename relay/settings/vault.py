"""Secrets at rest: sealed with the relay's key where the relay must use them, a slow hash where it only compares.

A sealed value opens only for the setting that it was sealed for; a reader of the database without the key learns
nothing from it, and cannot move it elsewhere.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from relay.secret import SealBrokenError, Sealer
from relay.settings.compound_kinds import Secret
from relay.settings.declare import Json, Setting

__all__ = ["SealBrokenError", "Vault"]


@dataclass(frozen=True)
class Vault:
    """`protect` fits `relay.settings.service.Protect`. `key` is the relay's own, `hash` that of its passwords."""

    key: bytes
    hash: Callable[[str], Awaitable[str]]

    async def protect(self, setting: Setting, secret: str) -> Json:
        """Return what is stored of a secret."""
        if isinstance(setting.kind, Secret) and setting.kind.hashed:
            return {"hashed": await self.hash(secret)}
        return {"sealed": self._sealer.seal(secret, setting.key)}

    def open(self, setting: Setting, stored: Json) -> str | None:
        """Return a sealed secret, None when there is none. Raises SealBrokenError."""
        if stored is None:
            return None
        try:
            return self._sealer.open(stored["sealed"], setting.key)
        except (KeyError, TypeError, SealBrokenError):
            text = f"The secret of “{setting.label}” can no longer be read. Enter it again."
            raise SealBrokenError(text) from None

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(self.key, "settings")
