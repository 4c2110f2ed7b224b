"""PINs and links by JSON: make, list, cancel."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from codec.desk import NewCode
from relay.accounts.rules import clean_name
from relay.accounts.service import Identity
from relay.pairing.service import Codes
from relay.web.api import PREFIX, answer, nothing, number_in_path, read_body


class CodesApi:
    """The calls of a signed-in technician."""

    def __init__(self, codes: Codes, identify: Callable[[web.Request], Awaitable[Identity]]) -> None:
        self._codes = codes
        self._identify = identify

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.post(f"{PREFIX}/codes", self._make),
            web.get(f"{PREFIX}/codes", self._list),
            web.delete(PREFIX + r"/codes/{id:\d{1,15}}", self._cancel),
        ]

    async def _make(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        new = await read_body(request, NewCode)
        name = clean_name("name", new.name) if new.name.strip() else ""
        return answer(await self._codes.make(person, new.method, name, datetime.now(UTC)), 201)

    async def _list(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        return answer(await self._codes.listed(person, datetime.now(UTC)))

    async def _cancel(self, request: web.Request) -> web.Response:
        person = (await self._identify(request)).person.id
        await self._codes.cancel(person, number_in_path(request), datetime.now(UTC))
        return nothing()
