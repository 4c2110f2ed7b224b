"""A gateway for text messages on loopback that records what it is asked, and answers as a test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.support.relays import free_port


@dataclass
class TextGateway:
    """What it was asked: method, query, body and its key. `status` is what it answers, `hangs` that it does not."""

    port: int
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b"{}"
    hangs: bool = False
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/send"

    async def take(self, request: web.Request) -> web.Response:
        """Record a request, and answer."""
        key = request.headers.get("Authorization", "")
        self.asked.append((request.method, request.query_string, await request.text(), key))
        if self.hangs:
            await self.closing.wait()
        headers = {"Location": f"http://127.0.0.1:{self.port}/elsewhere"} if self.status // 100 == 3 else {}
        return web.Response(status=self.status, body=self.answer, headers=headers)


@asynccontextmanager
async def running_text_gateway() -> AsyncIterator[TextGateway]:
    """Run one while the block runs."""
    gateway = TextGateway(free_port())
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", gateway.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", gateway.port).start()
    try:
        yield gateway
    finally:
        gateway.closing.set()
        await runner.cleanup()
