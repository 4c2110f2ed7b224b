"""The Organisation tab: the form of whatever is chosen in the tree, and what saving it does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from codec.errors import DesksideError
from relay.admin import organization_form, sign_in
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.menu import ADD, CREATE, creatable
from relay.admin.navigation import START, Tab, address
from relay.admin.outline import path_to, units_below
from relay.admin.receipts import Receipts
from relay.admin.settings import concerned_by, has_settings
from relay.admin.sign_in import Act, SignInPart
from relay.credentials.staff import Staff
from relay.field_errors import FieldError
from relay.organization.fields import LICENCES, fields_of
from relay.organization.first_steps import Progress
from relay.organization.guard import OutrankedError
from relay.organization.queries import Node, Shown
from relay.organization.rules import (
    ChangedMeanwhileError,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotThereError,
)
from relay.organization.service import Organisation
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.permissions.service import PermissionChange, Permissions
from relay.settings.sentences import Translate
from relay.texts import _
from relay.web.numbers import whole

_TAB = Tab.ORGANIZATION
_REFUSALS = (FieldError, ChangedMeanwhileError, LastOneError, LockedError, NoLicenceLeftError, OutrankedError)
_Undone = tuple[dict[str, object], dict[str, PermissionChange]]
"""Fields and permissions as they were before a save."""
_WITHOUT_FORM: Mapping[UnitKind, str] = {
    UnitKind.MASTER_ADMINISTRATORS: _(
        "Master administrators manage the whole organisation, its settings and its people."
    ),
    UnitKind.ADMINISTRATORS: _("Administrators manage the technician groups that are assigned to them."),
    UnitKind.TECHNICIANS: _("Technicians help customers. Their group decides what they can do."),
    UnitKind.CHANNELS: _(
        "Channels are ways for customers to reach a group: a link on your web site leads into one. "
        "Rename those that you use, and create more if you need them."
    ),
    UnitKind.EXTERNAL: _("People outside the organisation who can be invited into a session."),
    UnitKind.COMPUTERS: _("Computers that can be reached when no one is there. Technicians add them during a session."),
}
_OTHER_FIELDS: Mapping[str, str] = {"password": _("New password"), "confirm": _("Confirm new password")}


@dataclass(frozen=True)
class Entered:
    """What someone wanted to save, and why it was not."""

    values: Mapping[str, object]
    wishes: Mapping[str, PermissionChange]
    error: DesksideError | None = None


class OrganizationTab:
    """Draws and saves it."""

    def __init__(
        self,
        base: AdminBase,
        organisation: Organisation,
        permissions: Permissions,
        staff: Staff,
        sign_in: SignInPart,
        receipts: Receipts,
        offer: Callable[[Visit], Awaitable[Progress | None]],
    ) -> None:
        """`offer` says how far the first steps are, where they are to be offered."""
        self._base = base
        self._staff = staff
        self._offer = offer
        self._sign_in = sign_in
        self._organisation = organisation
        self._permissions = permissions
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        path = f"/admin/{_TAB.value}/{{unit}}"
        return [
            self._base.shown(path, self._show, _TAB),
            self._base.posted(path, self._save, _TAB, again=self._again),
            self._base.posted(path + "/check", self._check, _TAB),
            self._base.posted(path + "/password", self._save, _TAB, again=self._again),
            *(
                self._base.posted(f"{path}/{name}", partial(self._save, then=act), _TAB, again=self._again)
                for name, act in self._sign_in.actions.items()
            ),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        unit = visit.unit()
        if unit.is_root:
            return await self._draw_root(visit, unit)
        return await self._draw(visit, unit, None)

    async def _draw_root(self, visit: Visit, unit: Unit) -> web.Response:
        roots = await self._base.roots(visit)
        way = path_to(roots, unit)
        if not way and unit != START:
            raise NotThereError(NotThereError.__doc__)
        inside = list(units_below(way[-1])) if way else []
        possible = creatable(await self._organisation.creatable(visit.actor, unit, visit.now), planned=visit.planned)
        facts: dict[str, Any] = {
            "about": visit.say(_WITHOUT_FORM[unit.kind]),
            "first_steps": await self._offer(visit) if unit == START else None,
            "counts": _counts(unit.kind, len(way[-1].children) if way else 0),
            "people": sum(node.unit.kind in PEOPLE for node in inside),
            "groups": sum(node.unit.kind.value.endswith("_group") for node in inside),
            "brings_in": bool(PEOPLE & {*possible}) or unit == START,
            "creatable": [
                (kind.value, visit.say(CREATE[kind][0])) for kind in possible if kind in CREATE and kind not in ADD
            ],
            "addable": self._addable(visit, unit, possible, inside),
        }
        return await self._base.draw(visit, "root", _TAB, unit, **facts)

    @staticmethod
    def _addable(
        visit: Visit, unit: Unit, possible: Sequence[UnitKind], inside: Sequence[Node]
    ) -> list[tuple[str, str]]:
        """Return who can be added here, each with the address of the form: the first group takes technicians."""
        found = [(visit.say(ADD[kind]), f"{address(_TAB, unit)}/add/{kind.value}") for kind in possible if kind in ADD]
        group = next((node.unit for node in inside if node.unit.kind is UnitKind.TECHNICIAN_GROUP), None)
        if unit.kind is UnitKind.TECHNICIANS and group is not None:
            kind = UnitKind.TECHNICIAN
            found.insert(0, (visit.say(ADD[kind]), f"{address(_TAB, group)}/add/{kind.value}"))
        return found

    async def _draw(self, visit: Visit, unit: Unit, entered: Entered | None) -> web.Response:
        shown = await self._organisation.show(visit.actor, unit, visit.now)
        concerned = concerned_by(_TAB, unit)
        conflicts = entered.error.fields if entered and isinstance(entered.error, ChangedMeanwhileError) else {}
        problems = self._at_fields(visit, entered)
        facts: dict[str, Any] = {
            "shown": shown,
            "parts": organization_form.parts(
                unit.kind,
                shown.values,
                visit.say,
                entered.values if entered else None,
                problems,
                conflicts,
                planned=visit.planned,
            ),
            "problems": problems,
            "trouble": self._trouble(visit, entered, problems),
            "look_at": [(key, label_of(unit.kind, key, visit.say)) for key in problems],
            "is_conflict": bool(conflicts),
            "stock": await self._organisation.licences(visit.actor, visit.now) if unit.kind in PEOPLE else {},
            "licences_part": LICENCES,
            "has_settings": concerned is not None and has_settings(_TAB, concerned.kind, planned=visit.planned),
            "allowances": await self._allowances(visit, unit, entered, conflicts),
            "addable": self._addable(visit, unit, await self._organisation.creatable(visit.actor, unit, visit.now), ()),
            **await self._sign_in.facts(visit, unit),
            **await self._places(visit, unit),
        }
        status = 422 if entered and entered.error else 200
        return await self._base.draw(visit, "organization", _TAB, unit, status, **facts)

    async def _again(self, visit: Visit) -> web.Response:
        """Draw the form as it was filled in: nothing was saved, and nothing that was typed is lost."""
        unit = visit.unit()
        values = organization_form.changed_fields(unit.kind, visit.form)
        wishes = organization_form.changed_permissions(visit.form) if unit.kind is UnitKind.TECHNICIAN_GROUP else {}
        return await self._draw(visit, unit, Entered(values, wishes))

    @staticmethod
    def _trouble(visit: Visit, entered: Entered | None, problems: Mapping[str, str]) -> str:
        if problems:
            return visit.say(_("Nothing was saved yet. Check:"))
        return said(entered.error, visit.say) if entered and entered.error else ""

    @staticmethod
    def _at_fields(visit: Visit, entered: Entered | None) -> dict[str, str]:
        if entered is None or entered.error is None:
            return {}
        if isinstance(entered.error, FieldError):
            return {entered.error.field: said(entered.error, visit.say)}
        if isinstance(entered.error, NoLicenceLeftError):
            given = [key for key in ("standard", "mobile") if entered.values.get(key)]
            return dict.fromkeys(given, said(entered.error, visit.say))
        return {}

    async def _allowances(
        self, visit: Visit, unit: Unit, entered: Entered | None, conflicts: Mapping[str, str]
    ) -> tuple[organization_form.Allowance, ...]:
        if unit.kind is not UnitKind.TECHNICIAN_GROUP:
            return ()
        state = await self._permissions.of_group(visit.actor, unit, visit.now)
        names = {node.unit.id: node.name for node in path_to(await self._base.roots(visit), unit)}
        wishes = entered.wishes if entered else None
        return organization_form.allowances(
            state, visit.say, unit.id, names, visit.reach.all, wishes, conflicts, planned=visit.planned
        )

    async def _places(self, visit: Visit, unit: Unit) -> dict[str, Any]:
        """Return the groups that a technician can be moved to (ORG-34)."""
        if unit.kind is not UnitKind.TECHNICIAN:
            return {"groups": ()}
        roots = await self._base.roots(visit)
        technicians = path_to(roots, Unit(UnitKind.TECHNICIANS))
        below = units_below(technicians[-1]) if technicians else ()
        return {"groups": [node for node in below if node.unit.kind is UnitKind.TECHNICIAN_GROUP]}

    async def _save(self, visit: Visit, then: Act | None = None) -> web.Response:
        """Keep what was changed, with the password that was typed; `then` is what the button does besides."""
        unit = visit.unit()
        shown = await self._organisation.show(visit.actor, unit, visit.now)
        values = organization_form.changed_fields(unit.kind, visit.form)
        wishes = organization_form.changed_permissions(visit.form) if unit.kind is UnitKind.TECHNICIAN_GROUP else {}
        undone: _Undone | None = await self._before(visit, unit, shown, values, wishes)
        try:
            seen, revoke = (
                _version(visit, shown),
                organization_form.REVOKE in visit.form or organization_form.ASKED not in visit.form,
            )
            password = self._sign_in.new_password(visit, unit)
            if password is not None:
                version = await self._staff.edit(
                    visit.actor, unit, seen, values, password, visit.now, revoke_keys=revoke
                )
            else:
                version = await self._store(visit, unit, seen, values, wishes, revoke_keys=revoke)
        except _REFUSALS as error:
            return await self._draw(visit, unit, Entered(values, wishes, error))
        details = organization_form.labels(unit.kind, [*values, *wishes], visit.say)
        if password is not None:
            details, undone = (*details, visit.say(_("Password"))), None
        if then is not None:
            return await self._act(visit, unit, then, details)
        if not details:
            return see(visit, address(_TAB, unit))
        return see(visit, address(_TAB, unit) + self._receipt(visit, unit, version, details, undone))

    async def _act(self, visit: Visit, unit: Unit, then: Act, details: tuple[str, ...]) -> web.Response:
        try:
            done = await then(visit, unit)
        except (*_REFUSALS, *sign_in.REFUSALS) as error:
            return await self._draw(visit, unit, Entered({}, {}, error))
        receipt = self._receipts.give(
            visit.identity.person.id, visit.say(done.text), details, at=visit.now, link=done.link
        )
        return see(visit, address(_TAB, unit) + receipt)

    async def _store(
        self,
        visit: Visit,
        unit: Unit,
        version: int,
        values: Mapping[str, object],
        wishes: Mapping[str, PermissionChange],
        *,
        revoke_keys: bool = True,
    ) -> int:
        if unit.kind is UnitKind.TECHNICIAN_GROUP:
            return await self._permissions.edit(visit.actor, unit, version, values, wishes, visit.now)
        return await self._organisation.edit(visit.actor, unit, version, values, visit.now, revoke_keys=revoke_keys)

    async def _before(
        self,
        visit: Visit,
        unit: Unit,
        shown: Shown,
        values: Mapping[str, object],
        wishes: Mapping[str, PermissionChange],
    ) -> _Undone:
        """Return what to write to take a save back."""
        old = {key: shown.values[key] for key in values}
        if not wishes:
            return old, {}
        state = await self._permissions.of_group(visit.actor, unit, visit.now)
        present = {
            key: PermissionChange(
                state[key].enabled, state[key].option, None if wish.locked is None else state[key].locked
            )
            for key, wish in wishes.items()
        }
        return old, present

    def _receipt(
        self,
        visit: Visit,
        unit: Unit,
        version: int,
        details: tuple[str, ...],
        before: _Undone | None,
    ) -> str:
        """Say what was saved. `before` None: it cannot be undone, as nobody knows the password of before."""

        async def undo(later: Visit) -> str:
            await self._store(later, unit, version, *(before or ({}, {})))
            return address(_TAB, unit)

        undoing = None if before is None else undo
        return self._receipts.give(visit.identity.person.id, visit.say(_("Saved")), details, undoing, at=visit.now)

    async def _check(self, visit: Visit) -> web.Response:
        """Say what is wrong with one value while the form is still open. What was left alone is not judged."""
        unit = visit.unit()
        await self._organisation.show(visit.actor, unit, visit.now)
        key = visit.request.query.get("field", "")
        changed = organization_form.changed_fields(unit.kind, visit.form)
        problem = ""
        if key in changed:
            try:
                fields_of(unit.kind)[key].clean(changed[key])
            except FieldError as error:
                problem = said(error, visit.say)
        return await self._base.draw_part(visit, "problem", key=key, problem=problem)


def _counts(kind: UnitKind, direct: int) -> tuple[str, int] | None:
    """Return what a root holds other than people and groups: which word counts it, and how many there are."""
    words = {UnitKind.CHANNELS: "channels", UnitKind.COMPUTERS: "computers"}
    return (words[kind], direct) if kind in words else None


def label_of(kind: UnitKind, key: str, say: Translate) -> str:
    """Return what a field of a form is called; also one that is no field of the unit."""
    fields = fields_of(kind)
    return say(fields[key].label if key in fields else _OTHER_FIELDS.get(key, key))


def _version(visit: Visit, shown: Shown) -> int:
    number = whole(visit.form.get("version", ""))
    return shown.version if number is None else number
