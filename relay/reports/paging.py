"""How a report reads its rows: by their moment, a bounded number at a time, each time in a transaction of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from relay.organization.transactions import Transactions
from relay.reports.declare import Batches, Place, Request, Row

BATCH = 2_000


async def by_moment(
    transactions: Transactions,
    request: Request,
    query: Select[*tuple[Any, ...]],
    at: InstrumentedAttribute[datetime],
    as_row: Callable[..., Row],
) -> Batches:
    """Read what a query finds in the period, in the order of the column `at` and of the numbers of its table's rows.

    The query selects whole rows of that table first. What comes while the report is made comes into the next one.
    """
    number: InstrumentedAttribute[int] = at.class_.id
    start, stop = request.period.bounds
    query = query.where(at >= start, at < stop).order_by(at, number).limit(BATCH)
    after, newest = request.after, None
    while True:
        async with transactions.read() as transaction:
            if newest is None:
                newest = await transaction.scalar(select(number).order_by(number.desc()).limit(1)) or 0
            page = query.where(number <= newest)
            if after is not None:
                page = page.where(tuple_(at, number) > (after.at, after.id))
            found = [(Place(getattr(row[0], at.key), row[0].id), row) for row in await transaction.execute(page)]
            transaction.expunge_all()
        if not found:
            return
        after = found[-1][0]
        yield [(place, as_row(*row)) for place, row in found if request.period.covers(place.at)]
        if len(found) < BATCH:
            return
