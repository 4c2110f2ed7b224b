"""Keys by JSON, for people only: no key makes or ends another."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from relay.api.calls import Asked, NoBody, NoQuery, Secretive, call
from relay.api_keys.rules import MAX_NETWORKS, Scope
from relay.api_keys.service import Keys, KeyShown


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new key is for. Without `expires_at` it ends in a year; two years are the most.

    Without `networks` it can be used from anywhere, otherwise only from these: 10.1.2.0/24, 2001:db8::/32, 192.0.2.7.
    """

    name: str
    scopes: list[Scope]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    networks: Annotated[list[str], Meta(max_length=MAX_NETWORKS)] = []


class MadeKey(Secretive, frozen=True, kw_only=True):
    """A new key. `key` is shown only once."""

    key: str
    shown: KeyShown


class KeysApi:
    """The calls."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    @call("GET", "/api-keys")
    async def list_keys(self, asked: Asked[NoQuery, NoBody]) -> list[KeyShown]:
        """List your keys, or everyone's for a master administrator."""
        return await self._keys.listed(asked.actor, asked.now)

    @call("POST", "/api-keys", status=201)
    async def make_key(self, asked: Asked[NoQuery, NewKey]) -> MadeKey:
        """Make a key. It acts as you, within its scopes, and is shown only once."""
        new = asked.body
        made = await self._keys.make(asked.actor, new.name, new.scopes, new.expires_at, asked.now, new.networks)
        secret, shown = made
        return MadeKey(key=secret, shown=shown)

    @call("DELETE", "/api-keys/{id}")
    async def revoke_key(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Revoke a key at once. It stays in the list."""
        await self._keys.revoke(asked.actor, asked.number(), asked.now)
