"""The JSON API's manners: bodies in, structs out, refusals as `Problem`, tokens in the Authorization header."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from codec.errors import DesksideError
from codec.wire.api_types import Problem
from relay.field_errors import FieldError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.store.sqlite_file import StoreError

PREFIX = "/api/v1"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(NamedTuple):
    """What a named error becomes: a status and what programs call it, and what people read.

    Without a `sentence` the error says itself what people read.
    """

    status: int
    problem: str
    sentence: str = ""


Refusals = Mapping[type[DesksideError], Refusal]


UNUSABLE = "This relay cannot use its database at the moment. Its operator finds the reason in the log of the relay."
_log = logging.getLogger(__name__)


class BadBodyError(DesksideError):
    """The request body does not match this call. The OpenAPI document describes it."""


class NotSignedInError(DesksideError):
    """Sign in first. The token is missing or has expired."""


class BadQueryError(DesksideError):
    """A query parameter does not match this call. The OpenAPI document describes them."""


class NoVersionError(DesksideError):
    """Give the version that you saw: `version` in the body, or the header If-Match with the ETag."""


class TooLargeError(DesksideError):
    """This is more than the relay accepts at once. Send it in several parts."""


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


def refusing(refusals: Refusals) -> Middleware:
    """Return the middleware that turns the named errors of API calls into refusals."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        try:
            return await handler(request)
        except TooOftenError as error:
            return _refused(error, Refusal(429, "too_many"))
        except BusyError as error:
            return _refused(error, Refusal(503, "busy"))
        except StoreError as error:
            log_unusable(error)
            return answer(Problem(problem="store_unusable", message=UNUSABLE), 503)
        except FieldError as error:
            return answer(Problem(problem=error.code, message=str(error), field=error.field), 422)
        except DesksideError as error:
            if type(error) not in refusals:
                raise
            return _refused(error, refusals[type(error)])
        except web.HTTPException as error:
            if error.status < 400:
                raise
            problem = Problem(problem=error.reason.lower().replace(" ", "_"), message=error.reason)
            response = answer(problem, error.status)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response

    return middleware


def log_unusable(error: StoreError) -> None:
    """Log why nothing can be kept or read; the caller is told only that it is so."""
    cause = error.__cause__
    _log.error("the database cannot be used: %s", error if cause is None else getattr(cause, "orig", None) or cause)


def _refused(error: DesksideError, refusal: Refusal) -> web.Response:
    """Say what is known of an error: some name several fields, some tell when to try again."""
    seconds: int | None = getattr(error, "retry_seconds", None)
    said = Problem(
        problem=refusal.problem,
        message=str(error),
        retry_seconds=seconds,
        fields=getattr(error, "fields", {}),
        confirmable=getattr(error, "is_confirmable", False),
        contact=getattr(error, "contact", ""),
        ticket=getattr(error, "ticket", ""),
        least=getattr(error, "least", ""),
        taken_by=getattr(error, "taken_by", ""),
    )
    response = answer(said, refusal.status)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
