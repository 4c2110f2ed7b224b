"""Signing in and out by JSON."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from msgspec import Struct

from codec.wire.api_types import About, Person, SignedIn, SignIn
from codec.wire.messages import VERSION
from relay.accounts.service import Accounts, SignedOut, SignInKind
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.sign_in.service import CONSOLE, NoSuchSignInError, OtherVersionError, SignInService, Visitor

MAX_CONSOLE_NAME = 200


class OwnSignIn(Struct, frozen=True, kw_only=True):
    """One of your sign-ins: a page's cookie or a program's token. `this` made the call; `console` names the program."""

    id: int
    kind: SignInKind
    console: str
    address: str
    made_at: datetime
    used_at: datetime
    this: bool


class SignInApi:
    """The calls. `address` says who is calling, `signed_out` is told whose tokens have died, `logo` is a data: URL."""

    def __init__(
        self,
        accounts: Accounts,
        sign_in: SignInService,
        address: Callable[[web.Request], str],
        signed_out: SignedOut,
        logo: Callable[[], Awaitable[str]],
    ) -> None:
        self._logo = logo
        self._accounts = accounts
        self._service = sign_in
        self._address = address
        self._signed_out = signed_out

    @call("POST", "/sign-in", anybody=True)
    async def sign_in(self, asked: Asked[NoQuery, SignIn]) -> SignedIn:
        """Sign in. Send the token from the answer as `Authorization: Bearer …`."""
        said = asked.body
        visitor = Visitor(self._address(asked.request), said.console[:MAX_CONSOLE_NAME], CONSOLE, device=said.device)
        if said.version and said.version != VERSION:
            raise OtherVersionError(OtherVersionError.__doc__)
        admitted = await self._service.sign_in(
            said.email, said.password, said.code, visitor, asked.now, serving=said.serving
        )
        return SignedIn(
            token=admitted.secret,
            expires_at=admitted.ends,
            person=admitted.identity.person,
            organisation=await self._accounts.organisation(),
            device=admitted.device,
        )

    @call("GET", "/about", anybody=True)
    async def about(self, asked: Asked[NoQuery, NoBody]) -> About:
        """Return whose relay this is, for the page on which people sign in."""
        del asked
        return About(organisation=await self._accounts.name_if_set_up(), logo=await self._logo())

    @call("POST", "/sign-out")
    async def sign_out(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Sign out and end this token."""
        sign_in = asked.caller.identity.sign_in
        await self._accounts.sign_out(sign_in)
        self._signed_out.once(sign_in)

    @call("GET", "/me", serves=True)
    async def me(self, asked: Asked[NoQuery, NoBody]) -> Person:
        """Return the technician who uses this token."""
        return asked.caller.identity.person

    @call("GET", "/me/sign-ins")
    async def list_sign_ins(self, asked: Asked[NoQuery, NoBody]) -> list[OwnSignIn]:
        """List where you are signed in, last used first."""
        this = asked.caller.identity.sign_in
        return [
            OwnSignIn(
                id=each.id,
                kind=each.kind,
                console=each.console,
                address=each.address,
                made_at=each.made_at,
                used_at=each.used_at,
                this=each.id == this,
            )
            for each in await self._accounts.sign_ins(asked.person, asked.now)
        ]

    @call("DELETE", "/me/sign-ins/{id}")
    async def end_sign_in(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Sign out somewhere else, or here."""
        sign_in = asked.number()
        if not await self._accounts.sign_out_one(asked.person, sign_in):
            raise NoSuchSignInError(NoSuchSignInError.__doc__)
        self._signed_out.once(sign_in)

    @call("DELETE", "/me/sign-ins")
    async def sign_out_everywhere(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Sign out everywhere, including here."""
        await self._accounts.sign_out_everywhere(asked.person)
        self._signed_out.everywhere(asked.person)
