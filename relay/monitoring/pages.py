"""`/health` for whoever restarts the relay, `/metrics` for whoever watches it."""

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from codec.messages import VERSION
from relay.monitoring.metrics import Metrics
from relay.store import Store
from relay.web.clients import Clients


class MonitoringPages:
    """The two routes."""

    def __init__(self, store: Store, metrics: Metrics, clients: Clients) -> None:
        self._store = store
        self._metrics = metrics
        self._clients = clients

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [web.get("/health", self._health), web.get("/metrics", self._show_metrics)]

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            async with self._store.reading() as transaction:
                await transaction.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return web.json_response({"ok": False, "reason": "the database does not answer"}, status=503)
        return web.json_response(
            {"ok": True, "protocol": VERSION, "unlisted_proxy": bool(self._clients.unlisted_proxies)}
        )

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), content_type="text/plain", charset="utf-8")
