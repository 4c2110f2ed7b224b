"""The pages of staff: the first set-up, signing in and out, one's own account."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.rules import FieldError, Role
from relay.accounts.service import (
    Accounts,
    AlreadySetUpError,
    Identity,
    Kind,
    NewPerson,
    Registration,
    WrongSignInError,
)
from relay.accounts.setup import SetupToken, WrongTokenError
from relay.limits import TooOftenError
from relay.monitoring.metrics import Metrics
from relay.web.gate import Gate
from relay.web.pages import Pages

MAX_BROWSER_NAME = 200
_SETUP_FIELDS = ("token", "organisation", "name", "email")


class AccountPages:
    """Draws them. `signed_out_everywhere` is told whose tokens have died."""

    def __init__(
        self,
        accounts: Accounts,
        setup: SetupToken,
        gate: Gate,
        pages: Pages,
        metrics: Metrics,
        address: Callable[[web.Request], str],
        signed_out_everywhere: Callable[[int], None],
        url: str,
    ) -> None:
        self._accounts = accounts
        self._setup = setup
        self._gate = gate
        self._pages = pages
        self._metrics = metrics
        self._address = address
        self._signed_out_everywhere = signed_out_everywhere
        self._url = url

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/setup", self._show_setup),
            web.post("/setup", self._set_up),
            web.get("/sign-in", self._show_sign_in),
            web.post("/sign-in", self._sign_in),
            web.post("/sign-out", self._sign_out),
            web.post("/sign-out-everywhere", self._sign_out_of_all),
            web.get("/account", self._account),
        ]

    async def _show_setup(self, request: web.Request) -> web.Response:
        await self._only_before_setup()
        return self._draw_setup(request, {}, None)

    async def _set_up(self, request: web.Request) -> web.Response:
        await self._only_before_setup()
        form = await _texts(request)
        now = datetime.now(UTC)
        new = NewPerson(form.get("email", ""), form.get("name", ""), "", form.get("password", ""))
        try:
            self._setup.check(form.get("token", ""), now.timestamp())
            language = self._pages.language(request)
            registration = Registration(language.code, language.texts.gettext)
            await self._accounts.set_up(form.get("organisation", ""), new, now, registration)
        except AlreadySetUpError:
            raise web.HTTPNotFound from None
        except (WrongTokenError, TooOftenError, FieldError) as error:
            return self._draw_setup(request, form, error)
        self._setup.forget()
        return await self._signed_in(request, new.email, new.password)

    async def _only_before_setup(self) -> None:
        if await self._accounts.is_set_up():
            raise web.HTTPNotFound

    def _draw_setup(self, request: web.Request, form: dict[str, str], error: DesksideError | None) -> web.Response:
        values = {field: form.get(field, "") for field in _SETUP_FIELDS}
        field = error.field if isinstance(error, FieldError) else "token"
        problem = None if error is None else {"field": field, "kind": _kind(error), "seconds": _seconds(error)}
        return self._pages.draw(request, "setup.html", 200 if error is None else 422, values=values, problem=problem)

    async def _show_sign_in(self, request: web.Request) -> web.Response:
        if not await self._accounts.is_set_up():
            raise web.HTTPSeeOther("/setup")
        if await self._gate.identify(request) is not None:
            raise web.HTTPSeeOther("/account")
        return self._pages.draw(request, "sign_in.html", email="", problem=None)

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await _texts(request)
        email = form.get("email", "")
        try:
            return await self._signed_in(request, email, form.get("password", ""))
        except (WrongSignInError, TooOftenError) as error:
            self._metrics.sign_in_failures.inc()
            problem = {"kind": _kind(error), "seconds": _seconds(error)}
            return self._pages.draw(request, "sign_in.html", 422, email=email, problem=problem)

    async def _signed_in(self, request: web.Request, email: str, password: str) -> web.Response:
        browser = request.headers.get("User-Agent", "")[:MAX_BROWSER_NAME]
        address = self._address(request)
        secret, _, _ = await self._accounts.sign_in(email, password, Kind.COOKIE, browser, address, datetime.now(UTC))
        response = _see("/account")
        self._gate.remember(response, secret)
        return response

    async def _sign_out(self, request: web.Request) -> web.Response:
        identity = await self._own_form(request)
        if identity is not None:
            await self._accounts.sign_out(identity.sign_in)
        return self._out()

    async def _sign_out_of_all(self, request: web.Request) -> web.Response:
        identity = await self._own_form(request)
        if identity is not None:
            await self._accounts.sign_out_everywhere(identity.person.id)
            self._signed_out_everywhere(identity.person.id)
        return self._out()

    async def _own_form(self, request: web.Request) -> Identity | None:
        form = await _texts(request)
        if not self._gate.is_own_form(request, form.get("form", "")):
            raise web.HTTPForbidden(text="This form is too old. Reload the page, then try again.\n")
        return await self._gate.identify(request)

    def _out(self) -> web.Response:
        response = _see("/sign-in")
        self._gate.forget(response)
        return response

    async def _account(self, request: web.Request) -> web.Response:
        identity = await self._gate.identify(request)
        if identity is None:
            raise web.HTTPSeeOther("/sign-in")
        return self._pages.draw(
            request,
            "account.html",
            person=identity.person,
            organisation=await self._accounts.organisation(),
            sign_ins=await self._accounts.sign_ins(identity.person.id, datetime.now(UTC)),
            this=identity.sign_in,
            form=self._gate.form_token(request),
            url=self._url,
            may_arrange=identity.role is not Role.TECHNICIAN,
        )


async def _texts(request: web.Request) -> dict[str, str]:
    """Return the text fields of a form; files are not what any of our forms carries."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _kind(error: DesksideError) -> str:
    if isinstance(error, FieldError):
        return error.code
    return "too_many" if isinstance(error, TooOftenError) else "wrong"


def _seconds(error: DesksideError) -> int:
    return error.retry_seconds if isinstance(error, TooOftenError) else 0
