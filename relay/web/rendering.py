"""Draws pages: templates with the visitor's language, and the headers that keep strangers out of them."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from babel.dates import format_datetime, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from codec.wire.pins import grouped
from relay.web.languages import Language, choose
from relay.web.user_agents import browser_and_system

FOLDER = Path(__file__).parent
COOKIE = "deskside-language"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}


class Renderer:
    """All templates. `draw` returns a finished response."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self.logo: Callable[[], str] = str
        """Where the organisation's logo is, empty where there is none."""
        self._spoken: dict[str, Environment] = {}

    def language(self, request: web.Request, among: Container[str] | None = None) -> Language:
        """Return the language of this visitor: asked for in the address, remembered, or the browser's.

        `among`: the codes of the languages of a page that is not drawn here.
        """
        asked = request.query.get("lang") or request.cookies.get(COOKIE)
        spoken = {each.code: each for each in self.spoken(among)}
        return choose(asked, request.headers.get("Accept-Language", ""), spoken)

    def spoken(self, among: Container[str] | None = None) -> list[Language]:
        """Return the languages that these pages speak, or those of them that are also `among` others."""
        return [each for code, each in self._languages.items() if among is None or code in among]

    def remember(self, request: web.Request, response: web.Response, language: Language) -> None:
        """Have the browser remember the language that its visitor asked for."""
        if request.query.get("lang") == language.code:
            response.set_cookie(COOKIE, language.code, samesite="Lax", httponly=True, max_age=31_536_000)

    def draw(self, request: web.Request, template: str, status: int = 200, **facts: Any) -> web.Response:
        """Return a page made from `template` and `facts`."""
        language = self.language(request)
        environment = self._in(language)
        common = {
            "language": language,
            "languages": self._languages.values(),
            "here": request.path,
            "brand_logo": self.logo(),
        }
        text = environment.get_template(template).render(common | facts)
        response = web.Response(text=text, content_type="text/html", status=status)
        response.headers["Cache-Control"] = "no-store"
        self.remember(request, response, language)
        return response

    def _in(self, language: Language) -> Environment:
        """Return the templates of a language. They are kept, because each language compiles them for itself."""
        if language.code not in self._spoken:
            self._spoken[language.code] = _environment(language)
        return self._spoken[language.code]


def security_headers(https: bool) -> Mapping[str, str]:
    """Return the headers of every answer that does not bring its own."""
    return HEADERS | TRANSPORT if https else HEADERS


def _environment(language: Language) -> Environment:
    """Return templates with the texts of one language. No overlay: it would share its texts with all others."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(language.texts, newstyle=True)  # type: ignore[attr-defined]
    own: dict[str, Callable[..., object]] = {
        "browser_and_system": browser_and_system,
        "initials": initials,
        "grouped": partial(grouped, gap="\u2009"),
        "in_fours": in_fours,
        "clock": partial(_clock, language=language),
        "moment": partial(_moment, language=language),
    }
    environment.filters.update(own)
    return environment


def initials(name: str) -> str:
    """Return what is in a person's circle: the first letters of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def in_fours(key: str) -> str:
    """Return a long key as it is copied by hand: in groups of four."""
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


def _clock(moment: datetime, language: Language) -> Markup:
    return _time(moment, "clock", format_time(moment, "short", locale=language.locale))


def _moment(moment: datetime, language: Language) -> Markup:
    return _time(moment, "moment", format_datetime(moment, "medium", locale=language.locale))


def _time(moment: datetime, style: str, text: str) -> Markup:
    """Return a time that static/times.js turns into the visitor's own."""
    return Markup('<time datetime="{}" data-style="{}">{} UTC</time>').format(moment.isoformat(), style, text)
