"""The first steps of a new organisation: which there are, which are done, and which one comes next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from relay.accounts.model import LicenceRow, OrganisationRow, PersonRow
from relay.accounts.rules import Licence, Role, Status
from relay.organization.model import TechnicianGroupRow
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork

DISMISSED = "dismissed"


class Step(StrEnum):
    """The steps, in their order. The values are in addresses and in the database."""

    ORGANISATION = "organisation"
    MAIL = "mail"
    RECORDINGS = "recordings"
    GROUP = "group"
    TECHNICIAN = "technician"
    PIN = "pin"


class State(StrEnum):
    """What someone said of a step."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Progress:
    """How far an organisation is. A step that was skipped is not done, and does not come again by itself."""

    done: frozenset[Step]
    skipped: frozenset[Step]
    dismissed: bool

    @property
    def next(self) -> Step | None:
        """The first step that is neither done nor skipped."""
        return next((step for step in Step if step not in self.done | self.skipped), None)

    @property
    def is_offered(self) -> bool:
        """Whether the card that offers the steps is shown."""
        return not self.dismissed and len(self.done) < len(Step)


def progress_of(kept: Mapping[str, Any], facts: Collection[Step]) -> Progress:
    """Return how far an organisation is: by what was `kept` of the steps, and by what is there anyway."""
    done = {step for step in Step if kept.get(step) == State.DONE or step in facts}
    skipped = {step for step in Step if kept.get(step) == State.SKIPPED} - done
    return Progress(frozenset(done), frozenset(skipped), kept.get(DISMISSED) is True)


class FirstSteps:
    """Reads and keeps how far the organisation is; for master administrators. `can_mail`: a mail server is set up."""

    def __init__(self, transactions: Transactions, can_mail: bool) -> None:
        self._transactions = transactions
        self._can_mail = can_mail

    async def progress(self, actor: Actor, now: datetime) -> Progress:
        """Return how far the organisation is. Raises NotAllowedError."""
        async with self._transactions.look(actor, now) as work:
            row = await _row(work)
            facts = await _facts(work)
        return progress_of(row.first_steps or {}, facts | ({Step.MAIL} if self._can_mail else set()))

    async def mark(self, actor: Actor, step: Step, state: State, now: datetime) -> None:
        """Keep that a step is done or skipped. Raises NotAllowedError."""
        await self._keep(actor, {step.value: state.value}, now)

    async def dismiss(self, actor: Actor, now: datetime) -> None:
        """Do not offer the steps any more. Raises NotAllowedError."""
        await self._keep(actor, {DISMISSED: True}, now)

    async def _keep(self, actor: Actor, more: Mapping[str, object], now: datetime) -> None:
        async with self._transactions.change(actor, now) as work:
            row = await _row(work)
            row.first_steps = {**(row.first_steps or {}), **more}


async def _row(work: UnitOfWork) -> OrganisationRow:
    if not work.reach.all:
        raise NotAllowedError(NotAllowedError.__doc__)
    return await work.transaction.get_one(OrganisationRow, 1)


async def _facts(work: UnitOfWork) -> set[Step]:
    """Return the steps that are done however that came about."""
    found = set()
    groups = select(func.count()).select_from(TechnicianGroupRow).where(TechnicianGroupRow.deleted_at.is_(None))
    renamed = groups.where(TechnicianGroupRow.version > 1)
    if (await work.transaction.scalar(groups) or 0) > 1 or await work.transaction.scalar(renamed):
        found.add(Step.GROUP)
    serving = (
        select(func.count())
        .select_from(PersonRow)
        .join(LicenceRow, (LicenceRow.person_id == PersonRow.id) & (LicenceRow.kind == Licence.STANDARD))
        .where(PersonRow.role == Role.TECHNICIAN, PersonRow.status == Status.ENABLED, PersonRow.deleted_at.is_(None))
    )
    if await work.transaction.scalar(serving):
        found.add(Step.TECHNICIAN)
    return found
