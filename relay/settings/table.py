"""Every statement on the table of what was chosen, for those who ask inside a transaction of theirs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.organization.ancestry import batches
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import LOCK, Stored
from relay.settings.model import SettingValueRow

AT_ONCE = 5_000
"""Holders in one question; databases limit how many numbers they can be asked with."""
_VALUES = select(SettingValueRow.unit_kind, SettingValueRow.unit_id, SettingValueRow.key, SettingValueRow.value).where(
    SettingValueRow.unit_kind.in_(bindparam("kinds", expanding=True)),
    SettingValueRow.unit_id.in_(bindparam("numbers", expanding=True)),
    SettingValueRow.key.in_(bindparam("names", expanding=True)),
)


async def rows_of(transaction: AsyncSession, holders: Sequence[Holder]) -> list[SettingValueRow]:
    """Return everything that these holders chose."""
    found: list[SettingValueRow] = []
    for start in range(0, len(holders), AT_ONCE):
        found += await transaction.scalars(select(SettingValueRow).where(_held_by(holders[start : start + AT_ONCE])))
    return found


async def values_of(transaction: AsyncSession, holders: Iterable[Holder], keys: Iterable[str]) -> Stored:
    """Return what these holders chose for some keys, with their locks."""
    wanted = set(holders)
    names = [name for key in keys for name in (key, f"{LOCK}{key}")]
    kinds = list({holder.kind.value for holder in wanted})
    found: dict[Holder, dict[str, Json]] = {}
    for some in batches({holder.id for holder in wanted}):
        asked = {"kinds": kinds, "numbers": some, "names": names}
        for kind, number, name, value in await transaction.execute(_VALUES, asked):
            found.setdefault(Holder(HolderKind(kind), number), {})[name] = value
    return found


async def value_of(transaction: AsyncSession, holder: Holder, key: str) -> Json:
    """Return what a holder chose for a key; None where it chose nothing."""
    return await transaction.scalar(select(SettingValueRow.value).where(_held_by([holder]), SettingValueRow.key == key))


def own_values(key: str) -> Select[tuple[int, Any]]:
    """Return the question what people chose for themselves: `person` and `value`, to join with people."""
    own = SettingValueRow.unit_kind == HolderKind.PERSON, SettingValueRow.key == key
    return select(SettingValueRow.unit_id.label("person"), SettingValueRow.value).where(*own)


def add_value(
    transaction: AsyncSession, holder: Holder, key: str, value: Json, set_by: int | None, now: datetime
) -> None:
    """Keep a value where there is none."""
    row = SettingValueRow(unit_kind=holder.kind, unit_id=holder.id, key=key, value=value, set_by=set_by, set_at=now)
    transaction.add(row)


async def remove_value(transaction: AsyncSession, holder: Holder, key: str) -> None:
    """Remove what a holder chose for a key; its default, or what it inherits, holds again."""
    await transaction.execute(delete(SettingValueRow).where(_held_by([holder]), SettingValueRow.key == key))


async def remove_values(transaction: AsyncSession, holder: Holder, beginning: str) -> list[str]:
    """Remove what a holder chose for all keys with this beginning; return those that there were."""
    some = _held_by([holder]), SettingValueRow.key.startswith(beginning, autoescape=True)
    return list(await transaction.scalars(delete(SettingValueRow).where(*some).returning(SettingValueRow.key)))


def _held_by(holders: Iterable[Holder]) -> ColumnElement[bool]:
    by_kind: dict[HolderKind, list[int]] = {}
    for holder in holders:
        by_kind.setdefault(holder.kind, []).append(holder.id)
    row = SettingValueRow
    return or_(*(and_(row.unit_kind == kind, row.unit_id.in_(numbers)) for kind, numbers in by_kind.items()))
