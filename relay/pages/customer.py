"""The pages a customer sees: the PIN, who is calling, the exact steps to start the help program."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web

from codec.wire.pins import LONG_FIRST, split
from codec.wire.program_names import Carried, link_for
from codec.wire.session_types import SessionType
from codec.wire.signals import Refusal
from relay.accounts.service import Accounts
from relay.codes.rules import CodeRefusedError, digits_of
from relay.codes.service import Caller, Codes, Key
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.metrics import Metrics
from relay.pages.built_page import NotBuiltError, read_page
from relay.programs.downloads import Downloads, is_phone, platform_of
from relay.secret import Signer
from relay.settings.declare import Json
from relay.settings.holders import Holder
from relay.settings.save_context import ORGANISATION
from relay.web.forms import texts
from relay.web.rendering import Renderer

PIECE_BYTES = 64 * 1024
"""Of a download, held for each reader."""
_CODE = "code"
_PROGRAM = "program"
"""Behind the address of a link that is for the help program: the page shows that way at once."""
_REFUSED = (CodeRefusedError, TooOftenError, BusyError)


class CustomerPages:
    """Draws them. `address` says who is calling, `choice` what an organisation chose."""

    def __init__(
        self,
        codes: Codes,
        accounts: Accounts,
        downloads: Downloads,
        signer: Signer,
        pages: Renderer,
        metrics: Metrics,
        address: Callable[[web.Request], str],
        url: str,
        choice: Callable[[Holder, str], Awaitable[Json]],
    ) -> None:
        self._choice = choice
        self._codes = codes
        self._accounts = accounts
        self._downloads = downloads
        self._signer = signer
        self._pages = pages
        self._metrics = metrics
        self._address = address
        self._url = url

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get("/", self._pin),
            web.get("/start", self._to_pin),
            web.post("/start", self._start),
            web.post("/not-them", self._disown),
            web.get(r"/s/{routing:[\w-]{10,64}}", self._link),
            web.get("/how-to-check", self._how_to_check),
            web.get("/who-sees-what", self._who_sees_what),
            web.get("/download/{name}", self._download),
            web.post("/download/{name}", self._download),
        ]

    async def _pin(self, request: web.Request) -> web.Response:
        if not await self._accounts.is_set_up():
            return self._pages.draw(request, "not_ready.html", 503)
        return await self._draw_pin(request, "", None)

    async def _to_pin(self, _request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/")

    async def _start(self, request: web.Request) -> web.Response:
        typed = (await texts(request)).get("pin", "")[:64]
        try:
            pin, secret = split(digits_of(typed))
        except ValueError:
            kind = "nine_digits" if typed.strip().startswith(LONG_FIRST) else "digits"
            return await self._draw_pin(request, typed, {"kind": kind, "seconds": 0})
        if secret:
            # A secret between two people, which this relay must not know. The page keeps it back (pin.js, and the
            # field's pattern); where neither worked, it is neither used, nor shown again, nor kept.
            return await self._draw_pin(request, "", {"kind": "secret", "seconds": 0})
        try:
            caller = await self._codes.peek(Key(pin=pin), self._address(request), datetime.now(UTC))
        except _REFUSED as error:
            return await self._draw_pin(request, "", self._problem(error))
        return await self._draw_start(request, caller)

    async def _link(self, request: web.Request) -> web.Response:
        key = Key(routing=request.match_info["routing"])
        try:
            caller = await self._codes.peek(key, self._address(request), datetime.now(UTC))
        except _REFUSED as error:
            problem = self._problem(error)
            organisation = await self._organisation()
            return self._pages.draw(request, "link_refused.html", 404, problem=problem, organisation=organisation)
        return await self._draw_start(request, caller)

    async def _disown(self, request: web.Request) -> web.Response:
        code = self._signer.open(_CODE, (await texts(request)).get("code", ""))
        if code is not None:
            await self._codes.disown(int(code), self._address(request), datetime.now(UTC))
        return self._pages.draw(request, "disowned.html", organisation=await self._organisation())

    async def _how_to_check(self, request: web.Request) -> web.Response:
        return await self._draw_explanation(request, "how_to_check.html")

    async def _who_sees_what(self, request: web.Request) -> web.Response:
        return await self._draw_explanation(request, "who_sees_what.html")

    async def _draw_explanation(self, request: web.Request, template: str) -> web.Response:
        facts = await self._facts()
        return self._pages.draw(request, template, downloads=self._downloads.all(), url=self._url, **facts)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Send a program. A customer's PIN, which is in the form and in no address, goes along in the file's name."""
        download = self._downloads.find(request.match_info["name"])
        if download is None:
            raise web.HTTPNotFound
        pin = (await texts(request)).get("pin", "") if request.method == "POST" else ""
        name = download.name_from(self._url, pin)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
        return web.FileResponse(download.file, PIECE_BYTES, headers=headers)

    async def _draw_pin(self, request: web.Request, typed: str, problem: dict[str, object] | None) -> web.Response:
        status = 200 if problem is None else 422
        facts = await self._facts()
        return self._pages.draw(request, "pin.html", status, typed=typed, problem=problem, **facts)

    async def _facts(self) -> dict[str, Json]:
        """Return what a page says of the organisation."""
        never = await self._choice(ORGANISATION, "customers.never_called")
        return {"organisation": await self._organisation(), "never_calls": never}

    async def _draw_start(self, request: web.Request, caller: Caller) -> web.Response:
        browser = request.headers.get("User-Agent", "")
        is_standard = caller.session_type is SessionType.STANDARD
        system, best = platform_of(browser), self._downloads.best_for(browser)
        return self._pages.draw(
            request,
            "start.html",
            caller=caller,
            code=self._signer.signed(_CODE, str(caller.code)),
            organisation=await self._organisation(),
            best=best,
            system=system and system.label,
            systems=self._downloads.systems(),
            downloads=self._downloads.all(),
            phone=is_phone(browser),
            type=caller.session_type,
            only_page=is_phone(browser) or not is_standard,
            chats=caller.session_type is SessionType.CHAT or (is_standard and is_phone(browser)),
            joins=self._joins(),
            join=f"/join#{caller.pin}" if caller.pin else f"/join/{request.match_info['routing']}",
            saved_as=best and best.name_from(self._url, caller.pin),
            opens=link_for(Carried(self._url, caller.pin)),
            host=urlsplit(self._url).netloc,
            program=_PROGRAM in request.query,
        )

    def _joins(self) -> bool:
        """Whether a customer can take part from the browser: the page for that is there, and as it was built."""
        try:
            read_page()
        except NotBuiltError:
            return False
        return True

    async def _organisation(self) -> str:
        return await self._accounts.name_if_set_up() or "Deskside"

    def _problem(self, error: CodeRefusedError | TooOftenError | BusyError) -> dict[str, object]:
        match error:
            case TooOftenError():
                refusal, seconds = Refusal.TOO_MANY, error.retry_seconds
            case BusyError():
                refusal, seconds = Refusal.BUSY, error.retry_seconds
            case _:
                refusal, seconds = error.refusal, 0
        self._metrics.misses.labels(refusal).inc()
        return {"kind": refusal.value, "seconds": seconds}
