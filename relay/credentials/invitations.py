"""Invitations: links that let people choose a first password, or a new one, made by who arranges them."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from codec.errors import DesksideError
from relay.accounts.model import PersonRow
from relay.credentials.model import PasswordLinkRow
from relay.credentials.password_links import LinkKind, MadeLink, OpenLink, PasswordLinks, drop_links
from relay.credentials.reach import load_guarded, unit_of
from relay.notifications.service import language_of
from relay.organization.ancestry import batches
from relay.organization.guard import Guard
from relay.organization.rules import Actor, NotAllowedError, NotThereError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit


class NoAddressError(DesksideError):
    """There is no e-mail address for the invitation. Enter one and save, then send the invitation again."""


class NoInvitationError(DesksideError):
    """There is no link to cancel. None was sent, or it was used or has expired."""


@dataclass(frozen=True)
class Invited:
    """An open invitation, and whom it is for."""

    unit: Unit
    name: str
    email: str
    link: OpenLink


class Invitations:
    """Makes, lists and withdraws them."""

    def __init__(self, transactions: Transactions, links: PasswordLinks) -> None:
        self._transactions = transactions
        self._links = links

    @property
    def can_mail(self) -> bool:
        """Whether mails reach people: a mail server is set up."""
        return self._links.can_mail

    async def invite(self, actor: Actor, unit: Unit, now: datetime, *, by_mail: bool | None = None) -> MadeLink:
        """Make a link to choose a password, and mail it or return it to be copied; None: mail it where that works.

        Who copies a link could choose the password, so that asks for a fresh proof.
        Raises NotAllowedError, NotThereError, NoAddressError or ProofNeededError.
        """
        mailed = self.can_mail if by_mail is None else by_mail and self.can_mail
        async with self._transactions.change(actor, now) as work:
            row = await load_guarded(work, unit, Guard.PEOPLE if mailed else Guard.PROOF, own=mailed)
            if row.email_key is None:
                raise NoAddressError(NoAddressError.__doc__)
            return await self.make(work, row, by_mail=mailed)

    async def send_test(self, actor: Actor, now: datetime) -> str:
        """Send the actor a test mail at once, and return its address. Raises NotAllowedError or NotSentError."""
        async with self._transactions.look(actor, now) as work:
            if not work.reach.all or actor.person is None:
                raise NotAllowedError(NotAllowedError.__doc__)
            row = await work.transaction.get_one(PersonRow, actor.person)
            language = await language_of(work.transaction, row)
        await self._links.send_test(row, language, now)
        return row.email

    async def make(self, work: UnitOfWork, row: PersonRow, *, by_mail: bool) -> MadeLink:
        """Make an invitation inside other work, whose guards were checked there."""
        return await self._links.make(
            work.transaction, row, LinkKind.INVITATION, work.now, made_by=work.actor.person, by_mail=by_mail
        )

    async def listed(self, actor: Actor, now: datetime) -> list[Invited]:
        """Return the open invitations of everybody whom the actor arranges, the newest first."""
        found = []
        async with self._transactions.look(actor, now) as work:
            if not work.reach.may_arrange:
                raise NotAllowedError(NotAllowedError.__doc__)
            links = await self._links.open_links(work.transaction, now, kind=LinkKind.INVITATION)
            people: dict[int, PersonRow] = {}
            for some in batches({link.person for link in links}):
                read = await work.transaction.scalars(select(PersonRow).where(PersonRow.id.in_(some)))
                people |= {row.id: row for row in read}  # so that `load_own` need not read each of them
            for link in links:
                row = people[link.person]
                with contextlib.suppress(NotAllowedError, NotThereError):
                    await work.load_own(unit_of(row))
                    found.append(Invited(unit_of(row), row.name, row.email, link))
        return found

    async def withdraw(self, actor: Actor, unit: Unit, now: datetime) -> None:
        """Cancel the link that was sent to a person.

        Raises NotAllowedError, NotThereError or NoInvitationError.
        """
        alive = (PasswordLinkRow.person_id == unit.id, PasswordLinkRow.expires_at > now)
        async with self._transactions.change(actor, now) as work:
            await load_guarded(work, unit, Guard.PEOPLE, own=True)
            if not await drop_links(work.transaction, *alive):
                raise NoInvitationError(NoInvitationError.__doc__)
