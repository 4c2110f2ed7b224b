"""The JSON API, declared once: a decorated method is a route, its checks and its part of the OpenAPI document.

What a call takes and answers is in its annotations: `async def edit(self, asked: Asked[NoQuery, Edit]) -> Shown`.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import msgspec
from aiohttp import web

from codec.errors import MALFORMED
from relay.accounts.service import Identity
from relay.api_keys.rules import Scope
from relay.organization.rules import Actor
from relay.web.api import (
    PREFIX,
    BadBodyError,
    BadQueryError,
    NotSignedInError,
    NoVersionError,
    TooLargeError,
    answer,
    nothing,
)
from relay.web.bodies import STRANGERS_BYTES, read
from relay.web.numbers import whole

MAX_FILE_BYTES = 4 * 1024 * 1024
"""The largest file that a call takes."""
MAX_BODY_BYTES = 64 * 1024
PATTERNS = {
    "id": "[0-9]{1,15}",
    "kind": "[a-z_]{1,32}",
    "channel": "[0-9]{1,15}",
    "key": "[a-z0-9_.]{1,128}",
    "name": "[a-z_]{1,64}",
}
"""What can stand in the gaps of a path."""
_DECLARED = "_declared_call"
Query = TypeVar("Query")
Body = TypeVar("Body")
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A call without parameters."""


class NoBody(msgspec.Struct):
    """A call that reads no body."""


class Secretive(msgspec.Struct, frozen=True):
    """A body with something in it that must not reach a log: a password, a code, a key."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@dataclass(frozen=True)
class Caller:
    """Who calls: a person by his token, or a program by a key that someone made, who answers for what it does."""

    identity: Identity
    name: str
    address: str
    key: int | None = None

    @property
    def actor(self) -> Actor:
        """Return who does what this call does."""
        if self.key is None:
            return self.identity.actor(self.address)
        return Actor(self.identity.person.id, self.name, self.identity.role, self.address, key=self.key)


@dataclass(frozen=True)
class Asked(Generic[Query, Body]):
    """One call with its checked parts."""

    request: web.Request
    query: Query
    body: Body
    now: datetime
    identified: Caller | None

    @property
    def caller(self) -> Caller:
        """Return who calls. Raises NotSignedInError for a stranger."""
        if self.identified is None:
            raise NotSignedInError(NotSignedInError.__doc__)
        return self.identified

    @property
    def actor(self) -> Actor:
        """Return who does this."""
        return self.caller.actor

    @property
    def person(self) -> int:
        """Return the number of the person who calls."""
        return self.caller.identity.person.id

    def word(self, gap: str) -> str:
        """Return what is in a gap of the path."""
        return self.request.match_info[gap]

    def number(self, gap: str = "id") -> int:
        """Return the number in a gap of the path. Raises HTTPNotFound for one that nothing can have."""
        number = whole(self.word(gap))
        if number is None:
            raise web.HTTPNotFound
        return number

    def version(self, named: int | None) -> int:
        """Return the version that the caller saw: `named` in the body, or in If-Match. Raises NoVersionError."""
        seen = whole(self.request.headers.get("If-Match", "").strip('" ')) if named is None else named
        if seen is None:
            raise NoVersionError(NoVersionError.__doc__)
        return seen


@dataclass(frozen=True)
class Call:
    """What is declared of one call. Without `scope` no key can make it; `serves`: only who has a licence to serve."""

    method: str
    path: str
    name: str
    about: str
    scope: Scope | None
    anybody: bool
    serves: bool
    status: int
    files: tuple[str, ...]
    query: Any
    body: Any
    answers: Any

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return the names of the gaps in the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def call(
    method: str,
    path: str,
    scope: Scope | None = None,
    *,
    anybody: bool = False,
    serves: bool = False,
    status: int = 200,
    files: tuple[str, ...] = (),
) -> Callable[[_Handler], _Handler]:
    """Declare a method of an API class as a call; the first line of its docstring says what it does."""

    def declare(handler: _Handler) -> _Handler:
        hints = get_type_hints(handler)
        query, body = get_args(hints["asked"])
        about = " ".join((handler.__doc__ or "").split())
        answers = hints["return"]
        declared = Call(
            method,
            path,
            handler.__name__.strip("_"),
            about,
            scope,
            anybody,
            serves,
            204 if answers is type(None) else status,
            files,
            query,
            body,
            answers,
        )
        setattr(handler, _DECLARED, declared)
        return handler

    return declare


def calls_of(api: object) -> Iterator[tuple[Call, Any]]:
    """Return the calls that an API class, or an object of one, declares, each with its handler."""
    for name in (api if isinstance(api, type) else type(api)).__dict__:
        handler = getattr(api, name)
        declared = getattr(handler, _DECLARED, None)
        if declared is not None:
            yield declared, handler


Identify = Callable[[web.Request, Call, datetime], Awaitable[Caller]]


def routes_of(api: object, identify: Identify) -> list[web.RouteDef]:
    """Return the routes of an API object. `identify` says who calls, or raises what refuses him."""
    return [
        web.route(declared.method, PREFIX + _pattern(declared), _served(declared, handler, identify))
        for declared, handler in calls_of(api)
    ]


def _pattern(declared: Call) -> str:
    path = declared.path
    for gap in declared.gaps:
        path = path.replace(f"{{{gap}}}", f"{{{gap}:{PATTERNS[gap]}}}")
    return path


def _served(
    declared: Call, handler: Callable[[Asked[Any, Any]], Awaitable[Any]], identify: Identify
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        now = datetime.now(UTC)
        caller = None if declared.anybody else await identify(request, declared, now)
        query = _read_query(request, declared.query)
        body = await _read_body(request, declared.body, STRANGERS_BYTES if caller is None else MAX_BODY_BYTES)
        return _answered(declared, await handler(Asked(request, query, body, now, caller)))

    return serve


def _answered(declared: Call, found: Any) -> web.StreamResponse:
    if isinstance(found, web.StreamResponse):
        return found
    if found is None:
        return nothing()
    response = answer(found, declared.status)
    response.headers["Cache-Control"] = "no-store"
    version = getattr(found, "version", None)
    if isinstance(version, int):
        response.headers["ETag"] = f'"{version}"'
    return response


def _read_query(request: web.Request, kind: type[Query]) -> Query:
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except MALFORMED as error:
        raise BadQueryError(f"{BadQueryError.__doc__} ({error})") from None


async def _read_body(request: web.Request, kind: Any, most: int) -> Any:
    if kind is NoBody:
        return NoBody()
    if kind is bytes:
        try:
            return await read(request, MAX_FILE_BYTES)
        except web.HTTPRequestEntityTooLarge:
            raise TooLargeError(f"Send at most {MAX_FILE_BYTES // 1024 // 1024} MiB.") from None
    try:
        content = await read(request, most)
        body = msgspec.json.decode(content, type=kind)
    except MALFORMED as error:
        raise BadBodyError(f"{BadBodyError.__doc__} ({error})") from None
    if rb"\u0000" in content and _has_nul(msgspec.to_builtins(body)):
        raise BadBodyError(f"{BadBodyError.__doc__} (There is a NUL character in it.)")
    return body


def _has_nul(value: Any) -> bool:
    """Whether there is a character anywhere that no text has and no database takes."""
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_has_nul(part) for part in value)
    return isinstance(value, str) and "\0" in value
