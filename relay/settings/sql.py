"""Settings in the organisation's tables: compared and set in one transaction, beside their audit trail."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import Role
from relay.organization.audit import Action, Done
from relay.organization.model import ChannelRow, TechnicianGroupRow
from relay.organization.rules import Actor, NotAllowedError, Reach
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.settings.audit import Difference
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import ConflictError, Write
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import LOCK, Stored
from relay.settings.model import SettingValueRow
from relay.settings.sentences import Sentence
from relay.settings.service import Batch
from relay.settings.table import AT_ONCE, add_value, rows_of
from relay.settings.validation import RESET
from relay.texts import _

_TABLES: Mapping[HolderKind, Any] = {
    HolderKind.ORGANISATION: OrganisationRow,
    HolderKind.GROUP: TechnicianGroupRow,
    HolderKind.TECHNICIAN: PersonRow,
    HolderKind.CHANNEL: ChannelRow,
    HolderKind.PERSON: PersonRow,
}
_ROLE_KINDS = {
    Role.ACCOUNT_OWNER: UnitKind.MASTER_ADMINISTRATOR,
    Role.MASTER_ADMINISTRATOR: UnitKind.MASTER_ADMINISTRATOR,
    Role.ADMINISTRATOR: UnitKind.ADMINISTRATOR,
    Role.TECHNICIAN: UnitKind.TECHNICIAN,
}
_Key = tuple[Holder, str]


class SqlStore:
    """`relay.settings.service.Store` for one actor; `reach` is what his save was judged by."""

    def __init__(self, transactions: Transactions, actor: Actor, reach: Reach | None = None) -> None:
        self._transactions = transactions
        self._actor = actor
        self._reach = reach

    async def values(self, units: Iterable[Holder]) -> Stored:
        """Return what these units chose."""
        wanted = list(units)
        async with self._transactions.read() as transaction:
            found: dict[Holder, dict[str, Json]] = {}
            for row in await rows_of(transaction, wanted):
                found.setdefault(Holder(HolderKind(row.unit_kind), row.unit_id), {})[row.key] = row.value
            return found

    async def write(self, batch: Batch) -> None:
        """Carry out all writes, or none.

        Raises ConflictError, UnknownUnitError; NotAllowedError where rights went; what `UnitOfWork.check_guard` raises.
        """
        try:
            async with self._transactions.change(self._actor, batch.at) as work:
                if self._reach is not None and work.reach != self._reach:
                    raise NotAllowedError("Your permissions have just changed. Reload the page.")
                work.check_guard(max(CATALOGUE.section(_key(write)).guard for write in batch.writes))
                names = await _names(work.transaction, {write.unit for write in batch.writes})
                await _carry_out(work, batch.writes)
                await work.transaction.flush()
                for difference in batch.differences:
                    _record(work, difference, *names[difference.unit])
        except IntegrityError:
            raise ConflictError(_settings(batch.writes)) from None


async def _carry_out(work: UnitOfWork, writes: tuple[Write, ...]) -> None:
    rows = await rows_of(work.transaction, list({write.unit for write in writes}))
    present: dict[_Key, SettingValueRow] = {
        (Holder(HolderKind(row.unit_kind), row.unit_id), row.key): row for row in rows
    }
    stale = [write for write in writes if _differs(present.get((write.unit, write.key)), write.old)]
    if stale:
        raise ConflictError(_settings(stale))
    for write in writes:
        row = present.get((write.unit, write.key))
        if row is None and write.new is not RESET:
            add_value(work.transaction, write.unit, write.key, write.new, work.actor.person, work.now)
        elif row is not None and write.new is RESET:
            await work.transaction.delete(row)
        elif row is not None:
            row.value, row.set_by, row.set_at = write.new, work.actor.person, work.now


def _differs(row: SettingValueRow | None, old: Json) -> bool:
    return old is not RESET if row is None else old is RESET or row.value != old


def _settings(writes: Iterable[Write]) -> list[Any]:
    return [CATALOGUE.setting(_key(write)) for write in writes]


def _key(write: Write) -> str:
    """Return the setting that a row is about: its value or its lock."""
    return write.key.removeprefix(LOCK)


async def _names(transaction: AsyncSession, units: set[Holder]) -> dict[Holder, tuple[Unit, str]]:
    """Return how the audit trail names units. Raises UnknownUnitError when one is gone."""
    found: dict[Holder, tuple[Unit, str]] = {}
    for kind in {unit.kind for unit in units}:
        numbers = sorted(unit.id for unit in units if unit.kind is kind)
        for start in range(0, len(numbers), AT_ONCE):
            for row in await _named(transaction, kind, numbers[start : start + AT_ONCE]):
                number = 0 if kind is HolderKind.ORGANISATION else row.id
                named = _ROLE_KINDS[Role(row.role)] if kind is HolderKind.PERSON else UnitKind(kind.value)
                found[Holder(kind, number)] = Unit(named, number), row.name
    if units - found.keys():
        said = _("This part of the organisation no longer exists. Choose another one in the tree.")
        raise UnknownUnitError(Sentence(said))
    return found


async def _named(transaction: AsyncSession, kind: HolderKind, numbers: list[int]) -> Any:
    table = _TABLES[kind]
    if kind is HolderKind.ORGANISATION:
        return await transaction.execute(select(table.id, table.name))
    columns = [table.id, table.name, *([table.role] if kind is HolderKind.PERSON else [])]
    query = select(*columns).where(table.id.in_(numbers), table.deleted_at.is_(None))
    if kind is HolderKind.TECHNICIAN:
        query = query.where(table.role == Role.TECHNICIAN)
    return await transaction.execute(query)


def _record(work: UnitOfWork, difference: Difference, unit: Unit, name: str) -> None:
    work.record(
        unit,
        name,
        Done.EDIT,
        section=difference.section,
        field=difference.field,
        old_value=difference.old_value,
        old_action=Action(difference.old_action),
        new_value=difference.new_value,
        new_action=Action(difference.new_action),
    )
