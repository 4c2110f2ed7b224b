"""Signing in and out by JSON, and who holds a token."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from codec.desk import SignedIn, SignIn
from relay.accounts.service import Accounts, Identity, Kind
from relay.web.api import PREFIX, NotSignedInError, answer, bearer, nothing, read_body

MAX_CONSOLE_NAME = 200


class AccountsApi:
    """The calls. `address` says who is calling, `signed_out` is told which person's token has died."""

    def __init__(
        self, accounts: Accounts, address: Callable[[web.Request], str], signed_out: Callable[[int], None]
    ) -> None:
        self._accounts = accounts
        self._address = address
        self._signed_out = signed_out

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.post(f"{PREFIX}/sign-in", self._sign_in),
            web.post(f"{PREFIX}/sign-out", self._sign_out),
            web.get(f"{PREFIX}/me", self._me),
        ]

    async def identify(self, request: web.Request) -> Identity:
        """Return who is calling. Raises NotSignedInError."""
        identity = await self._accounts.identify(bearer(request), Kind.TOKEN, datetime.now(UTC))
        if identity is None or not identity.may_serve:
            raise NotSignedInError(NotSignedInError.__doc__)
        return identity

    async def _sign_in(self, request: web.Request) -> web.Response:
        asked = await read_body(request, SignIn)
        token, identity, ends = await self._accounts.sign_in(
            asked.email,
            asked.password,
            Kind.TOKEN,
            asked.console[:MAX_CONSOLE_NAME],
            self._address(request),
            datetime.now(UTC),
        )
        organisation = await self._accounts.organisation()
        return answer(SignedIn(token=token, expires_at=ends, person=identity.person, organisation=organisation))

    async def _sign_out(self, request: web.Request) -> web.Response:
        identity = await self.identify(request)
        await self._accounts.sign_out(identity.sign_in)
        self._signed_out(identity.sign_in)
        return nothing()

    async def _me(self, request: web.Request) -> web.Response:
        return answer((await self.identify(request)).person)
