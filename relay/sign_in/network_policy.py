"""Which networks staff may come from, asked at every request (SEC-49 to SEC-59).

Everything is for staff unless it is listed here as the customers': what is forgotten in this list is closed, not open.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from codec.session.links.tunnel import TUNNEL_PATH
from codec.wire.connection_check import CHECK_PATH
from codec.wire.signals import APPLET_PATH
from relay.logs.events import REFUSED, tell
from relay.sign_in.service import NotFromHereError
from relay.web.api import PREFIX, Handler

_CUSTOMERS = frozenset(
    {
        "/",
        "/start",
        "/not-them",
        "/how-to-check",
        "/who-sees-what",
        "/join",
        "/check",
        "/check/about",
        "/health",
        "/metrics",
        APPLET_PATH,
        CHECK_PATH,
        TUNNEL_PATH,
    }
)
_CUSTOMERS_BELOW = ("/s/", "/join/", "/survey/", "/download/", "/static/", "/logo/")


def network_policy(
    allows: Callable[[str], Awaitable[bool]],
    address: Callable[[web.Request], str],
    refuse: Callable[[web.Request], Awaitable[web.Response]],
) -> Middleware:
    """Return the middleware; `refuse` draws the page for who may not come from where he is."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_for_customers(request.path) or await allows(address(request)):
            return await handler(request)
        tell(REFUSED, address=address(request), what="page", why="network")
        if request.path.startswith(PREFIX):
            raise NotFromHereError(NotFromHereError.__doc__)
        return await refuse(request)

    return middleware


def is_for_customers(path: str) -> bool:
    """Whether this address is one that customers use."""
    return path in _CUSTOMERS or path.startswith(_CUSTOMERS_BELOW)
