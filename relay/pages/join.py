"""The page with which a customer takes part from a browser, the one that tests beforehand, and what they ask first."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import msgspec
from aiohttp import web
from msgspec import Struct

from relay.accounts.service import Accounts
from relay.pages.built_page import BuiltFile, BuiltPage, NotBuiltError, read_page
from relay.settings.declare import Json
from relay.settings.holders import Holder
from relay.settings.save_context import ORGANISATION
from relay.web.forms import see
from relay.web.rendering import Renderer

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
        "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "display-capture=(self), camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
}
"""Of every file of this page: a worker heeds its own."""
_FOREVER = "public, max-age=31536000, immutable"
_NOT_BUILT = (
    "This installation of the relay is incomplete: the page for customers is missing or damaged. Install it again. "
    "In a checkout, `make wheel` builds the page.\n"
)


class Language(Struct, frozen=True):
    """A language that the page speaks, and what it calls itself."""

    code: str
    name: str


class JoinFacts(Struct, frozen=True):
    """What the page says of the organisation before it is in a session. `logo` is an address, or empty."""

    organisation: str
    logo: str
    never_calls: bool
    languages: list[Language]


class CheckFacts(Struct, frozen=True):
    """What the page that tests must know: which STUN servers to ask."""

    ice: list[str]


class JoinPage:
    """Serves both. `choice` is what an organisation chose, `ice` the relay's own STUN servers.

    `form` says where customers go first who open the link of a channel.
    """

    def __init__(
        self,
        accounts: Accounts,
        pages: Renderer,
        choice: Callable[[Holder, str], Awaitable[Json]],
        ice: list[str],
        form: Callable[[str, bool], Awaitable[str | None]],
        read: Callable[[], BuiltPage] = read_page,
    ) -> None:
        self._accounts = accounts
        self._pages = pages
        self._choice = choice
        self._check = CheckFacts(ice)
        self._form = form
        self._read = read

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/join", partial(self._built, self._index)),
            web.get("/check", partial(self._built, self._check_page)),
            web.get("/check/about", partial(self._built, self._check_about)),
            web.get("/join/about", partial(self._built, self._about)),
            web.get("/join/manifest.json", partial(self._built, self._manifest)),
            web.get(r"/join/{routing:[\w-]{10,64}}", partial(self._built, self._index)),
            web.get(r"/join/{name:assets/[\w.-]+}", partial(self._built, self._asset)),
        ]

    async def _built(
        self, handler: Callable[[web.Request, BuiltPage], Awaitable[web.Response]], request: web.Request
    ) -> web.Response:
        """Answer with the built page, or with why there is none."""
        try:
            page = self._read()
        except NotBuiltError:
            return web.Response(status=503, text=_NOT_BUILT)
        response = await handler(request, page)
        response.headers.update(HEADERS)
        return response

    async def _index(self, request: web.Request, page: BuiltPage) -> web.Response:
        form = await self._form(request.query.get("channel", ""), "answered" in request.query)
        if form is not None:
            language = self._pages.language(request).code
            return see(f"{form}?lang={language}" if request.query.get("lang") == language else form)
        return await self._page(request, page.indexes)

    async def _check_page(self, request: web.Request, page: BuiltPage) -> web.Response:
        return await self._page(request, page.checks)

    async def _page(self, request: web.Request, languages: Mapping[str, BuiltFile]) -> web.Response:
        if not await self._accounts.is_set_up():
            return self._pages.draw(request, "not_ready.html", 503)
        language = self._pages.language(request, languages)
        response = _served(request, languages[language.code], "no-cache")
        self._pages.remember(request, response, language)
        return response

    async def _asset(self, request: web.Request, page: BuiltPage) -> web.Response:
        file = page.files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return _served(request, file, _FOREVER)

    async def _manifest(self, _request: web.Request, page: BuiltPage) -> web.Response:
        return web.Response(body=page.manifest, content_type="application/json", headers={"Cache-Control": "no-cache"})

    async def _check_about(self, _request: web.Request, _page: BuiltPage) -> web.Response:
        return _told(self._check)

    async def _about(self, _request: web.Request, page: BuiltPage) -> web.Response:
        facts = JoinFacts(
            organisation=await self._accounts.name_if_set_up() or "Deskside",
            logo=self._pages.logo(),
            never_calls=await self._choice(ORGANISATION, "customers.never_called") is True,
            languages=[Language(each.code, each.name) for each in self._pages.spoken(page.indexes)],
        )
        return _told(facts)


def _told(facts: Struct) -> web.Response:
    """Return what differs between relays, and is never kept."""
    return web.Response(
        body=msgspec.json.encode(facts), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _served(request: web.Request, file: BuiltFile, cache: str) -> web.Response:
    """Return a file, packed where the browser takes that; nothing where it has it already."""
    headers = {"Cache-Control": cache, "ETag": f'"{file.sha256}"', "Vary": "Accept-Encoding, Accept-Language, Cookie"}
    if file.sha256 in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    if file.packed is None or not takes_gzip:
        return web.Response(body=file.content, content_type=file.content_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return web.Response(body=file.packed, content_type=file.content_type, headers=headers)
