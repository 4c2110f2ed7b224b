"""The pages on which someone looks after his own sign-in: password, second step, notifications."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.accounts.service import Accounts, Identity
from relay.credentials.service import Credentials
from relay.field_errors import FieldError
from relay.limits.rate_limiter import TooOftenError
from relay.notifications.events import Event
from relay.notifications.service import Notifications
from relay.organization.details import FIELDS, Details
from relay.organization.rules import Actor, ChangedMeanwhileError, NotAllowedError
from relay.pages.credential_texts import problem_of, qr_code
from relay.pages.gate import Gate
from relay.pages.sign_in import confirmed, shown_again, template_of
from relay.settings.catalogue import CATALOGUE
from relay.settings.kinds import Several
from relay.sign_in.service import SecondStepNeededError
from relay.sign_in.two_step import HasAuthenticatorError, NotSetUpYetError, TwoStep, WrongCodeError
from relay.texts import _
from relay.web.errors import RefusedError, Said
from relay.web.forms import see, several, texts
from relay.web.numbers import whole
from relay.web.rendering import Renderer

_REFUSED = (FieldError, WrongCodeError, TooOftenError, SecondStepNeededError, NotSetUpYetError)

_DEMANDED = Said(
    _("Two-step verification is required"),
    _("Your organisation requires two-step verification, so you cannot remove it."),
)
_MASTERS = Said(_("You cannot open this"), _("Only master administrators can open this page."))


class OwnAccountPages:
    """Draws them."""

    def __init__(
        self,
        accounts: Accounts,
        credentials: Credentials,
        two_step: TwoStep,
        notifications: Notifications,
        details: Details,
        gate: Gate,
        pages: Renderer,
        address: Callable[[web.Request], str],
    ) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._two_step = two_step
        self._notifications = notifications
        self._details = details
        self._gate = gate
        self._pages = pages
        self._address = address

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/account/password", self._show_password),
            web.post("/account/password", self._change_password),
            web.get("/account/two-step", self._show_two_step),
            web.post("/account/two-step/propose", self._propose),
            web.post("/account/two-step/confirm", self._confirm),
            web.post("/account/two-step/codes", self._new_codes),
            web.post("/account/two-step/remove", self._remove),
            web.get("/account/notifications", self._show_notifications),
            web.post("/account/notifications", self._choose_notifications),
            web.get("/account/organisation", self._show_details),
            web.post("/account/organisation", self._save_details),
        ]

    # ── password ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_password(self, request: web.Request) -> web.Response:
        return await self._draw_password(request, await self._signed_in(request), None)

    async def _change_password(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        current, code = form.get("current", ""), form.get("code", "")
        try:
            new = confirmed(form)
            address, revoke_keys = self._address(request), "revoke_keys" in form
            await self._credentials.change_own(identity, address, current, new, code, _now(), revoke_keys=revoke_keys)
        except _REFUSED as error:
            return await self._draw_password(request, identity, error)
        return see("/account/password?done=1")

    async def _draw_password(
        self, request: web.Request, identity: Identity, error: DesksideError | None
    ) -> web.Response:
        facts = {
            "least": await self._credentials.least(),
            "asks_code": await self._credentials.asks_second_step(identity.person.id),
            "keys": await self._credentials.keys_of(identity.person.id, _now()),
            "done": "done" in request.query,
        }
        return await self._draw(request, "account/password.html", identity, error, **facts)

    # ── second step ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_two_step(self, request: web.Request) -> web.Response:
        return await self._draw_two_step(request, await self._signed_in(request), None)

    async def _propose(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        try:
            await self._credentials.show_current(identity, form.get("current", ""), _now())
            secret = await self._two_step.propose(identity.person.id, identity.sign_in, _now())
            return await self._draw_authenticator(request, identity, secret)
        except (FieldError, TooOftenError, HasAuthenticatorError) as error:
            return await self._draw_two_step(request, identity, error)

    async def _confirm(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        try:
            codes = await self._credentials.confirm_two_step(
                identity, identity.sign_in, self._address(request), form.get("code", ""), _now(), wanted=True
            )
        except (WrongCodeError, TooOftenError) as error:
            again: dict[str, object] = {"action": "/account/two-step/confirm", "begin": "/account/two-step"}
            again |= shown_again(form, identity.person.email, await self._accounts.organisation())
            return await self._draw(request, template_of(again), identity, error, **again)
        except NotSetUpYetError:
            return see("/account/two-step")
        return await self._draw_codes(request, identity, codes)

    async def _new_codes(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        try:
            codes = await self._credentials.renew_codes(identity, self._address(request), form.get("code", ""), _now())
        except (WrongCodeError, TooOftenError, NotSetUpYetError) as error:
            return await self._draw_two_step(request, identity, error)
        return await self._draw_codes(request, identity, codes)

    async def _remove(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        code = form.get("code", "")
        try:
            await self._credentials.remove_own_two_step(identity, self._address(request), code, _now())
        except (WrongCodeError, TooOftenError, NotSetUpYetError) as error:
            return await self._draw_two_step(request, identity, error)
        except NotAllowedError:
            raise RefusedError(_DEMANDED) from None
        return see("/account/two-step")

    async def _draw_two_step(
        self, request: web.Request, identity: Identity, error: DesksideError | None
    ) -> web.Response:
        person = identity.person.id
        enrolment, demanded = await self._two_step.shown(person), await self._credentials.demands_second_step(person)
        return await self._draw(
            request, "account/two_step.html", identity, error, enrolment=enrolment, demanded=demanded
        )

    async def _draw_authenticator(self, request: web.Request, identity: Identity, secret: str) -> web.Response:
        qr = qr_code(secret, identity.person.email, await self._accounts.organisation())
        facts = {"secret": secret, "qr": qr, "action": "/account/two-step/confirm"}
        return await self._draw(request, "account/authenticator.html", identity, None, **facts)

    async def _draw_codes(self, request: web.Request, identity: Identity, codes: list[str]) -> web.Response:
        return await self._draw(
            request, "account/recovery_codes.html", identity, None, codes=codes, on="/account/two-step"
        )

    # ── notifications ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_notifications(self, request: web.Request) -> web.Response:
        identity = await self._signed_in(request)
        _only_masters(identity)
        chosen = await self._notifications.chosen(identity.person.id)
        kind = CATALOGUE.setting("notifications.events").kind
        events = kind.options if isinstance(kind, Several) else ()
        facts = {"events": events, "chosen": chosen, "done": "done" in request.query}
        return await self._draw(request, "account/notifications.html", identity, None, **facts)

    async def _choose_notifications(self, request: web.Request) -> web.Response:
        identity, _form = await self._own_form(request)
        _only_masters(identity)
        known = {event.value for event in Event}
        events = [Event(value) for value in await several(request, "event") if value in known]
        await self._notifications.choose(self._actor(request, identity), events, _now())
        return see("/account/notifications?done=1")

    # ── the organisation ───────────────────────────────────────────────────────────────────────────────────────────

    async def _show_details(self, request: web.Request) -> web.Response:
        identity = await self._signed_in(request)
        _only_masters(identity)
        return await self._draw_details(request, identity, None, None)

    async def _save_details(self, request: web.Request) -> web.Response:
        identity, form = await self._own_form(request)
        _only_masters(identity)
        values, version = {field: form[field] for field in FIELDS if field in form}, form.get("version", "")
        try:
            await self._details.save(self._actor(request, identity), whole(version) or 0, values, _now())
        except FieldError as error:
            return await self._draw_details(request, identity, error, values)
        except ChangedMeanwhileError as error:
            return await self._draw_details(request, identity, error, None)
        return see("/account/organisation?done=1")

    async def _draw_details(
        self, request: web.Request, identity: Identity, error: DesksideError | None, entered: dict[str, str] | None
    ) -> web.Response:
        shown = await self._details.show(self._actor(request, identity), _now())
        facts = {
            "values": {field: getattr(shown, field) for field in FIELDS} | (entered or {}),
            "version": shown.version,
            "changed": isinstance(error, ChangedMeanwhileError),
            "done": "done" in request.query,
        }
        return await self._draw(request, "account/organisation.html", identity, error, **facts)

    # ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _actor(self, request: web.Request, identity: Identity) -> Actor:
        return identity.actor(self._address(request))

    async def _signed_in(self, request: web.Request) -> Identity:
        identity = await self._gate.identify(request)
        if identity is None:
            raise self._gate.to_sign_in(request, web.HTTPSeeOther("/sign-in"))
        return identity

    async def _own_form(self, request: web.Request) -> tuple[Identity, dict[str, str]]:
        identity = await self._gate.identify(request)
        form = await texts(request)
        self._gate.check_own_form(request, form.get("form", ""))
        if identity is None:
            raise web.HTTPSeeOther("/sign-in")
        return identity, form

    async def _draw(
        self, request: web.Request, template: str, identity: Identity, error: DesksideError | None, **facts: Any
    ) -> web.Response:
        return self._pages.draw(
            request,
            template,
            200 if error is None else 422,
            organisation=await self._accounts.organisation(),
            rules_all=identity.role.rules_all,
            form=self._gate.form_token(request),
            problem=problem_of(error),
            **{"here": "/".join(request.path.split("/")[:3])} | facts,
        )


def _only_masters(identity: Identity) -> None:
    if not identity.role.rules_all:
        raise RefusedError(_MASTERS)


def _now() -> datetime:
    return datetime.now(UTC)
