"""An applet that says its signing key again and again keeps the database no busier than one that says it once."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from aiohttp import WSMsgType

from codec.wire.signals import SigningKey, write
from relay.signalling.applet_socket import AppletSocket
from relay.signalling.hub import Hub


async def test_the_same_key_is_noted_once() -> None:
    async def frames() -> AsyncIterator[Any]:
        for _ in range(3):
            yield SimpleNamespace(type=WSMsgType.TEXT, data=write(SigningKey(bytes(32))))

    hub, queue, it = Hub(relay=1), Mock(), Mock()
    hub.applet_connected(7, queue, None)
    it._hub = hub
    await AppletSocket._listen(it, frames(), 7, queue)  # type: ignore[arg-type]
    assert it._presence.applet.call_count == 1
