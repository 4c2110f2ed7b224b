"""The tabs that carry settings: of a group, of a channel, or of the whole organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import MultiDict

from codec.errors import DesksideError
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import FOR_ALL, OF_SETTINGS, Tab, name_of
from relay.admin.receipts import DONE, Receipts
from relay.admin.recording_location import FITS, UNFIT, why_unfit
from relay.organization.rules import NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.units import Unit, UnitKind
from relay.recording.location_tests import TESTED, LocationTests
from relay.settings import declare, form_input, holders
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, ConflictError, Editor, Write, mark
from relay.settings.changes import SettingNotAllowedError as NotAllowedSettingError
from relay.settings.declare import Json
from relay.settings.inheritance import LOCK, Held
from relay.settings.sql import SqlStore
from relay.settings.validation import RESET, SettingsRefusedError, checked
from relay.texts import _

DROP = "drop"
"""Settings whose entered value is not wanted after all: what someone else has stored meanwhile stays."""
_ORGANISATION = holders.Holder(holders.HolderKind.ORGANISATION, 0)
_KINDS: Mapping[UnitKind, holders.HolderKind] = {
    UnitKind.TECHNICIAN_GROUP: holders.HolderKind.GROUP,
    UnitKind.CHANNEL: holders.HolderKind.CHANNEL,
    UnitKind.TECHNICIAN: holders.HolderKind.TECHNICIAN,
}
_WHOLE = (UnitKind.TECHNICIANS, UnitKind.CHANNELS)
"""Roots whose settings are the organisation's choice for everything below."""


@dataclass(frozen=True)
class Refused:
    """What was entered and is not stored; with what is wrong with it, where a save was tried."""

    entered: Mapping[str, Json]
    error: DesksideError | None


class SettingsTabs:
    """Draws and saves them."""

    def __init__(
        self,
        base: AdminBase,
        settings: AppliedSettings,
        transactions: Transactions,
        receipts: Receipts,
        locations: LocationTests,
    ) -> None:
        self._locations = locations
        self._base = base
        self._settings = settings
        self._transactions = transactions
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [route for tab in OF_SETTINGS for route in self._routes_of(tab)]

    def _routes_of(self, tab: Tab) -> list[web.RouteDef]:
        path = action(tab, "{unit}")

        async def show(visit: Visit) -> web.Response:
            return await self._draw(visit, tab, None)

        async def save(visit: Visit) -> web.Response:
            return await self._save(visit, tab)

        async def check(visit: Visit) -> web.Response:
            return await self._check(visit, tab)

        async def lock(visit: Visit) -> web.Response:
            return await self._lock(visit, tab)

        return [
            self._base.shown(path, show, tab),
            self._base.posted(path, save, tab),
            self._base.posted(path + "/check", check, tab),
            self._base.posted(path + "/lock", lock, tab),
            *([self._base.posted(path + "/test-location", self._test, tab)] if tab is Tab.SETTINGS else []),
        ]

    async def _draw(self, visit: Visit, tab: Tab, refused: Refused | None, **more: Any) -> web.Response:
        unit = visit.unit()
        concerned = concerned_by(tab, unit)
        if concerned is None or not has_settings(tab, concerned.kind, planned=visit.planned):
            return await self._base.draw(visit, "no_settings", tab, unit)
        error = refused.error if refused else None
        form = await self._settings.form(
            visit.actor,
            concerned,
            OF_SETTINGS[tab],
            visit.say,
            visit.now,
            error if isinstance(error, SettingsRefusedError) else None,
            refused.entered if refused else None,
            planned=visit.planned,
        )
        facts = {
            "settings": form,
            "action": action(tab, name_of(unit)),
            "is_whole": concerned == _ORGANISATION and tab is Tab.SETTINGS,
            "trouble": _trouble(visit, error),
            "look_at": _look_at(visit, error),
            "confirmable": bool(isinstance(error, SettingsRefusedError) and error.confirmable and not error.problems),
            "clashing": frozenset(error.keys) if isinstance(error, ConflictError) else frozenset(),
            "may_lock": visit.reach.all
            and concerned.kind in (holders.HolderKind.GROUP, holders.HolderKind.ORGANISATION),
            "lockable": _lockable(OF_SETTINGS[tab], concerned.kind),
        }
        return await self._base.draw(visit, "settings", tab, unit, 422 if error else 200, **(facts | more))

    async def _save(self, visit: Visit, tab: Tab) -> web.Response:
        unit = visit.unit()
        concerned = _concerned(tab, unit)
        read = form_input.read(CATALOGUE, _fields(visit.form))
        values = await self._changed(visit, concerned, read)
        if not values and read.wide is None:
            return see(visit, action(tab, name_of(unit)))
        writes: list[Write] = []
        try:
            for change in form_input.changes(concerned, read, values):
                writes += (await self._settings.save(visit.actor, change, visit.now)).writes
        except (SettingsRefusedError, ConflictError, NotAllowedSettingError) as error:
            return await self._draw(visit, tab, Refused(values, error))
        return see(visit, action(tab, name_of(unit)) + self._receipt(visit, tab, unit, writes))

    async def _changed(self, visit: Visit, concerned: holders.Holder, read: form_input.Posted) -> dict[str, Json]:
        """Return what was entered and differs from what holds. Raises NotAllowedError."""
        around = await self._settings.around(visit.actor, visit.now)
        if not around.may_see(concerned):
            raise NotAllowedError(NotAllowedError.__doc__)
        stored = await SqlStore(self._transactions, visit.actor).values(around.tree.chain(concerned))
        return form_input.changed(CATALOGUE, around.tree, stored, concerned, read)

    def _receipt(self, visit: Visit, tab: Tab, unit: Unit, writes: list[Write]) -> str:
        person, keys = visit.identity.person.id, list(dict.fromkeys(write.key for write in writes))
        if not keys:
            text = visit.say(_("Nothing to save. These values are already set everywhere."))
            return self._receipts.give(person, text, at=visit.now)
        details = tuple(visit.say(CATALOGUE.setting(key).label) for key in keys)
        reached = {write.unit for write in writes}
        is_safe = len(reached) == 1 and not any(CATALOGUE.setting(key).sensitive for key in keys)

        async def undo(later: Visit) -> str:
            values = {write.key: write.old for write in writes}
            seen = {write.key: mark(write.new) for write in writes}
            back = Change(writes[0].unit, values, seen=seen, confirmed=True)
            await self._settings.save(later.actor, back, later.now)
            return action(tab, name_of(unit))

        text = visit.say(_("Saved"))
        if len(reached) > 1:
            text = visit.say(_("Saved for {count} items")).format(count=len(reached))
        return self._receipts.give(person, text, details, undo if is_safe else None, at=visit.now)

    async def _check(self, visit: Visit, tab: Tab) -> web.Response:
        """Say what is wrong with one value while the form is still open."""
        key, concerned = visit.request.query.get("key", ""), _concerned(tab, visit.unit())
        around = await self._settings.around(visit.actor, visit.now)
        if not around.may_see(concerned):
            raise NotAllowedError(NotAllowedError.__doc__)
        values = form_input.read(CATALOGUE, _fields(visit.form)).values
        problem = ""
        if key in values and values[key] is not RESET:
            try:
                checked(CATALOGUE, concerned.kind, {key: values[key]}, around.known)
            except SettingsRefusedError as error:
                problem = error.problems[0].sentence.say(visit.say)
        return await self._base.draw_part(visit, "problem", key=key, problem=problem)

    async def _test(self, visit: Visit) -> web.Response:
        """Say whether recordings can go to the location that is in the form, saved or not."""
        unit = visit.unit()
        concerned = _concerned(Tab.SETTINGS, unit)
        around = await self._settings.around(visit.actor, visit.now)
        held = await self._settings.held(concerned, TESTED)
        is_locked = any(not _may_choose(around.editor, concerned, each) for each in held.values())
        if is_locked or not around.editor.may(CATALOGUE.section(TESTED[0]), concerned):
            raise NotAllowedError(NotAllowedError.__doc__)
        entered = {
            key: value for key, value in form_input.read(CATALOGUE, _fields(visit.form)).values.items() if key in TESTED
        }
        problem = ""
        try:
            await self._locations.test(concerned, checked(CATALOGUE, concerned.kind, entered, around.known))
        except SettingsRefusedError as error:
            problem = error.problems[0].sentence.say(visit.say)
        except UNFIT as error:
            problem = why_unfit(error, visit.say)
        if visit.is_part:
            return await self._base.draw_part(visit, "tested", problem=problem)
        text = problem or visit.say(FITS)
        return see(
            visit,
            action(Tab.SETTINGS, name_of(unit)) + self._receipts.give(visit.identity.person.id, text, at=visit.now),
        )

    async def _lock(self, visit: Visit, tab: Tab) -> web.Response:
        unit, key = visit.unit(), visit.form.get("key", "")
        concerned = _concerned(tab, unit)
        stored = await SqlStore(self._transactions, visit.actor).values([concerned])
        locked = stored.get(concerned, {}).get(LOCK + key) is not True
        try:
            await self._settings.lock(visit.actor, concerned, key, visit.now, locked=locked)
        except NotAllowedSettingError as error:
            raise NotAllowedError(str(error)) from None
        except ConflictError as error:
            return await self._draw(visit, tab, Refused({}, error))
        text = visit.say(_("Locked for everything below") if locked else _("No longer locked"))
        details, person = (visit.say(CATALOGUE.setting(key).label),), visit.identity.person.id
        done = self._receipts.give(person, text, details, at=visit.now)
        entered = await self._changed(visit, concerned, form_input.read(CATALOGUE, _fields(visit.form)))
        if not entered:
            return see(visit, action(tab, name_of(unit)) + done)
        # What was written meanwhile stays in the form, unsaved as it was.
        receipt = self._receipts.take(done.removeprefix(DONE), person)
        return await self._draw(visit, tab, Refused(entered, None), receipt=receipt)


def concerned_by(tab: Tab, unit: Unit) -> holders.Holder | None:
    """Return the unit whose settings a tab shows; None where what is chosen has none."""
    if tab in FOR_ALL or (tab is Tab.SETTINGS and unit.kind in _WHOLE):
        return _ORGANISATION
    kind = _KINDS.get(unit.kind)
    return None if kind is None or not CATALOGUE.of(kind, OF_SETTINGS[tab]) else holders.Holder(kind, unit.id)


def has_settings(tab: Tab, kind: holders.HolderKind, *, planned: bool) -> bool:
    """Whether there is anything to choose on a tab; what is `planned` counts only where it is shown."""
    return bool(CATALOGUE.of(kind, OF_SETTINGS[tab], planned=planned))


def action(tab: Tab, name: str) -> str:
    """Return where the settings of a tab stand; those of the Organisation tab have a page behind its form."""
    return f"/admin/{tab.value}/{name}" + ("/more" if tab is Tab.ORGANIZATION else "")


def _concerned(tab: Tab, unit: Unit) -> holders.Holder:
    found = concerned_by(tab, unit)
    if found is None:
        raise NotAllowedError(NotAllowedError.__doc__)
    return found


def _may_choose(editor: Editor, unit: holders.Holder, now: Held) -> bool:
    return now.locked_by is None or (now.locked_by == unit and editor.is_master)


def _fields(form: MultiDict[str]) -> dict[str, list[str]]:
    """Return what was posted, without the settings that are given up."""
    dropped = set(form.getall(DROP, []))
    fields = {name: form.getall(name) for name in form}
    fields["has"] = [key for key in fields.get("has", []) if key not in dropped]
    return fields


def _trouble(visit: Visit, error: DesksideError | None) -> str:
    if error is None:
        return ""
    if isinstance(error, SettingsRefusedError):
        return visit.say(_("Nothing was saved yet. Check these, then save again:"))
    return said(error, visit.say)


def _look_at(visit: Visit, error: DesksideError | None) -> list[tuple[str, str]]:
    """Return the settings to look at, each as the form's line is called and as people call it."""
    if isinstance(error, SettingsRefusedError):
        keys = [problem.key for problem in (*error.problems, *error.confirmable)]
    else:
        keys = list(error.keys) if isinstance(error, ConflictError) else []
    return [(key.replace(".", "-"), visit.say(CATALOGUE.setting(key).label)) for key in dict.fromkeys(keys)]


def _lockable(tab: declare.Tab, kind: holders.HolderKind) -> frozenset[str]:
    """Return the settings that someone below could choose otherwise."""
    return frozenset(
        setting.key
        for section, settings in CATALOGUE.of(kind, tab)
        for setting in settings
        if section.inherits and holders.HolderKind.GROUP in section.units_of(setting)
    )
