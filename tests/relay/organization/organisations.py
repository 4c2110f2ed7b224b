"""An organisation to work on: an owner, two groups, an administrator and technicians, made by the service itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.accounts.service import Accounts, NewPerson
from relay.organization.model import AuditEventRow
from relay.organization.rules import Actor
from relay.organization.service import Organisation
from relay.organization.transactions import Outcome, Transactions
from relay.organization.units import Unit, UnitKind
from relay.permissions.service import Permissions
from relay.store.database import Store
from tests.support.passwords import quick_passwords

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PROVED = datetime(9999, 1, 1, tzinfo=UTC)
"""When people in tests last gave their password: always just now."""
TECHNICIANS = Unit(UnitKind.TECHNICIANS)
ADMINISTRATORS = Unit(UnitKind.ADMINISTRATORS)
MASTERS = Unit(UnitKind.MASTER_ADMINISTRATORS)
EXTERNAL = Unit(UnitKind.EXTERNAL)
ADDRESS = "192.0.2.7"


@dataclass
class Place:
    """An organisation in a store, and shorthands for the stories that tests tell."""

    store: Store
    owner: Actor
    organisation: Organisation
    permissions: Permissions
    transactions: Transactions
    heard: list[Outcome] = field(default_factory=list)

    async def group(self, name: str, parent: Unit = TECHNICIANS) -> Unit:
        """Make a technician group."""
        return await self.organisation.create(self.owner, UnitKind.TECHNICIAN_GROUP, parent, {"name": name}, NOW)

    async def person(self, name: str, place: Unit, **values: object) -> Unit:
        """Make somebody who is enabled and complete; what they are follows from the place."""
        kind = {
            UnitKind.TECHNICIAN_GROUP: UnitKind.TECHNICIAN,
            UnitKind.ADMINISTRATORS: UnitKind.ADMINISTRATOR,
            UnitKind.ADMINISTRATOR_GROUP: UnitKind.ADMINISTRATOR,
            UnitKind.MASTER_ADMINISTRATORS: UnitKind.MASTER_ADMINISTRATOR,
        }[place.kind]
        whole = {"name": name, "email": f"{name}@northwind.example", "status": "enabled"} | values
        return await self.organisation.create(self.owner, kind, place, whole, NOW)

    async def administrator(self, name: str, *groups: Unit) -> Actor:
        """Make an administrator who answers for these groups."""
        unit = await self.person(name, ADMINISTRATORS)
        for group in groups:
            await self.organisation.link(self.owner, [unit], group, NOW)
        return actor_for(unit, name, Role.ADMINISTRATOR)

    async def trail(self) -> Sequence[AuditEventRow]:
        """Return the audit events, the oldest first."""
        async with self.store.transaction() as transaction:
            return list(await transaction.scalars(select(AuditEventRow).order_by(AuditEventRow.id)))

    async def row(self, person: Unit) -> PersonRow:
        """Return what is stored of a person."""
        async with self.store.transaction() as transaction:
            return await transaction.get_one(PersonRow, person.id)

    async def version(self, unit: Unit) -> int:
        """Return a unit's version."""
        return (await self.organisation.show(self.owner, unit, NOW)).version


def actor_for(unit: Unit, name: str, role: Role) -> Actor:
    """Return the actor that somebody is when signed in."""
    return Actor(unit.id, name, role, ADDRESS, proved_at=PROVED)


async def found(store: Store) -> Place:
    """Set an organisation up in an empty store."""
    passwords = quick_passwords()
    await Accounts(store, passwords, lifetime=NOW - NOW).set_up(
        "Northwind IT", NewPerson("anna@northwind.example", "Anna de Vries", "", "Tulips in the rain 7"), NOW
    )
    passwords.close()
    heard: list[Outcome] = []
    transactions = Transactions(store, heard.append)
    owner = Actor(1, "Anna de Vries", Role.ACCOUNT_OWNER, ADDRESS, proved_at=PROVED)
    return Place(store, owner, Organisation(transactions), Permissions(transactions), transactions, heard)
