"""What the organisation is called, how it is reached and billed: only master administrators change it."""

from dataclasses import dataclass
from datetime import datetime

from relay.accounts.model import OrganisationRow
from relay.accounts.rules import clean_name
from relay.field_errors import too_long
from relay.organization.audit import Done, of_value
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind

FIELDS = ("name", "contact_details", "billing_details")
MAX_LENGTH = 4_000
SECTION = "organisation"


@dataclass(frozen=True)
class Shown:
    """What is stored. A save names the `version` that it saw."""

    name: str
    contact_details: str
    billing_details: str
    version: int


class Details:
    """Shows and saves them. Every call raises NotAllowedError for anybody else."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def show(self, actor: Actor, now: datetime) -> Shown:
        """Return what is stored."""
        async with self._transactions.look(actor, now) as work:
            row = await _row(work, to_change=False)
            return Shown(row.name, row.contact_details, row.billing_details, row.version)

    async def save(self, actor: Actor, version: int, values: dict[str, str], now: datetime) -> None:
        """Store what differs. Raises FieldError or ChangedMeanwhileError."""
        wanted = {field: _clean(field, values[field]) for field in FIELDS if field in values}
        async with self._transactions.change(actor, now) as work:
            row = await _row(work, to_change=True)
            present = {field: getattr(row, field) for field in wanted}
            differing = [field for field in wanted if wanted[field] != present[field]]
            await work.check_meanwhile(Unit(UnitKind.ORGANISATION), row, version, differing)
            row.version += bool(differing)
            for field in differing:
                setattr(row, field, wanted[field])
                (old_value, old_action), (new_value, new_action) = of_value(present[field]), of_value(wanted[field])
                work.record(
                    Unit(UnitKind.ORGANISATION),
                    row.name,
                    Done.EDIT,
                    section=SECTION,
                    field=field,
                    old_value=old_value,
                    old_action=old_action,
                    new_value=new_value,
                    new_action=new_action,
                    version=row.version,
                )


async def _row(work: UnitOfWork, *, to_change: bool) -> OrganisationRow:
    if not work.reach.all:
        raise NotAllowedError(NotAllowedError.__doc__)
    return await work.transaction.get_one(OrganisationRow, 1, with_for_update=to_change)


def _clean(field: str, text: str) -> str:
    if field == "name":
        return clean_name(field, text)
    cleaned = text.replace("\r\n", "\n").strip()
    if len(cleaned) > MAX_LENGTH:
        raise too_long(field, MAX_LENGTH)
    return cleaned
