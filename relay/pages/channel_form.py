"""The form that customers fill in before they wait in a channel: on a page of the relay's, or in any web site.

A site's form posts here from its own origin. Nothing about who posts is believed, and no cookie but the language’s is
read: it begins what anyone can begin who opens the channel's link.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from aiohttp import web

from codec.wire.custom_fields import CustomField
from codec.wire.signals import Refusal
from relay.accounts.service import Accounts
from relay.channels.rules import NotAdmittedError
from relay.channels.service import Channels
from relay.field_errors import FieldError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.sessions.custom_fields import FIELDS, LIMITS, USUAL_NAMES
from relay.web.forms import see, texts
from relay.web.numbers import whole
from relay.web.rendering import Renderer

FORM = "/channel/{channel}"
"""Where forms of other sites post to."""
_ANSWERED = "answered"
"""Behind the address of the page for customers who have filled in the form."""
_STATUS = {
    Refusal.TOO_MANY: 429,
    Refusal.BUSY: 503,
    Refusal.CLOSED: 200,
    Refusal.NO_ONE_THERE: 200,
}
"""Of an answer that lets no one in; any other is 404."""
_Handler = Callable[[web.Request, int], Awaitable[web.Response]]


class ChannelForm:
    """Draws it, and leads on to the page with which customers take part. `address` says who is calling."""

    def __init__(
        self, channels: Channels, accounts: Accounts, pages: Renderer, address: Callable[[web.Request], str]
    ) -> None:
        self._channels = channels
        self._accounts = accounts
        self._pages = pages
        self._address = address

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [web.get(FORM, self._handled(self._show)), web.post(FORM, self._handled(self._take))]

    async def instead_of(self, query: str, is_answered: bool) -> str | None:
        """Return where customers who open a channel's link go first; None where nothing is asked, or was answered."""
        channel = whole(query)
        if channel is None or is_answered or not any(field.shown for field in await self._channels.asks(channel)):
            return None
        return FORM.format(channel=channel)

    def _handled(self, handler: _Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler that says why no one comes in."""

        async def handle(request: web.Request) -> web.Response:
            if not await self._accounts.is_set_up():
                return self._pages.draw(request, "not_ready.html", 503)
            channel = whole(request.match_info["channel"])
            try:
                if channel is None:
                    raise NotAdmittedError(Refusal.UNKNOWN)
                return await handler(request, channel)
            except NotAdmittedError as error:
                if error.page and request.method == "GET":
                    return see(error.page)
                return await self._draw_refused(request, channel, error)
            except TooOftenError as error:
                refused = NotAdmittedError(Refusal.TOO_MANY, error.retry_seconds)
                return await self._draw_refused(request, channel, refused)
            except BusyError as error:
                return await self._draw_refused(request, channel, NotAdmittedError(Refusal.BUSY, error.retry_seconds))

        return handle

    async def _show(self, request: web.Request, channel: int) -> web.Response:
        fields = await self._channels.opened(channel, datetime.now(UTC))
        if not any(field.shown for field in fields):
            return see(_join(channel))
        return await self._draw(request, channel, fields, again="again" in request.query)

    async def _take(self, request: web.Request, channel: int) -> web.Response:
        now, form = datetime.now(UTC), await texts(request)
        values = [form.get(name, "") for name in FIELDS]
        fields = await self._channels.opened(channel, now)
        try:
            reference = await self._channels.answered(channel, values, self._address(request), now)
        except FieldError as error:
            return await self._draw(request, channel, fields, values, error, 422)
        return see(f"{_join(channel)}#{reference}")

    async def _draw(
        self,
        request: web.Request,
        channel: int,
        fields: Sequence[CustomField],
        values: Sequence[str] = ("",) * len(FIELDS),
        problem: FieldError | None = None,
        status: int = 200,
        *,
        again: bool = False,
    ) -> web.Response:
        asked = [
            {"name": name, "usual": usual, "field": field, "value": value[: 4 * most], "most": most}
            for name, usual, field, value, most in zip(FIELDS, USUAL_NAMES, fields, values, LIMITS, strict=True)
            if field.shown
        ]
        facts = {
            "asked": asked,
            "problem": problem,
            "again": again,
            "channel": channel,
            "action": FORM.format(channel=channel),
        }
        return self._pages.draw(
            request, "channel_form.html", status, organisation=await self._accounts.organisation(), **facts
        )

    async def _draw_refused(self, request: web.Request, channel: int | None, error: NotAdmittedError) -> web.Response:
        """Draw why no one comes in now, with what was typed: to try again with it, or to copy it."""
        form = await texts(request) if request.method == "POST" else {}
        fields = () if channel is None or not form else await self._channels.asks(channel)
        labels = [field.label for field in fields] or [""] * len(FIELDS)
        typed = [
            {"name": name, "usual": usual, "label": label, "value": form[name][: 4 * most]}
            for name, usual, label, most in zip(FIELDS, USUAL_NAMES, labels, LIMITS, strict=True)
            if form.get(name)
        ]
        problem = {"kind": error.refusal.value, "seconds": error.retry_seconds or 1}
        facts = {"problem": problem, "page": error.page, "typed": typed, "action": request.path}
        response = self._pages.draw(
            request,
            "channel_refused.html",
            _STATUS.get(error.refusal, 404),
            organisation=await self._accounts.organisation(),
            **facts,
        )
        if error.retry_seconds is not None:
            response.headers["Retry-After"] = str(error.retry_seconds)
        return response


def _join(channel: int) -> str:
    return f"/join?channel={channel}&{_ANSWERED}"
