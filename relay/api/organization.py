"""The organisation by JSON: everything that the Admin Center does to people, groups and their permissions."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.accounts.rules import Role, Status
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.organization.fields import fields_of
from relay.organization.queries import Node, Shown
from relay.organization.rules import NotThereError
from relay.organization.service import Organisation
from relay.organization.tree import Drag
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import BY_KEY
from relay.permissions.service import PermissionChange, Permissions, UnknownPermissionError
from relay.store.database import MAX_ID

MAX_TOGETHER = 1_000
Number = Annotated[int, Meta(ge=0, le=MAX_ID)]
Value = str | bool | None


class UnitName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One unit: its kind, and its number among its kind; a root has number 0."""

    kind: UnitKind
    id: Number = 0

    @classmethod
    def of(cls, unit: Unit) -> "UnitName":
        """Return the name of a unit."""
        return cls(kind=unit.kind, id=unit.id)

    @property
    def unit(self) -> Unit:
        """Return what is named."""
        return Unit(self.kind, self.id)


Units = Annotated[list[UnitName], Meta(min_length=1, max_length=MAX_TOGETHER)]


class TreeNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place in the tree. `linked`: only at the disposal of what is above; `active` counts the groups above."""

    kind: UnitKind
    id: int
    name: str
    enabled: bool
    active: bool
    linked: bool = False
    children: list["TreeNode"] = []


class UnitShown(Struct, frozen=True, kw_only=True):
    """One unit in full. An edit names `version`, or the ETag in If-Match."""

    kind: UnitKind
    id: int
    name: str
    place: UnitName | None
    place_name: str
    version: int
    values: dict[str, Value]
    made_at: datetime
    changed_at: datetime
    valid_since: datetime | None
    role: Role | None


class FieldShown(Struct, frozen=True, kw_only=True):
    """One field of a kind of unit."""

    key: str
    label: str
    section: str
    help: str
    in_effect: bool


class ReachShown(Struct, frozen=True, kw_only=True):
    """What the caller can manage: everything, or these technician groups with all in them."""

    all: bool
    at_top: bool
    groups: list[int]
    may_arrange: bool
    command_center: bool
    reports: bool


class NewUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit to make; `values` hold at least a name."""

    kind: UnitKind
    place: UnitName
    values: dict[str, Value]


class UnitEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields to change. What others changed since `version` is never overwritten unseen.

    Where how a person signs in changes, their API keys are revoked too unless `revoke_keys` is false.
    """

    values: dict[str, Value]
    version: Number | None = None
    revoke_keys: bool = True


class UnitsOnly(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several units."""

    units: Units


class UnitsStatus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several units, and their new status."""

    units: Units
    status: Status


class UnitsTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several units, and the target to move or assign them to."""

    units: Units
    target: UnitName


class DragMeaning(Struct, frozen=True, kw_only=True):
    """What dropping units on a target does."""

    meaning: Drag


class Exclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a technician stays off a channel that his group serves."""

    excluded: bool


class PermissionShown(Struct, frozen=True, kw_only=True):
    """How a permission stands for a group: `locked` for all but master administrators, `by_group` by whose lock."""

    label: str
    enabled: bool
    option: str | None
    options: list[str]
    locked: bool
    by_group: int | None
    in_effect: bool
    """False for what is planned: it is kept, and nothing obeys it yet."""


class PermissionsShown(Struct, frozen=True, kw_only=True):
    """All permissions of a technician group, in the order of its form."""

    version: int
    permissions: dict[str, PermissionShown]


class PermissionWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new value of a permission. Without `locked` the lock does not change."""

    enabled: bool
    option: str | None = None
    locked: bool | None = None


class PermissionsEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Permissions to change."""

    permissions: dict[str, PermissionWish]
    version: Number | None = None


class Targets(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The technician groups and channels that a group can transfer to or invite from."""

    units: Annotated[list[UnitName], Meta(max_length=MAX_TOGETHER)]


class OrganisationApi:
    """The calls on units."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    @call("GET", "/organisation/tree", Scope.ORGANISATION_READ)
    async def tree(self, asked: Asked[NoQuery, NoBody]) -> list[TreeNode]:
        """Return the tree, as far as you have access to it."""
        return [_node(node) for node in await self._organisation.tree(asked.actor, asked.now)]

    @call("GET", "/organisation/reach", Scope.ORGANISATION_READ)
    async def reach(self, asked: Asked[NoQuery, NoBody]) -> ReachShown:
        """Return what you can manage."""
        reach = await self._organisation.reach(asked.actor, asked.now)
        return ReachShown(
            all=reach.all,
            at_top=reach.at_top,
            groups=sorted(reach.groups),
            may_arrange=reach.may_arrange,
            command_center=reach.command_center,
            reports=reach.reports,
        )

    @call("GET", "/organisation/fields", Scope.ORGANISATION_READ)
    async def fields(self, asked: Asked[NoQuery, NoBody]) -> dict[str, list[FieldShown]]:
        """Return the fields of each kind of unit, in the order of its form."""
        return {
            kind.value: [
                FieldShown(
                    key=field.key,
                    label=field.label,
                    section=field.section,
                    help=field.help,
                    in_effect=field.in_effect,
                )
                for field in fields_of(kind).values()
            ]
            for kind in UnitKind
            if fields_of(kind)
        }

    @call("POST", "/units", Scope.ORGANISATION_WRITE, status=201)
    async def create_unit(self, asked: Asked[NoQuery, NewUnit]) -> UnitShown:
        """Create a unit in the tree. With a key: no administrators, and technicians disabled."""
        new = asked.body
        unit = await self._organisation.create(asked.actor, new.kind, new.place.unit, new.values, asked.now)
        return _shown(await self._organisation.show(asked.actor, unit, asked.now))

    @call("GET", "/units/{kind}/{id}", Scope.ORGANISATION_READ)
    async def show_unit(self, asked: Asked[NoQuery, NoBody]) -> UnitShown:
        """Return one unit with all its fields."""
        return _shown(await self._organisation.show(asked.actor, unit_of(asked), asked.now))

    @call("PATCH", "/units/{kind}/{id}", Scope.ORGANISATION_WRITE)
    async def edit_unit(self, asked: Asked[NoQuery, UnitEdit]) -> UnitShown:
        """Change fields of a unit. Other people's changes to other fields are kept.

        With a key nothing that leads to a sign-in: address, single sign-on ID, status, role, rights.
        """
        unit, version, said = unit_of(asked), asked.version(asked.body.version), asked.body
        await self._organisation.edit(asked.actor, unit, version, said.values, asked.now, revoke_keys=said.revoke_keys)
        return _shown(await self._organisation.show(asked.actor, unit, asked.now))

    @call("GET", "/units/{kind}/{id}/creatable", Scope.ORGANISATION_READ)
    async def creatable(self, asked: Asked[NoQuery, NoBody]) -> list[UnitKind]:
        """Return what you may create at a place, in the order of the menu."""
        return list(await self._organisation.creatable(asked.actor, unit_of(asked), asked.now))

    @call("POST", "/units/status", Scope.ORGANISATION_WRITE)
    async def set_status(self, asked: Asked[NoQuery, UnitsStatus]) -> None:
        """Enable or disable several units. With a key, neither people nor groups of people."""
        await self._organisation.set_status(asked.actor, _units(asked.body.units), asked.body.status, asked.now)

    @call("POST", "/units/move", Scope.ORGANISATION_WRITE)
    async def move_units(self, asked: Asked[NoQuery, UnitsTarget]) -> None:
        """Move units with all their content."""
        await self._organisation.move(asked.actor, _units(asked.body.units), asked.body.target.unit, asked.now)

    @call("POST", "/units/link", Scope.ORGANISATION_WRITE)
    async def link_units(self, asked: Asked[NoQuery, UnitsTarget]) -> None:
        """Assign units to a target. They stay in their place too."""
        await self._organisation.link(asked.actor, _units(asked.body.units), asked.body.target.unit, asked.now)

    @call("POST", "/units/unlink", Scope.ORGANISATION_WRITE)
    async def unlink_units(self, asked: Asked[NoQuery, UnitsTarget]) -> None:
        """Unassign units from a target."""
        await self._organisation.unlink(asked.actor, _units(asked.body.units), asked.body.target.unit, asked.now)

    @call("POST", "/units/preview-drag", Scope.ORGANISATION_WRITE)
    async def preview_drag(self, asked: Asked[NoQuery, UnitsTarget]) -> DragMeaning:
        """Preview dropping units on a target: what it would do, or why it is not possible. Changes nothing."""
        units, target = _units(asked.body.units), asked.body.target.unit
        return DragMeaning(meaning=await self._organisation.preview_drag(asked.actor, units, target, asked.now))

    @call("POST", "/units/delete", Scope.ORGANISATION_WRITE)
    async def delete_units(self, asked: Asked[NoQuery, UnitsOnly]) -> None:
        """Remove several units. Their history is kept. With a key no people."""
        await self._organisation.delete(asked.actor, _units(asked.body.units), asked.now)

    @call("PUT", "/technicians/{id}/channels/{channel}", Scope.ORGANISATION_WRITE)
    async def exclude_technician(self, asked: Asked[NoQuery, Exclusion]) -> None:
        """Unassign a technician from a channel of their group, or assign them again."""
        technician = Unit(UnitKind.TECHNICIAN, asked.number())
        channel = Unit(UnitKind.CHANNEL, asked.number("channel"))
        await self._organisation.exclude(asked.actor, technician, channel, asked.body.excluded, asked.now)


class PermissionsApi:
    """The calls on what technician groups may do."""

    def __init__(self, permissions: Permissions, organisation: Organisation) -> None:
        self._permissions = permissions
        self._organisation = organisation

    @call("GET", "/technician-groups/{id}/permissions", Scope.ORGANISATION_READ)
    async def show_permissions(self, asked: Asked[NoQuery, NoBody]) -> PermissionsShown:
        """Return all permissions of a group, with the locks that hold them."""
        group = Unit(UnitKind.TECHNICIAN_GROUP, asked.number())
        version = (await self._organisation.show(asked.actor, group, asked.now)).version
        permission_states = await self._permissions.of_group(asked.actor, group, asked.now)
        shown = {
            key: PermissionShown(
                label=BY_KEY[key].label,
                enabled=state.enabled,
                option=state.option,
                options=list(BY_KEY[key].options),
                locked=state.locked,
                by_group=state.by_group,
                in_effect=BY_KEY[key].in_effect,
            )
            for key, state in permission_states.items()
        }
        return PermissionsShown(version=version, permissions=shown)

    @call("PATCH", "/technician-groups/{id}/permissions", Scope.ORGANISATION_WRITE)
    async def edit_permissions(self, asked: Asked[NoQuery, PermissionsEdit]) -> PermissionsShown:
        """Change permissions of a group. Master administrators can also lock and unlock them."""
        group = Unit(UnitKind.TECHNICIAN_GROUP, asked.number())
        wishes = {
            key: PermissionChange(wish.enabled, wish.option, wish.locked)
            for key, wish in asked.body.permissions.items()
        }
        await self._permissions.set(asked.actor, group, asked.version(asked.body.version), wishes, asked.now)
        return await self.show_permissions(Asked(asked.request, NoQuery(), NoBody(), asked.now, asked.caller))

    @call("GET", "/technician-groups/{id}/permissions/{key}/targets", Scope.ORGANISATION_READ)
    async def show_targets(self, asked: Asked[NoQuery, NoBody]) -> Targets:
        """Return the selected targets of `transfer` or `invite`."""
        group, key = Unit(UnitKind.TECHNICIAN_GROUP, asked.number()), _with_targets(asked.word("key"))
        found = await self._permissions.targets_of_group(asked.actor, group, key, asked.now)
        return Targets(units=[UnitName.of(unit) for unit in sorted(found)])

    @call("PUT", "/technician-groups/{id}/permissions/{key}/targets", Scope.ORGANISATION_WRITE)
    async def set_targets(self, asked: Asked[NoQuery, Targets]) -> None:
        """Select the targets of `transfer` or `invite`."""
        group, key = Unit(UnitKind.TECHNICIAN_GROUP, asked.number()), _with_targets(asked.word("key"))
        await self._permissions.set_targets(asked.actor, group, key, _units(asked.body.units), asked.now)


def unit_of(asked: Asked[Any, Any]) -> Unit:
    """Return the unit that a path names. Raises NotThereError."""
    try:
        return Unit(UnitKind(asked.word("kind")), asked.number())
    except ValueError:
        raise NotThereError(NotThereError.__doc__) from None


def _with_targets(key: str) -> str:
    if key not in BY_KEY or not BY_KEY[key].target_kinds:
        raise UnknownPermissionError(UnknownPermissionError.__doc__)
    return key


def _units(named: list[UnitName]) -> list[Unit]:
    return list(dict.fromkeys(each.unit for each in named))


def _node(node: Node) -> TreeNode:
    return TreeNode(
        kind=node.unit.kind,
        id=node.unit.id,
        name=node.name,
        enabled=node.enabled,
        active=node.active,
        linked=node.linked,
        children=[_node(child) for child in node.children],
    )


def _shown(shown: Shown) -> UnitShown:
    return UnitShown(
        kind=shown.unit.kind,
        id=shown.unit.id,
        name=shown.name,
        place=None if shown.place is None else UnitName.of(shown.place),
        place_name=shown.place_name,
        version=shown.version,
        values={key: value for key, value in shown.values.items() if isinstance(value, str | bool | None)},
        made_at=shown.made_at,
        changed_at=shown.changed_at,
        valid_since=shown.valid_since,
        role=shown.role,
    )
