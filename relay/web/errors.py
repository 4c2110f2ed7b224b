"""Pages for requests that went wrong: in the reader's language, with the organisation's name, and a way on.

Programs are answered otherwise: the JSON API by a `Problem`, sockets, static files and parts of pages by plain text.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from relay.texts import _
from relay.web.api import PREFIX
from relay.web.rendering import Renderer

_PROGRAMS = (PREFIX, "/ws/", "/static/", "/health", "/metrics")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What a page says: what happened, and what to do."""

    title: str
    lead: str


class RefusedError(web.HTTPForbidden):
    """A refusal that has a page of its own."""

    def __init__(self, said: Said) -> None:
        super().__init__(text=f"{said.lead}\n")
        self.said = said


class OldFormError(RefusedError):
    """A form was sent that was not drawn for the person who is signed in now."""

    def __init__(self) -> None:
        super().__init__(Said(_("This page has expired"), _("This form is too old. Reload the page, then try again.")))


FOREIGN = Said(
    _("This request was refused"), _("The request came from another website. Open this site yourself, then try again.")
)
UNREADABLE = Said(
    _("This request cannot be read"), _("The address or the data sent with it is damaged. Start again from here.")
)
BROKEN = Said(_("Something went wrong"), _("The error was logged. Try again in a moment."))
STUCK = Said(
    _("This service is not available at the moment"),
    _("It cannot use its database. Its administrator can find the reason in the log."),
)
BUSY = Said(_("This service is busy"), _("Wait a moment, then try again."))
_STATUSES: Mapping[int, Said] = {
    400: UNREADABLE,
    403: Said(_("You cannot open this"), _("Sign in with an account that has access, or continue from here.")),
    404: Said(_("Page not found"), _("The address may be mistyped, or the page was removed.")),
    405: Said(_("This page cannot be opened this way"), _("Go back and send the form again, or continue from here.")),
    413: Said(_("This is too much at once"), _("Go back and send less.")),
    415: UNREADABLE,
    500: BROKEN,
    503: BUSY,
}


class ErrorPages:
    """Draws them. `organisation` tells whose relay this is; it may raise."""

    def __init__(self, pages: Renderer, organisation: Callable[[], Awaitable[str]]) -> None:
        self._pages = pages
        self._organisation = organisation

    async def draw(self, request: web.Request, status: int, said: Said | None = None) -> web.Response | None:
        """Return the page for a status; None where a program asked, or where there is nothing to say."""
        said = said or _STATUSES.get(status)
        is_part = request.headers.get("HX-Request") == "true"
        if said is None or is_part or request.path.startswith(_PROGRAMS):
            return None
        try:
            organisation = await self._organisation()
        except Exception:  # before the set-up there is no name, and the database may be what is broken
            _log.debug("the organisation has no name", exc_info=True)
            organisation = ""
        say = self._pages.language(request).texts.gettext
        facts = {"heading": say(said.title), "about": say(said.lead), "organisation": organisation, "here": "/"}
        return self._pages.draw(request, "error.html", status, **facts)
