"""What every request passes: no foreign origin acts here, every answer carries the security headers."""

import asyncio
import logging
from collections.abc import Container
from functools import partial

from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Middleware

from codec.wire.api_types import Problem
from relay.limits.fair_queue import BusyError, caller_is_gone
from relay.logs.events import SLOW, tell
from relay.store.sqlite_file import StoreError
from relay.web.api import PREFIX, UNUSABLE, Handler, answer, log_unusable
from relay.web.bodies import is_odd
from relay.web.clients import is_own_origin
from relay.web.errors import FOREIGN, STUCK, ErrorPages
from relay.web.rendering import security_headers
from relay.web.sockets import closed

SLOW_SECONDS = 1.0
_SAFE = ("GET", "HEAD", "OPTIONS")
_log = logging.getLogger(__name__)


def relay_middleware(
    own: str, https: bool, errors: ErrorPages, open_to_sites: Container[str] = frozenset()
) -> Middleware:
    """Return the middleware. `own` is the relay's public URL, `errors` draw what went wrong for people.

    `open_to_sites`: routes to which forms of any site may post, as no sign-in counts there.

    Sockets are GET requests that act, so they are checked like forms.
    """
    headers = security_headers(https)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        caller_is_gone.set(partial(_is_gone, request))
        acts = request.method not in _SAFE or request.path.startswith("/ws/")
        if is_odd(request):
            response: web.StreamResponse = await _odd(request, errors)
        elif acts and not _is_ours(request, own) and _route(request) not in open_to_sites:
            response = await _refused(request, errors)
        else:
            began = asyncio.get_running_loop().time()
            response = await _handled(request, handler, errors)
            if not isinstance(response, web.WebSocketResponse):
                _tell_slow(request, response.status, asyncio.get_running_loop().time() - began)
        if not response.prepared:
            for name, value in headers.items():
                response.headers.setdefault(name, value)
        return response

    return middleware


def _tell_slow(request: web.Request, status: int, seconds: float) -> None:
    """Tell of an answer that took long; of the address only which page it is, as there may be a secret in it."""
    if seconds > SLOW_SECONDS:
        tell(SLOW, method=request.method, route=_route(request), status=status, seconds=round(seconds, 3))


def _route(request: web.Request) -> str:
    """Return the address of a page with the names of its gaps, never with what was in them."""
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


async def _refused(request: web.Request, errors: ErrorPages) -> web.Response:
    text = "This request comes from another site’s page and was not carried out."
    if request.path.startswith(PREFIX):
        return answer(Problem(problem="foreign_page", message=text), 403)
    return await errors.draw(request, 403, FOREIGN) or web.Response(status=403, text=f"{text}\n")


async def _odd(request: web.Request, errors: ErrorPages) -> web.Response:
    text = "The address or a header of this request is not readable text (UTF-8, without control characters)."
    if request.path.startswith(PREFIX):
        return answer(Problem(problem="bad_request", message=text), 400)
    return await errors.draw(request, 400) or web.Response(status=400, text=f"{text}\n")


async def _handled(request: web.Request, handler: Handler, errors: ErrorPages) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        drawn = await errors.draw(request, error.status, getattr(error, "said", None))
        if drawn is None:
            answer = web.Response(status=error.status, headers=error.headers, body=error.body)
            answer.cookies.update(error.cookies)
            return answer
        if "Allow" in error.headers:
            drawn.headers["Allow"] = error.headers["Allow"]
        return drawn
    except BusyError as error:
        if (socket := await closed(request, WSCloseCode.TRY_AGAIN_LATER)) is not None:
            return socket
        response = await errors.draw(request, 503) or web.Response(status=503, text=f"{error}\n")
        response.headers["Retry-After"] = str(error.retry_seconds)
        return response
    except StoreError as error:
        log_unusable(error)
        if (socket := await closed(request, WSCloseCode.TRY_AGAIN_LATER)) is not None:
            return socket
        return await errors.draw(request, 503, STUCK) or web.Response(status=503, text=f"{UNUSABLE}\n")
    except ConnectionError:
        raise
    except Exception:
        _log.exception("%s %s failed", request.method, request.match_info.route.resource)
        if (socket := await closed(request, WSCloseCode.INTERNAL_ERROR)) is not None:
            return socket
        plain = web.Response(status=500, text="Something went wrong here and was noted. Try again in a moment.\n")
        return await errors.draw(request, 500) or plain


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _is_ours(request: web.Request, own: str) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return is_own_origin(request.headers.get("Origin"), own, request.host)
