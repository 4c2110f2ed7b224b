"""A small organisation to click through, made as the Admin Center makes one: through the service."""

from datetime import UTC, datetime

from sqlalchemy import select

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.organization.rules import Actor
from relay.organization.service import Organisation
from relay.organization.transactions import Transactions
from relay.organization.units import Unit, UnitKind
from relay.permissions.service import PermissionChange, Permissions
from relay.store.database import Store, open_store
from tests.support.passwords import quick_passwords

OWNER = Actor(1, "Anna de Vries", Role.ACCOUNT_OWNER, "127.0.0.1", proved_at=datetime(9999, 1, 1, tzinfo=UTC))
LEAD = "eva@northwind.example"
READER = "milan@northwind.example"
TECHNICIAN = "bram@northwind.example"
_K = UnitKind
_NL = (
    ("Bram Janssen", TECHNICIAN, True),
    ("Daan Visser", "daan@northwind.example", True),
    ("Joris Bakker", "joris@northwind.example", False),
    ("Sofie Maes", "sofie@northwind.example", True),
)
_NIGHT = (("Zoë van der Meulen-Oosterhuis", "zoe@northwind.example", True),)


async def furnish(database: str, password: str) -> dict[str, Unit]:
    """Make two nested groups, five technicians, two administrators; everybody signs in with `password`.

    Return the units that tests ask for, by a short name. The relay must be set up.
    """
    store = await open_store(database)
    try:
        return await _Furnishing(store, password).furnish()
    finally:
        await store.close()


async def set_password(database: str, email: str, password: str) -> bool:
    """Let a person sign in with this password again; return whether there is such a person."""
    store, passwords = await open_store(database), quick_passwords()
    try:
        async with store.transaction() as transaction:
            row = await transaction.scalar(select(PersonRow).where(PersonRow.email == email))
            if row is not None:
                row.password_hash = await passwords.hash(password)
            return row is not None
    finally:
        passwords.close()
        await store.close()


class _Furnishing:
    def __init__(self, store: Store, password: str) -> None:
        transactions = Transactions(store, lambda _outcome: None)
        self._store = store
        self._password = password
        self._organisation = Organisation(transactions)
        self._permissions = Permissions(transactions)
        self._now = datetime.now(UTC)
        self._made: dict[str, Unit] = {}

    async def furnish(self) -> dict[str, Unit]:
        """Make everything."""
        europe = await self._make("europe", _K.TECHNICIAN_GROUP, Unit(_K.TECHNICIANS), name="Support Europe")
        desk = await self._make("desk", _K.TECHNICIAN_GROUP, europe, name="Service desk NL")
        night = await self._make("night", _K.TECHNICIAN_GROUP, desk, name="Night shift")
        for place, people in ((desk, _NL), (night, _NIGHT)):
            for name, email, enabled in people:
                await self._person(name, email, _K.TECHNICIAN, place, enabled=enabled)
        readers = await self._make(
            "readers", _K.ADMINISTRATOR_GROUP, Unit(_K.ADMINISTRATORS), name="Readers of reports"
        )
        restricted = {"rights": "restricted", "allow_reports": True, "allow_command_center": False}
        await self._edit(readers, restricted)
        lead = await self._person("Eva Lindqvist", LEAD, _K.ADMINISTRATOR, Unit(_K.ADMINISTRATORS))
        await self._person("Milan Horvat", READER, _K.ADMINISTRATOR, readers)
        await self._organisation.link(OWNER, [lead], desk, self._now)
        channels = [Unit(_K.CHANNEL, number) for number in (1, 2)]
        for channel, name in zip(channels, ("IT helpdesk", "Shop floor"), strict=True):
            await self._edit(channel, {"name": name})
        await self._organisation.link(OWNER, channels, desk, self._now)
        wishes = {
            "lan_connect": PermissionChange(enabled=False, locked=True),
            "record": PermissionChange(enabled=True, locked=True),
        }
        version = (await self._organisation.show(OWNER, europe, self._now)).version
        await self._permissions.set(OWNER, europe, version, wishes, self._now)
        return self._made | {"channel": channels[0]}

    async def _make(self, short: str, kind: UnitKind, place: Unit, **values: object) -> Unit:
        self._made[short] = await self._organisation.create(OWNER, kind, place, values, self._now)
        return self._made[short]

    async def _person(self, name: str, email: str, kind: UnitKind, place: Unit, *, enabled: bool = True) -> Unit:
        whole = {"name": name, "email": email, "status": "enabled" if enabled else "disabled"}
        short = name.partition(" ")[0].casefold()
        unit = await self._make(short, kind, place, **whole, standard=kind is _K.TECHNICIAN)
        passwords = quick_passwords()
        try:
            async with self._store.transaction() as transaction:
                row = await transaction.get_one(PersonRow, unit.id)
                row.password_hash = await passwords.hash(self._password)
        finally:
            passwords.close()
        return unit

    async def _edit(self, unit: Unit, values: dict[str, object]) -> None:
        version = (await self._organisation.show(OWNER, unit, self._now)).version
        await self._organisation.edit(OWNER, unit, version, values, self._now)
