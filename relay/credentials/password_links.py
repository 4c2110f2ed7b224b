"""Links that let a person choose a password: mailed, or copied by an administrator, and what became of each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import PersonRow
from relay.credentials.model import PasswordLinkRow
from relay.mail.model import MailRow
from relay.mail.outbox import Outbox
from relay.mail.texts import Mail
from relay.notifications.service import language_of
from relay.secret import digest, new_secret


class LinkKind(StrEnum):
    """What a link is for. One of a kind is open at a time: an invitation outlives a request for a new password."""

    INVITATION = "invitation"
    FORGOTTEN = "forgotten"


LASTS = {LinkKind.INVITATION: timedelta(days=7), LinkKind.FORGOTTEN: timedelta(hours=1)}


class LinkState(StrEnum):
    """Where an open link is."""

    COPIED = "copied"
    """An administrator copied it, to send it themselves."""
    WAITING = "waiting"
    """Its mail is about to be sent."""
    RETRYING = "retrying"
    """The mail server did not take its mail; it is tried again."""
    FAILED = "failed"
    """The mail server did not take its mail, and it is no longer tried."""
    SENT = "sent"
    OPENED = "opened"


@dataclass(frozen=True)
class MadeLink:
    """A new link. `url` is what to copy, and shown this once; None where it was mailed."""

    until: datetime
    url: str | None


@dataclass(frozen=True)
class OpenLink:
    """A link that still works. `problem` is why its mail was not taken, as the mail server's class and number."""

    person: int
    kind: LinkKind
    state: LinkState
    problem: str
    made_at: datetime
    until: datetime


def state_of(link: PasswordLinkRow, mail: MailRow | None) -> tuple[LinkState, str]:
    """Return where a link is, with the problem of its mail."""
    if link.opened_at is not None:
        return LinkState.OPENED, ""
    if link.letter_id is None:
        return LinkState.COPIED, ""
    if mail is None or mail.sent_at is not None:
        return LinkState.SENT, ""
    if mail.given_up_at is not None:
        return LinkState.FAILED, mail.problem
    return (LinkState.RETRYING, mail.problem) if mail.problem else (LinkState.WAITING, "")


class PasswordLinks:
    """Makes links inside other work's transaction, and reads what became of them."""

    def __init__(self, outbox: Outbox, url: str) -> None:
        self._outbox = outbox
        self._url = url

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set up."""
        return self._outbox.reaches_people

    async def make(
        self,
        transaction: AsyncSession,
        row: PersonRow,
        kind: LinkKind,
        now: datetime,
        *,
        made_by: int | None = None,
        by_mail: bool = True,
    ) -> MadeLink:
        """Make a link and mail it, or return it. Those of its kind before it no longer work."""
        mail = partial(self._mail, transaction, row, kind, now) if by_mail else None
        return await make_link(transaction, row, kind, self._url, now, made_by=made_by, mail=mail)

    async def send_test(self, row: PersonRow, language: str, now: datetime) -> None:
        """Send someone a mail that says no more than that it came. Raises NotSentError."""
        await self._outbox.send_now(Mail(row.email, language, "test", {"name": row.name}), now)

    async def open_links(
        self, transaction: AsyncSession, now: datetime, person: int | None = None, kind: LinkKind | None = None
    ) -> list[OpenLink]:
        """Return the links that still work, the newest first: of a person or of everybody, of a kind or of all."""
        link, kept = PasswordLinkRow, MailRow
        query = select(link, kept).outerjoin(kept, kept.id == link.letter_id).where(link.expires_at > now)
        if person is not None:
            query = query.where(link.person_id == person)
        if kind is not None:
            query = query.where(link.kind == kind)
        found = []
        for row, mail in await transaction.execute(query.order_by(link.made_at.desc(), link.id.desc())):
            state, problem = state_of(row, mail)
            found.append(OpenLink(row.person_id, LinkKind(row.kind), state, problem, row.made_at, row.expires_at))
        return found

    async def _mail(
        self, transaction: AsyncSession, row: PersonRow, kind: LinkKind, now: datetime, url: str, until: datetime
    ) -> int:
        facts = {"name": row.name, "link": url, "until": until.isoformat()}
        mail = Mail(row.email, await language_of(transaction, row), kind.value, facts)
        return await self._outbox.put(transaction, mail, now, tracked=kind is LinkKind.INVITATION)


async def make_link(
    transaction: AsyncSession,
    row: PersonRow,
    kind: LinkKind,
    relay: str,
    now: datetime,
    *,
    made_by: int | None = None,
    mail: Callable[[str, datetime], Awaitable[int]] | None = None,
) -> MadeLink:
    """Make a link to the page of a relay, and hand it to `mail`, which returns the number of that mail, or return it.

    Those of its kind before it no longer work. What the relay keeps of a link opens nothing.
    """
    secret, until = new_secret(), now + LASTS[kind]
    url = f"{relay}/choose-password#{secret}"
    await drop_links(transaction, PasswordLinkRow.person_id == row.id, PasswordLinkRow.kind == kind)
    number = None if mail is None else await mail(url, until)
    transaction.add(
        PasswordLinkRow(
            person_id=row.id,
            digest=digest(secret),
            made_at=now,
            expires_at=until,
            kind=kind,
            made_by=made_by,
            letter_id=number,
        )
    )
    return MadeLink(until, url if number is None else None)


async def drop_links(transaction: AsyncSession, *which: ColumnElement[bool]) -> bool:
    """Make links worth nothing, and their mails that wait; return whether there was one."""
    query = delete(PasswordLinkRow).where(*which).returning(PasswordLinkRow.letter_id)
    found = list(await transaction.scalars(query))
    mails = [mail for mail in found if mail is not None]
    if mails:
        await transaction.execute(delete(MailRow).where(MailRow.id.in_(mails)))
    return bool(found)


async def note_opened(transaction: AsyncSession, secret: str, now: datetime) -> LinkKind | None:
    """Note that someone has opened a link, and return of what kind it is; None for what is no link (any more)."""
    opened = update(PasswordLinkRow).where(PasswordLinkRow.digest == digest(secret), PasswordLinkRow.expires_at > now)
    row = (await transaction.execute(opened.values(opened_at=now).returning(PasswordLinkRow.kind))).first()
    return None if row is None else LinkKind(row[0])
