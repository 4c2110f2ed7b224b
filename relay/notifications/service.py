"""Tells master administrators by mail of the events that they chose (SEC-01 to SEC-15)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import Role, Status
from relay.credentials.reach import unit_of
from relay.mail.outbox import Outbox
from relay.mail.texts import Mail
from relay.notifications.events import LABELS, Event, Notification, events_of, people_of
from relay.organization.audit import Action, Change, Done, write
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.settings.holders import Holder, HolderKind
from relay.settings.table import add_value, own_values, remove_value, value_of
from relay.store.database import Store

COMBINED_FOR = timedelta(minutes=5)
"""Failed sign-ins of one person within this time are one mail (EDGE-47); so are reports about one technician."""
_BY_STRANGERS = {Event.LOGIN_FAILED: "", Event.CUSTOMER_DISOWNED: "disowned:"}
"""What strangers can cause as often as they like, so that it may not flood anybody; and what tells the two apart."""
SECTION = "notifications"
KEY = "notifications.events"
_RULING = [role.value for role in Role if role.rules_all]


class Notifications:
    """Who wants to hear of what, and the mails that follow. They are kept with their event, or not at all."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    async def chosen(self, person: int) -> frozenset[Event]:
        """Return the events that someone chose."""
        async with self._store.reading() as transaction:
            chosen = await value_of(transaction, Holder(HolderKind.PERSON, person), KEY)
        return frozenset(Event(event) for event in chosen or ())

    async def choose(self, actor: Actor, events: Iterable[Event], now: datetime) -> None:
        """Someone chooses events for himself; the audit trail keeps it (EDGE-46). Raises NotAllowedError."""
        if actor.person is None or actor.role is None or not actor.role.rules_all:
            raise NotAllowedError(NotAllowedError.__doc__)
        wanted, before = frozenset(events), await self.chosen(actor.person)
        own = Holder(HolderKind.PERSON, actor.person)
        async with self._store.transaction() as transaction:
            await remove_value(transaction, own, KEY)
            if wanted:
                add_value(transaction, own, KEY, sorted(wanted), actor.person, now)
            unit = Unit(UnitKind.MASTER_ADMINISTRATOR, actor.person)
            write(
                transaction,
                actor,
                [_change(unit, actor.name, event, event in wanted) for event in wanted ^ before],
                now,
            )

    async def organisation_changed(self, work: UnitOfWork) -> None:
        """Tell of a unit of work, inside its transaction; and whose address was changed, at the old one."""
        for change in work.changes:
            if change.unit.kind in PEOPLE and change.field == "email" and change.old_value:
                await self._tell_old_address(work, change)
        query = select(PersonRow.id, PersonRow.valid_since).where(PersonRow.id.in_(people_of(work.changes)))
        valid_since = {row.id: row.valid_since for row in await work.transaction.execute(query)}
        for event, names in events_of(work.changes, valid_since, work.now).items():
            await self.tell(work.transaction, Notification(event, work.actor.name, names, work.actor.address, work.now))

    async def _tell_old_address(self, work: UnitOfWork, change: Change) -> None:
        person = await work.transaction.get_one(PersonRow, change.unit.id)
        facts = {
            "name": person.name,
            "new": change.new_value,
            "actor": work.actor.name,
            "address": work.actor.address,
            "at": work.now.isoformat(),
        }
        language = await language_of(work.transaction, person)
        await self._outbox.put(work.transaction, Mail(change.old_value, language, "address_changed", facts), work.now)

    async def disowned(self, transaction: AsyncSession, technician: PersonRow, address: str, now: datetime) -> None:
        """A customer says that this technician is not who they spoke to: keep it, and tell who wants it."""
        customer = Actor(None, "", None, address)
        label = LABELS[Event.CUSTOMER_DISOWNED]
        change = Change(unit_of(technician), technician.name, Done.EDIT, "security", label, new_action=Action.SELECTED)
        write(transaction, customer, [change], now)
        await self.tell(transaction, Notification(Event.CUSTOMER_DISOWNED, "", (technician.name,), address, now))

    async def tell(self, transaction: AsyncSession, notice: Notification) -> None:
        """Put a mail for everybody who chose this event, and is a master administrator in office (SEC-14)."""
        own = own_values(KEY).subquery()
        query = (
            select(PersonRow, own.c.value)
            .join(own, own.c.person == PersonRow.id)
            .where(
                PersonRow.role.in_(_RULING),
                PersonRow.status == Status.ENABLED,
                PersonRow.deleted_at.is_(None),
                PersonRow.email_key.is_not(None),
            )
        )
        for person, chosen in list(await transaction.execute(query)):
            if notice.event not in chosen:
                continue
            mail = Mail(person.email, await language_of(transaction, person), "notice", _facts(notice))
            if notice.event in _BY_STRANGERS:
                key = f"{person.id}:{_BY_STRANGERS[notice.event]}{','.join(notice.affected)}"[:320]
                await self._outbox.combine(transaction, mail, key, COMBINED_FOR, notice.at)
            else:
                await self._outbox.put(transaction, mail, notice.at)


async def language_of(transaction: AsyncSession, person: PersonRow) -> str:
    """Return the language that someone used last, else that of the organisation."""
    return person.ui_language or await transaction.scalar(select(OrganisationRow.registration_language)) or "en"


def _facts(notice: Notification) -> dict[str, object]:
    return {
        "event": notice.event.value,
        "at": notice.at.isoformat(),
        "actor": notice.actor,
        "affected": list(notice.affected),
        "address": notice.address,
    }


def _change(unit: Unit, name: str, event: Event, chosen: bool) -> Change:
    old, new = (Action.NOT_SELECTED, Action.SELECTED) if chosen else (Action.SELECTED, Action.NOT_SELECTED)
    return Change(unit, name, Done.EDIT, SECTION, LABELS[event], old_action=old, new_action=new)
