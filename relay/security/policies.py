"""What the organisation chose about security, read at the moment at which it is needed: a change holds at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import PersonRow
from relay.accounts.rules import Licence, Role
from relay.organization.model import AdministratorLinkRow, SettingValueRow
from relay.organization.units import UnitKind
from relay.organization.work import read_forest
from relay.security.strength import Level
from relay.settings.catalogue import CATALOGUE
from relay.settings.declare import Json
from relay.settings.inheritance import Stored, held
from relay.settings.networks import allows
from relay.settings.units import Entry, Kind, Tree, Unit

ORGANISATION = Unit(Kind.ORGANISATION, 0)
_KEYS = (
    "password.level",
    "password.age",
    "password.warn",
    "password.change_after_reset",
    "two_step.required",
    "addresses.access",
    "addresses.exceptions",
    "privacy.store_addresses",
    "api.rate",
)


@dataclass(frozen=True)
class AddressRule:
    """Who may come in: access is granted or denied by default, and the exceptions turn that round."""

    access: str
    exceptions: tuple[str, ...]

    def allows(self, address: str) -> bool:
        """Whether this address may."""
        return allows(self.access, self.exceptions, address)


@dataclass(frozen=True)
class Policies:
    """What holds for everybody."""

    least: Level
    age_days: int
    warn_days: int
    change_after_reset: bool
    two_step: frozenset[str]
    addresses: AddressRule
    store_customer_addresses: bool
    calls_a_minute: int

    def asks_second_step(self, role: Role, licences: Iterable[Licence]) -> bool:
        """Whether somebody must use the second step (SEC-36). Who administers and serves is in both groups (SEC-40)."""
        if role is Role.TECHNICIAN:
            return "technicians" in self.two_step
        both = Licence.STANDARD in licences
        return "administrators" in self.two_step or (both and "technicians" in self.two_step)


async def read_policies(transaction: AsyncSession) -> Policies:
    """Return what holds now."""
    stored = await _stored(transaction, [ORGANISATION], _KEYS)
    tree = Tree([Entry(ORGANISATION, "", None)])

    def value(key: str) -> Json:
        return held(CATALOGUE, tree, stored, ORGANISATION, key).value

    return Policies(
        Level.of(value("password.level")),
        value("password.age"),
        value("password.warn"),
        value("password.change_after_reset"),
        frozenset(value("two_step.required")),
        AddressRule(value("addresses.access"), tuple(value("addresses.exceptions"))),
        value("privacy.store_addresses"),
        value("api.rate"),
    )


async def may_work_from(transaction: AsyncSession, person: PersonRow, address: str) -> bool:
    """Whether the groups that bind somebody let his console, and his keys, in from an address (SEC-67)."""
    groups = await _groups_of(transaction, person)
    rules = await console_rules(transaction, groups) if groups else []
    return all(rule.allows(address) for rule in rules)


async def console_rules(transaction: AsyncSession, groups: Iterable[int]) -> list[AddressRule]:
    """Return the rules of technician groups for the console's address: all of them must let somebody in (SEC-67)."""
    keys = ("console_addresses.access", "console_addresses.exceptions")
    forest = await read_forest(transaction, UnitKind.TECHNICIAN_GROUP)
    rules = []
    for group in groups:
        above = [Unit(Kind.GROUP, each) for each in forest.up(group)] if group in forest else []
        chain = [*above, ORGANISATION]
        stored = await _stored(transaction, chain, keys)
        parents = dict(zip(chain, [*chain[1:], None], strict=True))
        tree = Tree([Entry(unit, "", parent) for unit, parent in parents.items()])
        access, exceptions = (held(CATALOGUE, tree, stored, chain[0], key).value for key in keys)
        rules.append(AddressRule(access, tuple(exceptions)))
    return rules


async def _groups_of(transaction: AsyncSession, row: PersonRow) -> list[int]:
    """Return the technician groups whose rule binds somebody at the console (EDGE-18)."""
    role = Role(row.role)
    if role.rules_all:
        return []
    if role is Role.TECHNICIAN:
        return [] if row.technician_group_id is None else [row.technician_group_id]
    table = AdministratorLinkRow
    holder = table.person_id == row.id
    if row.administrator_group_id is not None:
        holder |= table.administrator_group_id == row.administrator_group_id
    linked = await transaction.scalars(select(table.technician_group_id).where(holder))
    return [group for group in linked if group is not None]


async def _stored(transaction: AsyncSession, units: Iterable[Unit], keys: Iterable[str]) -> Stored:
    wanted = set(units)
    query = select(SettingValueRow).where(
        SettingValueRow.unit_kind.in_({unit.kind.value for unit in wanted}),
        SettingValueRow.unit_id.in_({unit.id for unit in wanted}),
        SettingValueRow.key.in_([name for key in keys for name in (key, f"lock:{key}")]),
    )
    found: dict[Unit, dict[str, Json]] = {}
    for row in await transaction.scalars(query):
        found.setdefault(Unit(Kind(row.unit_kind), row.unit_id), {})[row.key] = row.value
    return found
