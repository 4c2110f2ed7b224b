"""A store of settings in memory: the twin that service tests use, held to the contract of `relay.settings.service`."""

from collections.abc import Iterable

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import ConflictError
from relay.settings.declare import Json
from relay.settings.holders import Holder
from relay.settings.inheritance import LOCK, Stored
from relay.settings.service import Batch
from relay.settings.validation import RESET


class MemoryStore:
    """Keeps values and batches; forgets everything at the end."""

    def __init__(self) -> None:
        self.rows: dict[Holder, dict[str, Json]] = {}
        self.batches: list[Batch] = []

    async def values(self, units: Iterable[Holder]) -> Stored:
        return {unit: dict(self.rows[unit]) for unit in units if unit in self.rows}

    async def write(self, batch: Batch) -> None:
        stale = [write.key for write in batch.writes if self._now(write.unit, write.key) != write.old]
        if stale:
            raise ConflictError(CATALOGUE.setting(key.removeprefix(LOCK)) for key in stale)
        for write in batch.writes:
            own = self.rows.setdefault(write.unit, {})
            if write.new is RESET:
                del own[write.key]
            else:
                own[write.key] = write.new
        self.batches.append(batch)

    def _now(self, unit: Holder, key: str) -> Json:
        return self.rows.get(unit, {}).get(key, RESET)
