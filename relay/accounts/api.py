"""Signing in and out by JSON."""

from collections.abc import Callable

from aiohttp import web

from codec.desk import Person, SignedIn, SignIn
from relay.accounts.service import Accounts
from relay.security.door import Door, Visitor
from relay.web.calls import Asked, NoBody, NoQuery, call

MAX_CONSOLE_NAME = 200


class AccountsApi:
    """The calls. `address` says who is calling, `signed_out` is told which token has died."""

    def __init__(
        self, accounts: Accounts, door: Door, address: Callable[[web.Request], str], signed_out: Callable[[int], None]
    ) -> None:
        self._accounts = accounts
        self._door = door
        self._address = address
        self._signed_out = signed_out

    @call("POST", "/sign-in", anybody=True)
    async def sign_in(self, asked: Asked[NoQuery, SignIn]) -> SignedIn:
        """Sign in; the token of the answer goes into `Authorization: Bearer …`."""
        said = asked.body
        visitor = Visitor(self._address(asked.request), said.console[:MAX_CONSOLE_NAME], "console")
        admitted = await self._door.sign_in(said.email, said.password, said.code, visitor, asked.now)
        return SignedIn(
            token=admitted.secret,
            expires_at=admitted.ends,
            person=admitted.identity.person,
            organisation=await self._accounts.organisation(),
        )

    @call("POST", "/sign-out")
    async def sign_out(self, asked: Asked[NoQuery, NoBody]) -> None:
        """End the sign-in whose token this is."""
        sign_in = asked.caller.identity.sign_in
        await self._accounts.sign_out(sign_in)
        self._signed_out(sign_in)

    @call("GET", "/me", serves=True)
    async def me(self, asked: Asked[NoQuery, NoBody]) -> Person:
        """Return who serves customers with this token."""
        return asked.caller.identity.person
