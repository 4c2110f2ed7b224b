"""Sessions by JSON: list, pick up, end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from codec.desk import PickUp
from relay.accounts.service import Identity
from relay.sessions.service import Sessions
from relay.web.api import PREFIX, answer, number_in_path, read_body


class SessionsApi:
    """The calls of a signed-in technician."""

    def __init__(self, sessions: Sessions, identify: Callable[[web.Request], Awaitable[Identity]]) -> None:
        self._sessions = sessions
        self._identify = identify

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get(f"{PREFIX}/sessions", self._list),
            web.post(PREFIX + r"/sessions/{id:\d{1,15}}/pick-up", self._pick_up),
            web.post(PREFIX + r"/sessions/{id:\d{1,15}}/end", self._end),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        return answer(await self._sessions.listed(person, datetime.now(UTC)))

    async def _pick_up(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        console = (await read_body(request, PickUp)).console
        return answer(await self._sessions.pick_up(person, number_in_path(request), console, datetime.now(UTC)))

    async def _end(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        return answer(await self._sessions.end(person, number_in_path(request), datetime.now(UTC)))
