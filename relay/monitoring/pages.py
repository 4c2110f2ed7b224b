"""`/health` for what restarts the relay, `/metrics` for what watches it.

Everybody may ask whether the relay is alive. What it counts, and what is wrong with it, is for its operator: at an
address of its own (`metrics_listen`), or with a token in the Authorization header (`metrics_token_file`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from codec.wire.messages import VERSION
from relay.config.settings import Settings, SettingsError
from relay.metrics import Metrics
from relay.monitoring.health import Health
from relay.secret import same
from relay.web.api import NotSignedInError, bearer
from relay.web.clients import Clients
from relay.web.listener import is_known

TOKEN_CHARACTERS = 32


class MonitoringPages:
    """The routes. `token` opens them on the public address; without one they are not there."""

    def __init__(self, health: Health, metrics: Metrics, clients: Clients, token: str | None) -> None:
        self._shown = health
        self._metrics = metrics
        self._clients = clients
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the public address."""
        return [web.get("/health", self._alive), web.get("/metrics", self._for_the_token(self._show_metrics))]

    def own_routes(self) -> list[web.RouteDef]:
        """Return the routes of an address of their own, where anyone who reaches it may ask."""
        return [web.get("/health", self._health), web.get("/metrics", self._show_metrics)]

    def _for_the_token(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if self._token is None:
                raise web.HTTPNotFound
            if not self._has_token(request):
                raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
            return await handler(request)

        return handle

    def _has_token(self, request: web.Request) -> bool:
        try:
            has = self._token is not None and same(bearer(request), self._token)
        except NotSignedInError:
            return False
        if has:
            is_known(request)
        return has

    async def _alive(self, request: web.Request) -> web.Response:
        if self._has_token(request):
            return await self._health(request)
        is_well = not self._shown.problem
        return _json({"ok": is_well}, is_well)

    async def _health(self, _request: web.Request) -> web.Response:
        problem = self._shown.problem
        found = {
            "ok": not problem,
            "protocol": VERSION,
            "reason": problem,
            "unlisted_proxies": sorted(self._clients.unlisted_proxies),
        }
        return _json(found, not problem)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        response = web.Response(body=self._metrics.text(), content_type="text/plain", charset="utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response


def read_token(settings: Settings) -> str | None:
    """Return what opens the metrics on the public address, None where nothing does. Raises SettingsError."""
    if not settings.metrics_token_file:
        return None
    file = settings.metrics_token_file
    try:
        with open(file, encoding="ascii") as opened:
            token = opened.read(1_000).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"metrics_token_file cannot be read: {error}.") from None
    if len(token) < TOKEN_CHARACTERS or not token.isprintable() or " " in token:
        raise SettingsError(
            f"{file} does not contain a token. Write at least {TOKEN_CHARACTERS} random characters into it, for "
            "example by "
            f"`openssl rand -hex 32`."
        )
    return token


def _json(found: dict[str, Any], is_well: bool) -> web.Response:
    response = web.json_response(found, status=200 if is_well else 503)
    response.headers["Cache-Control"] = "no-store"
    return response
