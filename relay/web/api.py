"""The JSON API's manners: bodies in, structs out, refusals as `Problem`, tokens in the Authorization header."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from codec.desk import Problem
from codec.errors import MALFORMED, DesksideError
from relay.accounts.rules import FieldError
from relay.limits import TooOftenError
from relay.store import MAX_ID

PREFIX = "/api/v1"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Refusals = Mapping[type[DesksideError], tuple[int, str]]
_Body = TypeVar("_Body")


class BadBodyError(DesksideError):
    """The body of the request is not what this call takes; PROTOCOL.md has the list."""


class NotSignedInError(DesksideError):
    """Sign in first: the token is missing, or it has ended."""


async def read_body(request: web.Request, body: type[_Body]) -> _Body:
    """Return the request's body. Raises BadBodyError."""
    try:
        return msgspec.json.decode(await request.read(), type=body)
    except MALFORMED as error:
        raise BadBodyError(f"{BadBodyError.__doc__} ({error})") from None


def answer(body: object, status: int = 200) -> web.Response:
    """Return a struct, or a list of them, as JSON."""
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def nothing() -> web.Response:
    """Return the answer of a call that only does something."""
    return web.Response(status=204)


def bearer(request: web.Request) -> str:
    """Return the token of a request. Raises NotSignedInError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedInError(NotSignedInError.__doc__)
    return token.strip()


def number_in_path(request: web.Request) -> int:
    """Return the {id} of a path that the router has already found to be digits. Raises HTTPNotFound."""
    number = int(request.match_info["id"])
    if number > MAX_ID:
        raise web.HTTPNotFound
    return number


def refusing(refusals: Refusals) -> Middleware:
    """Return the middleware that turns the named errors of API calls into refusals."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        try:
            return await handler(request)
        except TooOftenError as error:
            return answer(Problem(problem="too_many", message=str(error), retry_seconds=error.retry_seconds), 429)
        except FieldError as error:
            return answer(Problem(problem=error.code, message=str(error), field=error.field), 422)
        except DesksideError as error:
            if type(error) not in refusals:
                raise
            status, problem = refusals[type(error)]
            return answer(Problem(problem=problem, message=str(error)), status)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return answer(Problem(problem=error.reason.lower().replace(" ", "_"), message=error.reason), error.status)

    return middleware
