"""The pages on the way in: password, second step, new password, and the link in a mail that chooses one."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.service import Accounts, Identity
from relay.credentials.forgotten_passwords import ForgottenPasswords
from relay.credentials.service import Credentials, LinkRefusedError
from relay.field_errors import FieldError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.metrics import Metrics
from relay.pages.credential_texts import problem_of, qr_code
from relay.pages.gate import Gate
from relay.pages.return_page import forget_page, page_after
from relay.sign_in.authentication import ShutOutError, WrongSignInError
from relay.sign_in.service import Admitted, Need, SecondStepNeededError, SignInService, Visitor
from relay.sign_in.two_step import PROPOSED_FOR, NotSetUpYetError, TwoStep, WrongCodeError
from relay.web.forms import see, texts
from relay.web.rendering import Renderer

MAX_BROWSER_NAME = 200
_KEY = re.compile("[A-Z2-7]{16,64}")


class SignInPages:
    """Draws them."""

    def __init__(
        self,
        sign_in: SignInService,
        credentials: Credentials,
        two_step: TwoStep,
        forgotten: ForgottenPasswords,
        accounts: Accounts,
        gate: Gate,
        pages: Renderer,
        metrics: Metrics,
        address: Callable[[web.Request], str],
    ) -> None:
        self._service = sign_in
        self._credentials = credentials
        self._two_step = two_step
        self._accounts = accounts
        self._gate = gate
        self._pages = pages
        self._metrics = metrics
        self._address = address
        self._forgotten = forgotten

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/sign-in", self._show_sign_in),
            web.post("/sign-in", self._sign_in),
            web.get("/sign-in/next", self._show_next),
            web.post("/sign-in/code", self._show_code),
            web.post("/sign-in/authenticator", self._enrol),
            web.post("/sign-in/password", self._choose_password),
            web.get("/forgotten", self._show_forgotten),
            web.post("/forgotten", self._ask_for_link),
            web.get("/choose-password", self._show_choose),
            web.post("/choose-password", self._choose),
            web.post("/choose-password/opened", self._note_opened),
        ]

    async def let_in(self, request: web.Request, email: str, password: str) -> web.Response:
        """Answer someone who shows his password. Raises WrongSignInError or TooOftenError."""
        return self._led_on(
            request, await self._service.begin(email, password, self._visitor(request), datetime.now(UTC))
        )

    # ── password ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_sign_in(self, request: web.Request) -> web.Response:
        if not await self._accounts.is_set_up():
            return see("/setup")
        if await self._gate.identify(request) is not None:
            return see(page_after(request))
        done = request.query.get("done") == "password"
        return await self._draw(request, "sign_in.html", email="", problem=None, done=done)

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await texts(request)
        email = form.get("email", "")
        try:
            return await self.let_in(request, email, form.get("password", ""))
        except (WrongSignInError, ShutOutError, TooOftenError, BusyError) as error:
            self._metrics.sign_in_failures.inc()
            status, problem = 503 if isinstance(error, BusyError) else 422, problem_of(error)
            return await self._draw(request, "sign_in.html", status, email=email, problem=problem, done=False)

    # ── what is asked after the password ───────────────────────────────────────────────────────────────────────────

    async def _show_next(self, request: web.Request) -> web.Response:
        found = await self._gate.on_the_way(request)
        if found is None:
            return see("/sign-in")
        identity, kind = found
        return await self._draw_next(
            request, identity, await self._service.need(identity.person.id, kind, _now()), None
        )

    async def _show_code(self, request: web.Request) -> web.Response:
        identity, form = await self._at(request, Need.CODE)
        try:
            admitted = await self._service.show_code(identity, form.get("code", ""), self._visitor(request), _now())
        except (WrongCodeError, TooOftenError) as error:
            self._metrics.sign_in_failures.inc()
            return await self._draw_next(request, identity, Need.CODE, error)
        return self._led_on(request, admitted)

    async def _enrol(self, request: web.Request) -> web.Response:
        identity, form = await self._at(request, Need.ENROLMENT)
        code = form.get("code", "")
        try:
            codes = await self._credentials.confirm_two_step(
                identity, identity.sign_in, self._address(request), code, _now(), wanted=False
            )
        except NotSetUpYetError:
            return see("/sign-in/next")
        except (WrongCodeError, TooOftenError) as error:
            where = {"action": "/sign-in/authenticator", "begin": "/sign-in/next", "here": "/sign-in/next"}
            facts = shown_again(form, identity.person.email, await self._accounts.organisation()) | where
            token, problem = self._gate.form_token(request), problem_of(error)
            return await self._draw(request, template_of(facts), 422, form=token, problem=problem, **facts)
        admitted = await self._service.advance(identity, self._visitor(request), _now())
        on = page_after(request) if admitted.need is None else "/sign-in/next"
        response = await self._draw(request, "account/recovery_codes.html", codes=codes, on=on)
        self._remember(response, admitted)
        return response

    async def _choose_password(self, request: web.Request) -> web.Response:
        identity, form = await self._at(request, Need.PASSWORD)
        try:
            new = confirmed(form)
            await self._credentials.choose_after_sign_in(identity, self._address(request), new, _now())
        except FieldError as error:
            return await self._draw_next(request, identity, Need.PASSWORD, error)
        return self._led_on(request, await self._service.advance(identity, self._visitor(request), _now()))

    async def _at(self, request: web.Request, need: Need) -> tuple[Identity, dict[str, str]]:
        """Return who is on the way in and his form, when this is what is asked of him now."""
        found = await self._gate.on_the_way(request)
        form = await texts(request)
        self._gate.check_own_form(request, form.get("form", ""))
        if found is None:
            raise web.HTTPSeeOther("/sign-in")
        identity, kind = found
        if await self._service.need(identity.person.id, kind, _now()) is not need:
            raise web.HTTPSeeOther("/sign-in/next")
        return identity, form

    async def _draw_next(
        self, request: web.Request, identity: Identity, need: Need | None, error: DesksideError | None
    ) -> web.Response:
        status = 200 if error is None else 422
        common = {"form": self._gate.form_token(request), "problem": problem_of(error), "here": "/sign-in/next"}
        match need:
            case Need.CODE:
                return await self._draw(request, "account/second_step.html", status, **common)
            case Need.ENROLMENT:
                if identity.proved_at is None or _now() - identity.proved_at > PROPOSED_FOR:
                    return see("/sign-in")  # the password was given too long ago
                secret = await self._two_step.propose(identity.person.id, identity.sign_in, _now())
                qr = qr_code(secret, identity.person.email, await self._accounts.organisation())
                facts = {"secret": secret, "qr": qr, "action": "/sign-in/authenticator"}
                return await self._draw(request, "account/authenticator.html", status, **common, **facts)
            case _:
                least = await self._credentials.least()
                return await self._draw(request, "account/new_password.html", status, **common, least=least)

    def _led_on(self, request: web.Request, admitted: Admitted) -> web.Response:
        response = see(page_after(request) if admitted.need is None else "/sign-in/next")
        self._remember(response, admitted)
        return response

    def _remember(self, response: web.Response, admitted: Admitted) -> None:
        if admitted.need is None:
            forget_page(response)
        self._gate.remember(response, admitted.secret)
        if admitted.device:
            self._gate.remember_device(response, admitted.device)

    # ── links in mails ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_forgotten(self, request: web.Request) -> web.Response:
        return await self._draw_forgotten(request, sent=False)

    async def _ask_for_link(self, request: web.Request) -> web.Response:
        email = (await texts(request)).get("email", "")
        if self._credentials.invitations.can_mail:
            self._forgotten.ask(email, self._address(request), _now())
        return await self._draw_forgotten(request, sent=True)

    async def _draw_forgotten(self, request: web.Request, *, sent: bool) -> web.Response:
        """Without a mail server the page says whom to ask, whatever the address is."""
        can_mail = self._credentials.invitations.can_mail
        return await self._draw(request, "account/forgotten.html", sent=sent and can_mail, can_mail=can_mail)

    async def _show_choose(self, request: web.Request) -> web.Response:
        return await self._draw_choose(request, "", None, asks_code=False)

    async def _note_opened(self, request: web.Request) -> web.Response:
        """Say whether a link still works, before anyone types a password; its maker sees that it was opened."""
        kind = await self._credentials.opened((await texts(request)).get("secret", ""), _now())
        return web.Response(status=404) if kind is None else web.json_response({"kind": kind.value})

    async def _choose(self, request: web.Request) -> web.Response:
        form = await texts(request)
        secret, code = form.get("secret", "").rpartition("#")[2].strip(), form.get("code", "")
        try:
            address, revoke_keys = self._address(request), "revoke_keys" in form
            await self._credentials.choose(secret, address, confirmed(form), code, _now(), revoke_keys=revoke_keys)
        except SecondStepNeededError:
            return await self._draw_choose(request, secret, None, asks_code=True)
        except (FieldError, WrongCodeError, TooOftenError, LinkRefusedError) as error:
            return await self._draw_choose(request, secret, error, asks_code="code" in form)
        return see("/sign-in?done=password")

    async def _draw_choose(
        self, request: web.Request, secret: str, error: DesksideError | None, *, asks_code: bool
    ) -> web.Response:
        least = await self._credentials.least()
        facts = {
            "secret": secret,
            "problem": problem_of(error),
            "asks_code": asks_code,
            "least": least,
            "can_mail": self._credentials.invitations.can_mail,
        }
        return await self._draw(request, "account/choose_password.html", 200 if error is None else 422, **facts)

    async def _draw(self, request: web.Request, template: str, status: int = 200, **facts: object) -> web.Response:
        return self._pages.draw(request, template, status, organisation=await self._accounts.organisation(), **facts)

    def _visitor(self, request: web.Request) -> Visitor:
        browser = request.headers.get("User-Agent", "")[:MAX_BROWSER_NAME]
        language, device = self._pages.language(request).code, self._gate.device(request)
        return Visitor(self._address(request), browser, "website", language, device)


def shown_again(form: dict[str, str], email: str, organisation: str) -> dict[str, object]:
    """Return what shows an authenticator's key once more after a wrong code: only what the form itself carried."""
    key = form.get("key", "")
    return {"secret": key, "qr": qr_code(key, email, organisation)} if _KEY.fullmatch(key) else {}


def template_of(facts: Mapping[str, object]) -> str:
    """Return the page that asks for an authenticator's code, with its key where that is known."""
    return "account/authenticator.html" if "secret" in facts else "account/authenticator_code.html"


def confirmed(form: dict[str, str]) -> str:
    """Return the new password of a form. Raises FieldError when it was not typed twice alike."""
    if form.get("password", "") != form.get("confirm", ""):
        raise FieldError("confirm", "differ", "The passwords do not match. Type the new password again.")
    return form.get("password", "")


def _now() -> datetime:
    return datetime.now(UTC)
