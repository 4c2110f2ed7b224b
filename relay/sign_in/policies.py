"""What the organisation chose about security, read at the moment at which it is needed: a change holds at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import PersonRow
from relay.accounts.rules import Licence, Role
from relay.credentials.password_strength import Level
from relay.organization.ancestry import read_ancestry
from relay.organization.model import AdministratorLinkRow, TechnicianGroupRow
from relay.settings.catalogue import CATALOGUE
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree
from relay.settings.inheritance import held
from relay.settings.network_rules import allows
from relay.settings.table import values_of

ORGANISATION = Holder(HolderKind.ORGANISATION, 0)
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
        """Whether someone must use the second step (SEC-36). Who administers and serves is in both groups (SEC-40)."""
        if role is Role.TECHNICIAN:
            return "technicians" in self.two_step
        both = Licence.STANDARD in licences
        return "administrators" in self.two_step or (both and "technicians" in self.two_step)


async def read_policies(transaction: AsyncSession) -> Policies:
    """Return what holds now."""
    stored = await values_of(transaction, [ORGANISATION], _KEYS)
    tree = Tree([HolderEntry(ORGANISATION, "", None)])

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
    """Whether the groups that bind someone let his console, and his keys, in from an address (SEC-67)."""
    return all(rule.allows(address) for rule in (await console_rules(transaction, [person]))[person.id])


async def console_rules(transaction: AsyncSession, people: Sequence[PersonRow]) -> dict[int, list[AddressRule]]:
    """Return the rules that bind each of these people at the console: all of them must let someone in (SEC-67)."""
    binding = await _groups_of(transaction, people)
    rules = await _rules_of(transaction, {group for groups in binding.values() for group in groups})
    return {person: [rules[group] for group in groups] for person, groups in binding.items()}


async def _rules_of(transaction: AsyncSession, groups: Collection[int]) -> dict[int, AddressRule]:
    if not groups:
        return {}
    keys = ("console_addresses.access", "console_addresses.exceptions")
    chains = await read_ancestry(transaction, TechnicianGroupRow, groups)
    above = {each for chain in chains.values() for each in chain.groups}
    stored = await values_of(transaction, [ORGANISATION, *(Holder(HolderKind.GROUP, each) for each in above)], keys)
    rules = {}
    for group in groups:
        found = chains[group].groups if group in chains else ()
        chain = [*(Holder(HolderKind.GROUP, each) for each in found), ORGANISATION]
        parents = dict(zip(chain, [*chain[1:], None], strict=True))
        tree = Tree([HolderEntry(unit, "", parent) for unit, parent in parents.items()])
        access, exceptions = (held(CATALOGUE, tree, stored, chain[0], key).value for key in keys)
        rules[group] = AddressRule(access, tuple(exceptions))
    return rules


async def _groups_of(transaction: AsyncSession, people: Sequence[PersonRow]) -> dict[int, list[int]]:
    """Return the technician groups whose rule binds each of these people at the console (EDGE-18)."""
    binding: dict[int, list[int]] = {row.id: [] for row in people}
    linked = [row for row in people if not Role(row.role).rules_all and row.role != Role.TECHNICIAN]
    for row in people:
        if row.role == Role.TECHNICIAN and row.technician_group_id is not None:
            binding[row.id] = [row.technician_group_id]
    if linked:
        table = AdministratorLinkRow
        own = {row.administrator_group_id for row in linked} - {None}
        holders = table.person_id.in_([row.id for row in linked]) | table.administrator_group_id.in_(own)
        links = list(await transaction.scalars(select(table).where(holders, table.technician_group_id.is_not(None))))
        for row in linked:
            binding[row.id] = [
                link.technician_group_id
                for link in links
                if link.technician_group_id is not None
                and (link.person_id == row.id or link.administrator_group_id in {row.administrator_group_id} - {None})
            ]
    return binding
