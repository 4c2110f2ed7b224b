"""The pages of staff: the first set-up, signing out, one's own account."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.rules import Role
from relay.accounts.service import (
    Accounts,
    AlreadySetUpError,
    Identity,
    NewPerson,
    Registration,
    SignedOut,
)
from relay.accounts.setup_token import SetupToken, WrongTokenError
from relay.field_errors import FieldError
from relay.limits.rate_limiter import TooOftenError
from relay.logs.events import REFUSED, tell
from relay.pages.credential_texts import problem_of
from relay.pages.gate import Gate
from relay.web.forms import see, texts
from relay.web.numbers import whole
from relay.web.rendering import Renderer

_SETUP_FIELDS = ("token", "organisation", "name", "email", "password")


class AccountPages:
    """Draws them. `let_in` signs someone in, `days_left` says when his password ends, where he is to be warned."""

    def __init__(
        self,
        accounts: Accounts,
        setup: SetupToken,
        gate: Gate,
        pages: Renderer,
        let_in: Callable[[web.Request, str, str], Awaitable[web.Response]],
        signed_out: SignedOut,
        url: str,
        days_left: Callable[[int, datetime], Awaitable[int | None]],
        address: Callable[[web.Request], str],
    ) -> None:
        self._accounts = accounts
        self._setup = setup
        self._gate = gate
        self._pages = pages
        self._let_in = let_in
        self._signed_out = signed_out
        self._url = url
        self._days_left = days_left
        self._address = address

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/setup", self._show_setup),
            web.post("/setup", self._set_up),
            web.post("/sign-out", self._sign_out),
            web.post("/sign-out-there", self._sign_out_there),
            web.post("/sign-out-everywhere", self._sign_out_of_all),
            web.get("/account", self._account),
        ]

    async def _show_setup(self, request: web.Request) -> web.Response:
        if await self._accounts.is_set_up():
            return await self._draw_done(request)
        return self._draw_setup(request, {}, None)

    async def _set_up(self, request: web.Request) -> web.Response:
        if await self._accounts.is_set_up():
            return await self._draw_done(request)
        form = await texts(request)
        now = datetime.now(UTC)
        new = NewPerson(form.get("email", ""), form.get("name", ""), "", form.get("password", ""))
        try:
            self._setup.check(form.get("token", ""))
            language = self._pages.language(request)
            registration = Registration(language.code, language.texts.gettext)
            await self._accounts.set_up(form.get("organisation", ""), new, now, registration)
        except AlreadySetUpError:
            return await self._draw_done(request)
        except (WrongTokenError, TooOftenError, FieldError) as error:
            if isinstance(error, WrongTokenError):
                tell(REFUSED, address=self._address(request), what="set-up", why="wrong token")
            return self._draw_setup(request, form, error)
        self._setup.forget()
        response = await self._let_in(request, new.email, new.password)
        response.headers["Location"] = "/admin/welcome"
        return response

    async def _draw_done(self, request: web.Request) -> web.Response:
        organisation = await self._accounts.organisation()
        return self._pages.draw(request, "already_set_up.html", 404, organisation=organisation)

    def _draw_setup(self, request: web.Request, form: dict[str, str], error: DesksideError | None) -> web.Response:
        values = {field: form.get(field, "") for field in _SETUP_FIELDS}
        field = error.field if isinstance(error, FieldError) else "token"
        problem = None if error is None else {**(problem_of(error) or {}), "field": field}
        return self._pages.draw(request, "setup.html", 200 if error is None else 422, values=values, problem=problem)

    async def _sign_out(self, request: web.Request) -> web.Response:
        identity = await self._own_form(request)
        if identity is not None:
            await self._accounts.sign_out(identity.sign_in)
        return self._out()

    async def _sign_out_there(self, request: web.Request) -> web.Response:
        identity = await self._own_form(request)
        number = whole((await texts(request)).get("sign_in", "")) or 0
        if identity is not None and await self._accounts.sign_out_one(identity.person.id, number):
            self._signed_out.once(number)
        return see("/account")

    async def _sign_out_of_all(self, request: web.Request) -> web.Response:
        identity = await self._own_form(request)
        if identity is not None:
            await self._accounts.sign_out_everywhere(identity.person.id)
            self._signed_out.everywhere(identity.person.id)
        return self._out()

    async def _own_form(self, request: web.Request) -> Identity | None:
        identity = await self._gate.identify(request)
        self._gate.check_own_form(request, (await texts(request)).get("form", ""))
        return identity

    def _out(self) -> web.Response:
        response = see("/sign-in")
        self._gate.forget(response)
        return response

    async def _account(self, request: web.Request) -> web.Response:
        identity = await self._gate.identify(request)
        if identity is None:
            raise self._gate.to_sign_in(request, web.HTTPSeeOther("/sign-in"))
        return self._pages.draw(
            request,
            "account.html",
            person=identity.person,
            organisation=await self._accounts.organisation(),
            sign_ins=await self._accounts.sign_ins(identity.person.id, datetime.now(UTC)),
            this=identity.sign_in,
            form=self._gate.form_token(request),
            url=self._url,
            rules_all=identity.role.rules_all,
            days_left=await self._days_left(identity.person.id, datetime.now(UTC)),
            may_arrange=identity.role is not Role.TECHNICIAN,
        )
