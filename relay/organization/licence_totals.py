"""How many licences the organisation has in all, as master administrators choose (COMP-27)."""

from collections.abc import Mapping
from dataclasses import dataclass

from relay.accounts.model import OrganisationRow
from relay.accounts.rules import Licence
from relay.organization.audit import Done, of_value
from relay.organization.queries import Stock, licences
from relay.organization.rules import NotAllowedError, check_total
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind

SECTION = "licences"
COLUMNS = {Licence.STANDARD: "standard_licences", Licence.MOBILE: "mobile_licences"}
_UNIT = Unit(UnitKind.ORGANISATION)


@dataclass(frozen=True)
class Stocks:
    """Licences of each kind. A save of the totals names `version`."""

    of: Mapping[Licence, Stock]
    version: int


async def stocks(work: UnitOfWork) -> Stocks:
    """Return how many licences there are. Raises NotAllowedError."""
    found = await licences(work)
    return Stocks(found, (await work.transaction.get_one(OrganisationRow, 1)).version)


async def set_totals(work: UnitOfWork, version: int, totals: Mapping[Licence, int | None]) -> int:
    """Store the totals that differ; None is unlimited. Return the organisation's new version.

    Raises NotAllowedError, FieldError or ChangedMeanwhileError.
    """
    if not work.reach.all:
        raise NotAllowedError(NotAllowedError.__doc__)
    row = await work.transaction.get_one(OrganisationRow, 1, with_for_update=True)
    present = await licences(work)
    differing = {kind: total for kind, total in totals.items() if total != present[kind].total}
    for kind, total in differing.items():
        check_total(kind, total, present[kind].given)
    await work.check_meanwhile(_UNIT, row, version, [COLUMNS[kind] for kind in differing])
    row.version += bool(differing)
    for kind, total in differing.items():
        setattr(row, COLUMNS[kind], total)
        (old_value, old_action), (new_value, new_action) = of_value(present[kind].total), of_value(total)
        work.record(
            _UNIT,
            row.name,
            Done.EDIT,
            section=SECTION,
            field=COLUMNS[kind],
            old_value=old_value,
            old_action=old_action,
            new_value=new_value,
            new_action=new_action,
            version=row.version,
        )
    return row.version
