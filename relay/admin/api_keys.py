"""The page of API keys: which there are, a new one that is shown once, and revoking after a question."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web
from multidict import MultiDict

from relay.accounts.rules import clean_name
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import Tab
from relay.admin.receipts import Receipts
from relay.api_keys.rules import (
    LONGEST,
    USUAL,
    NoSuchKeyError,
    Scope,
    checked_end,
    checked_networks,
    checked_scopes,
    is_alive,
)
from relay.api_keys.service import Keys, KeyShown
from relay.field_errors import FieldError
from relay.texts import _
from relay.web.numbers import whole

PATH = "/admin/api-keys"
SCOPES: Mapping[Scope, tuple[str, str]] = {
    Scope.ORGANISATION_READ: (_("View the organisation"), _("People, groups, channels and permissions.")),
    Scope.ORGANISATION_WRITE: (
        _("Change the organisation"),
        _(
            "Create technicians, disabled at first. Change names and licences. Create, move and remove groups. "
            "Set permissions."
        ),
    ),
    Scope.SETTINGS_READ: (_("View settings"), _("The settings of groups, channels and the organisation.")),
    Scope.SETTINGS_WRITE: (
        _("Change settings"),
        _("Change and lock values, except those that affect how people sign in."),
    ),
    Scope.REPORTS_READ: (_("Read reports"), _("Reports on screen and as files.")),
    Scope.SESSIONS_READ: (_("View your codes and sessions"), _("Requires a licence of your own.")),
    Scope.SESSIONS_WRITE: (
        _("Create codes, pick up sessions and end them"),
        _("As you, without access to the screen. Requires a licence of your own."),
    ),
}


@dataclass(frozen=True)
class KeyForm:
    """What the form of a new key holds, as it was entered."""

    name: str
    scopes: tuple[str, ...]
    last_day: str
    networks: str

    @classmethod
    def read(cls, form: MultiDict[str]) -> "KeyForm":
        """Return what was posted."""
        scopes = tuple(form.getall("scopes", []))
        return cls(form.get("name", ""), scopes, form.get("expires_at", ""), form.get("networks", ""))

    @classmethod
    def empty(cls, now: datetime) -> "KeyForm":
        """Return what a new form holds."""
        return cls("", (), (now + USUAL).date().isoformat(), "")


@dataclass
class Checked:
    """A wish, looked at field by field: all that is wrong is said at once."""

    name: str = ""
    scopes: list[Scope] = field(default_factory=list)
    ends: datetime | None = None
    networks: list[str] = field(default_factory=list)
    problems: dict[str, FieldError] = field(default_factory=dict)


class KeysPage:
    """Draws it, for people who may have keys: the service decides whose are shown."""

    def __init__(self, base: AdminBase, keys: Keys, receipts: Receipts, url: str) -> None:
        self._url = url
        self._base = base
        self._keys = keys
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            self._base.shown(PATH, self._show, Tab.REPORTS),
            self._base.posted(PATH, self._make, Tab.REPORTS),
            self._base.shown(PATH + "/{key}/revoke", self._ask, Tab.REPORTS),
            self._base.posted(PATH + "/{key}/revoke", self._revoke, Tab.REPORTS),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        return await self._draw(visit, KeyForm.empty(visit.now), {})

    async def _draw(self, visit: Visit, wish: KeyForm, problems: Mapping[str, FieldError]) -> web.Response:
        keys = await self._keys.listed(visit.actor, visit.now)
        facts: dict[str, Any] = {
            "keys": [(key, _labels(visit, key), is_alive(key.expires_at, key.revoked_at, visit.now)) for key in keys],
            "wish": wish,
            "scopes": [(scope.value, visit.say(label), visit.say(about)) for scope, (label, about) in SCOPES.items()],
            "first_day": (visit.now + timedelta(days=1)).date().isoformat(),
            "latest_day": (visit.now + LONGEST - timedelta(days=1)).date().isoformat(),
            "problems": {name: said(error, visit.say) for name, error in problems.items()},
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
        }
        title = visit.say(_("API keys"))
        return await self._base.draw_part(visit, "api_keys", 422 if problems else 200, title=title, **facts)

    async def _make(self, visit: Visit) -> web.Response:
        wish = KeyForm.read(visit.form)
        checked = check(wish, visit.now)
        if checked.problems:
            return await self._draw(visit, wish, checked.problems)
        wanted = checked.name, checked.scopes, checked.ends
        secret, key = await self._keys.make(visit.actor, *wanted, visit.now, checked.networks)
        facts: dict[str, Any] = {"secret": secret, "key": key, "labels": _labels(visit, key), "url": self._url}
        return await self._base.draw_part(visit, "api_key_made", title=visit.say(_("Your new key")), **facts)

    async def _ask(self, visit: Visit) -> web.Response:
        key = await self._key(visit)
        return await self._base.draw_part(
            visit, "api_key_revoke", title=visit.say(_("Revoke a key")), key=key, labels=_labels(visit, key)
        )

    async def _revoke(self, visit: Visit) -> web.Response:
        key = await self._key(visit)
        await self._keys.revoke(visit.actor, key.id, visit.now)
        text = visit.say(_("Revoked"))
        return see(visit, PATH + self._receipts.give(visit.identity.person.id, text, (key.name,), at=visit.now))

    async def _key(self, visit: Visit) -> KeyShown:
        """Return the key that the address names. Raises NoSuchKeyError for one that this visitor does not see."""
        wanted = whole(visit.request.match_info["key"])
        for key in await self._keys.listed(visit.actor, visit.now):
            if key.id == wanted:
                return key
        raise NoSuchKeyError(NoSuchKeyError.__doc__)


def check(wish: KeyForm, now: datetime) -> Checked:
    """Return what a wish comes to, with everything that is wrong with it. Pure."""
    checked, known = Checked(), {scope.value for scope in Scope}
    with _noting(checked.problems):
        checked.name = clean_name("name", wish.name)
    with _noting(checked.problems):
        checked.scopes = checked_scopes(Scope(each) for each in wish.scopes if each in known)
    with _noting(checked.problems):
        checked.ends = checked_end(_end_of(wish.last_day), now)
    with _noting(checked.problems):
        checked.networks = checked_networks(line for line in wish.networks.splitlines() if line.strip())
    return checked


@contextmanager
def _noting(problems: dict[str, FieldError]) -> Iterator[None]:
    try:
        yield
    except FieldError as error:
        problems[error.field] = error


def _end_of(day: str) -> datetime | None:
    """Return the end of a day; None for no day at all. Raises FieldError."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise FieldError("expires_at", "not_a_day", "Choose a day.") from None


def _labels(visit: Visit, key: KeyShown) -> list[str]:
    return [visit.say(SCOPES[scope][0]) for scope in key.scopes]
