"""The groups above groups, read without all the others: one question, however many groups are asked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.rules import Status

AT_ONCE = 5_000
"""Numbers in one question; databases limit how many they can be asked with."""


@dataclass(frozen=True)
class Ancestry:
    """A group and all that contain it, the nearest first, and whether one of them is disabled (EDGE-07)."""

    groups: tuple[int, ...]
    is_shut: bool


async def read_ancestry(transaction: AsyncSession, table: Any, groups: Iterable[int]) -> dict[int, Ancestry]:
    """Return the chain of each group of a table of groups; those that are not there, or no longer, are missing."""
    found: dict[int, list[tuple[int, bool]]] = {}
    for some in batches(set(groups)):
        for row in await transaction.execute(_above(table), {"groups": some}):
            found.setdefault(row.start, []).append((row.at, row.status != Status.ENABLED))
    return {
        start: Ancestry(tuple(group for group, _shut in chain), any(shut for _group, shut in chain))
        for start, chain in found.items()
    }


@cache
def _above(table: Any) -> Select[Any]:
    """Return the question, which is made once: making it takes longer than asking it."""
    some: BindParameter[list[int]] = bindparam("groups", expanding=True)
    begin = select(
        table.id.label("start"), table.id.label("at"), table.parent_id, table.status, literal(0).label("height")
    ).where(table.id.in_(some), table.deleted_at.is_(None))
    above = begin.cte("above", recursive=True)
    above = above.union_all(
        select(above.c.start, table.id, table.parent_id, table.status, above.c.height + 1).where(
            table.id == above.c.parent_id
        )
    )
    return select(above).order_by(above.c.start, above.c.height)


def batches(numbers: Iterable[Any]) -> Iterable[list[Any]]:
    """Return them in as few lists as databases take. Pure."""
    order = list(numbers)
    return (order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE))
