"""Units are made and edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from relay.accounts.model import PersonRow
from relay.accounts.rules import Licence, Role, Status, email_key
from relay.field_errors import FieldError
from relay.organization.audit import Action, Done
from relay.organization.fields import cleaned, fields_of, guard_of
from relay.organization.guard import Guard
from relay.organization.rules import (
    WrongPlaceError,
    check_place,
    check_reach,
    check_somebody_left,
    rights_are_whole,
)
from relay.organization.unit_of_work import PARENTS, ROLES, TABLES, UnitOfWork
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.permissions import locks

_LICENCES = {licence.value: licence for licence in Licence}
_OF_A_DRAFT = frozenset({"email"})
"""What a key may write of a technician that it makes: disabled, so a person has to let that technician in."""


@dataclass(frozen=True)
class Prepared:
    """A unit that can be made: its row, not yet stored, and the licences that it shall have."""

    kind: UnitKind
    place: Unit
    row: Any
    licences: tuple[Licence, ...]


async def create(work: UnitOfWork, kind: UnitKind, place: Unit, values: Mapping[str, object]) -> Unit:
    """Make a unit at a place (ORG-13). It may be incomplete at first; a name it has from the beginning."""
    prepared = await prepare(work, kind, place, values)
    work.transaction.add(prepared.row)
    await work.transaction.flush()
    return await complete(work, prepared)


async def prepare(work: UnitOfWork, kind: UnitKind, place: Unit, values: Mapping[str, object]) -> Prepared:
    """Return a unit that passes every check but that of licences. Many are stored together faster than one by one."""
    check_place(kind, place.kind)
    if not place.is_root:
        await work.load(place)
    check_reach(work.reach, kind, [place.id or None])
    stored = cleaned(kind, values)
    _check_may_open(work, kind, stored)
    if "name" not in stored:
        raise FieldError("name", "empty", "Enter a name.")
    row = TABLES[kind](name=stored["name"], version=1, made_at=work.now, changed_at=work.now)
    if kind in PARENTS:
        setattr(row, PARENTS[kind], place.id or None)
    if kind in PEOPLE:
        row.role, row.email, row.status = ROLES[kind][0], "", Status.DISABLED
    elif kind is UnitKind.CHANNEL:
        row.position = 1 + max(await work.transaction.scalars(select(TABLES[kind].position)), default=0)
    licences = [_LICENCES[key] for key in _LICENCES if stored.pop(key, False)]
    with work.transaction.no_autoflush:
        for key, value in stored.items():
            await _set(work, kind, row, key, value)
        _check_whole(kind, row)
    return Prepared(kind, place, row, tuple(licences))


async def complete(work: UnitOfWork, prepared: Prepared) -> Unit:
    """Give a unit that has just been stored its licences and its place, and note that it was made."""
    kind, place, row = prepared.kind, prepared.place, prepared.row
    unit = Unit(kind, row.id)
    for licence in prepared.licences:
        await work.give_licence(unit.id, licence)
    if kind is UnitKind.TECHNICIAN_GROUP:
        work.technician_groups = work.technician_groups.with_parent(unit.id, place.id or None)
        await locks.begin_like_parent(work, unit.id)
    elif kind is UnitKind.ADMINISTRATOR_GROUP:
        work.administrator_groups = work.administrator_groups.with_parent(unit.id, place.id or None)
    work.record(unit, row.name, Done.ADD, field="name", new_value=row.name, new_action=Action.ADDED, version=1)
    return unit


async def edit(
    work: UnitOfWork, unit: Unit, version: int, values: Mapping[str, object], *, revoke_keys: bool = True
) -> int:
    """Store what was entered in a unit's form, which was drawn with `version`; return the new version.

    `revoke_keys`: the API keys of someone whose credentials change end with them.
    """
    row = await work.load_own(unit)
    wanted = cleaned(unit.kind, values)
    present = await present_values(work, unit, row)
    differing = {key: value for key, value in wanted.items() if value != present[key]}
    if not differing:
        return int(row.version)
    _check_may_edit(work, unit, row, differing)
    await work.check_meanwhile(unit, row, version, differing)
    may_lose_ruler = unit.kind is UnitKind.MASTER_ADMINISTRATOR
    owners = await work.rulers(Role.ACCOUNT_OWNER) if may_lose_ruler else frozenset()
    rulers = await work.rulers() if may_lose_ruler else frozenset()
    row.version += 1
    row.changed_at = work.now
    for key, value in differing.items():
        if key in _LICENCES:
            change = work.give_licence if value else work.take_licence
            await change(unit.id, _LICENCES[key])
        else:
            await _set(work, unit.kind, row, key, value)
        work.record_field(unit, row, key, present[key], value)
    _check_whole(unit.kind, row)
    await work.transaction.flush()
    if may_lose_ruler:
        check_somebody_left(owners, await work.rulers(Role.ACCOUNT_OWNER))
        check_somebody_left(rulers, await work.rulers())
    if differing.get("status") == Status.DISABLED:
        await _shut_out(work, unit)
    if unit.kind in PEOPLE and any(fields_of(unit.kind)[key].is_credential for key in differing):
        work.credentials_changed(unit.id, revoke_keys=revoke_keys)
    return int(row.version)


def _check_may_open(work: UnitOfWork, kind: UnitKind, stored: Mapping[str, object]) -> None:
    """Check the guard of a new person: what opens the account, and of administrators that there is one at all."""
    if kind not in PEOPLE:
        return
    opens = {key: value for key, value in stored.items() if value not in ("", None, Status.DISABLED)}
    if work.actor.key is not None and kind is UnitKind.TECHNICIAN:
        opens = {key: value for key, value in opens.items() if key not in _OF_A_DRAFT}
    guard = guard_of(kind, opens)
    if kind is not UnitKind.TECHNICIAN:
        guard = max(guard, Guard.PEOPLE)
    work.check_guard(guard, Role(str(stored.get("role", ROLES[kind][0]))))


def _check_may_edit(work: UnitOfWork, unit: Unit, row: Any, differing: Mapping[str, object]) -> None:
    """Check the guards of all fields that change, against what the person is and would become."""
    concerned = [Role(row.role), Role(str(differing.get("role", row.role)))] if unit.kind in PEOPLE else []
    work.check_guard(guard_of(unit.kind, differing), *concerned)


async def present_values(work: UnitOfWork, unit: Unit, row: Any) -> dict[str, object]:
    """Return the value of each field of a unit."""
    licences = await work.licences(unit.id) if unit.kind in PEOPLE else frozenset()
    return {key: _LICENCES[key] in licences if key in _LICENCES else getattr(row, key) for key in fields_of(unit.kind)}


async def _set(work: UnitOfWork, kind: UnitKind, row: Any, key: str, value: Any) -> None:
    if kind in PEOPLE:
        if key == "email":
            await _set_email(work, row, value)
        elif key == "sso_id" and value is not None and await _is_taken(work, row, PersonRow.sso_id == value):
            raise FieldError("sso_id", "taken", "Someone else already has this single sign-on ID.")
    setattr(row, key, value)


async def _set_email(work: UnitOfWork, row: Any, email: str) -> None:
    if not email and row.valid_since is not None:
        raise FieldError("email", "empty", "Enter an e-mail address. It is needed to sign in.")
    key = email_key(email) if email else None
    if key is not None and await _is_address_taken(work, row, key):
        raise FieldError("email", "taken", "Someone else already uses this address.")
    row.email_key = key
    if key is not None and row.valid_since is None:
        row.valid_since = work.now  # added to the organisation from this moment on (ORG-33)


async def _is_address_taken(work: UnitOfWork, row: Any, key: str) -> bool:
    if work.crowd is not None:
        return bool(work.crowd.addresses.get(key, row.id) != row.id)
    return await _is_taken(work, row, PersonRow.email_key == key)


async def _is_taken(work: UnitOfWork, row: Any, by: Any) -> bool:
    with work.transaction.no_autoflush:
        found = await work.transaction.scalars(select(PersonRow.id).where(by))
        return any(person != row.id for person in found)


def _check_whole(kind: UnitKind, row: Any) -> None:
    """Look at fields that depend on one another."""
    if kind is UnitKind.ADMINISTRATOR_GROUP and not rights_are_whole(
        row.rights or "standard", bool(row.allow_command_center), bool(row.allow_reports)
    ):
        raise FieldError("rights", "restricted_to_nothing", "Leave at least one of the two selected.")


async def _shut_out(work: UnitOfWork, unit: Unit) -> None:
    if unit.kind in PEOPLE:
        work.shut_out.add(unit.id)
    elif unit.kind in (UnitKind.TECHNICIAN_GROUP, UnitKind.ADMINISTRATOR_GROUP):
        work.shut_out |= await work.members_below(unit.kind, unit.id)


async def set_status(work: UnitOfWork, units: list[Unit], status: Status) -> None:
    """Enable or disable several units together."""
    for unit in units:
        if "status" not in fields_of(unit.kind):
            raise WrongPlaceError("This has no status.")
        row = await work.load_own(unit)
        await edit(work, unit, row.version, {"status": status.value})
