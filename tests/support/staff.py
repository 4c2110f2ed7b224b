"""Staff for a relay that runs: technicians in a group of their own, with just the permissions that a test wants."""

from collections.abc import Collection
from datetime import UTC, datetime

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.config.settings import Settings
from relay.organization.rules import Actor
from relay.organization.service import Organisation
from relay.organization.transactions import Transactions
from relay.organization.units import Unit, UnitKind
from relay.permissions.service import PermissionChange, Permissions
from relay.store.database import open_store
from tests.support.passwords import quick_passwords
from tests.support.relays import PASSWORD

BOB = "bob@northwind.example"


async def make_technician(settings: Settings, without: Collection[str], email: str = BOB) -> Unit:
    """Make a technician whose group lacks some permissions, before he signs in; return the group."""
    store, now = await open_store(settings.database), datetime.now(UTC)
    owner = Actor(1, "Anna de Vries", Role.ACCOUNT_OWNER, "127.0.0.1", proved_at=now)
    transactions = Transactions(store, lambda _outcome: None)
    passwords = quick_passwords()
    try:
        organisation = Organisation(transactions)
        group = await organisation.create(
            owner, UnitKind.TECHNICIAN_GROUP, Unit(UnitKind.TECHNICIANS), {"name": "Desk"}, now
        )
        wishes = {key: PermissionChange(enabled=False) for key in without}
        await Permissions(transactions).set(owner, group, 1, wishes, now)
        whole = {"name": "Bob", "email": email, "status": "enabled", "standard": True}
        bob = await organisation.create(owner, UnitKind.TECHNICIAN, group, whole, now)
        async with store.transaction() as transaction:
            row = await transaction.get_one(PersonRow, bob.id)
            row.password_hash = await passwords.hash(PASSWORD)
    finally:
        passwords.close()
        await store.close()
    return group
