"""Staff pages: who is signed in by cookie, and proof that a form is our own."""

from datetime import UTC, datetime
from typing import TypeVar

from aiohttp import web

from relay.accounts.service import ON_THE_WAY, Accounts, Identity, SignInKind
from relay.pages.return_page import keep_page
from relay.secret import Signer, same
from relay.sign_in.known_devices import LASTS
from relay.web.errors import OldFormError
from relay.web.listener import is_known

_FORM = "form"
Answer = TypeVar("Answer", bound=web.StreamResponse)


class Gate:
    """Keeps the cookie of signed-in people. On HTTPS its name says that no other host can have set it."""

    def __init__(self, accounts: Accounts, signer: Signer, https: bool, seconds: int) -> None:
        self._accounts = accounts
        self._signer = signer
        self._https = https
        self._seconds = seconds
        self._cookie = "__Host-deskside" if https else "deskside"
        self._device = f"{self._cookie}-device"

    async def identify(self, request: web.Request) -> Identity | None:
        """Return who is signed in, None for a stranger."""
        secret = request.cookies.get(self._cookie)
        if not secret:
            return None
        identity = await self._accounts.identify(secret, SignInKind.COOKIE, datetime.now(UTC))
        if identity is not None:
            is_known(request)
        return identity

    async def on_the_way(self, request: web.Request) -> tuple[Identity, SignInKind] | None:
        """Return who has shown a password and is still asked for more, None for everybody else."""
        secret = request.cookies.get(self._cookie)
        for kind in ON_THE_WAY if secret else ():
            identity = await self._accounts.identify(secret or "", kind, datetime.now(UTC))
            if identity is not None:
                is_known(request)
                return identity, kind
        return None

    def remember(self, response: web.Response, secret: str) -> None:
        """Give the browser its cookie."""
        response.set_cookie(
            self._cookie,
            secret,
            max_age=self._seconds,
            httponly=True,
            samesite="Lax",
            secure=self._https,
            path="/",
        )

    def device(self, request: web.Request) -> str:
        """Return what the browser keeps since someone signed in there. It opens nothing."""
        return request.cookies.get(self._device, "")

    def remember_device(self, response: web.Response, text: str) -> None:
        """Have the browser keep that someone has signed in there."""
        response.set_cookie(
            self._device,
            text,
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=self._https,
            path="/",
        )

    def to_sign_in(self, request: web.Request, response: Answer) -> Answer:
        """Return an answer that sends a stranger to sign in, which leads them to what they asked for."""
        keep_page(request, response, self._https)
        return response

    def forget(self, response: web.Response) -> None:
        """Take the cookie back."""
        response.del_cookie(self._cookie, path="/", secure=self._https, httponly=True, samesite="Lax")

    def form_token(self, request: web.Request) -> str:
        """Return what a form on a page for this person must carry."""
        return self._signer.sign(_FORM, request.cookies.get(self._cookie, ""))

    def is_own_form(self, request: web.Request, token: str) -> bool:
        """Whether a form comes from a page that we drew for this person."""
        return same(self.form_token(request), token)

    def check_own_form(self, request: web.Request, token: str) -> None:
        """Raise OldFormError unless a form comes from a page that we drew for this person."""
        if not self.is_own_form(request, token):
            raise OldFormError
