"""Settings in real tables: a store whose groups have the numbers of `conftest`."""

from relay.organization.model import TechnicianGroupRow
from relay.settings.sql import SqlStore
from relay.store.database import Store
from tests.relay.organization.organisations import NOW, found
from tests.relay.settings.conftest import ASIA, EUROPE, NETHERLANDS, UTRECHT


async def sql_store(database: Store) -> SqlStore:
    """Return a store for the owner of a new organisation."""
    place = await found(database)
    async with database.transaction() as transaction:
        for parent, unit in ((None, EUROPE), (EUROPE.id, NETHERLANDS), (NETHERLANDS.id, UTRECHT), (None, ASIA)):
            name = f"Group {unit.id}"
            transaction.add(TechnicianGroupRow(id=unit.id, name=name, parent_id=parent, made_at=NOW, changed_at=NOW))
            await transaction.flush()
    return SqlStore(place.transactions, place.owner)
