"""Mails that wait: kept with what they are about in the same transaction, tried again until they are gone."""

import asyncio
import contextlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import delete, event, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from relay.accounts.model import OrganisationRow
from relay.logs.events import MAIL_FAILED, MAIL_GIVEN_UP, MAIL_KEPT, MAIL_SENT, tell, when_kept
from relay.mail.model import MailRow
from relay.mail.texts import ALERTS, Facts, Mail, Sender, compose, message_id_for
from relay.mail.transports import MailTransport, NotSentError
from relay.secret import SealBrokenError, Sealer
from relay.store.database import Store
from relay.tasks.completion import shielded
from relay.web.languages import SOURCE, Language

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
KEPT_FOR = timedelta(days=8)
"""So long what became of a mail is known: longer than the link in it works."""
AT_ONCE = 20
LOOKS_EVERY_SECONDS = 10.0
_WAITING = (MailRow.sent_at.is_(None), MailRow.given_up_at.is_(None))
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Due:
    """A mail that was taken to be sent now."""

    number: int
    made_at: datetime
    mail: Mail


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: one that is not `is_final` is tried again. The rest as in NotSentError."""

    is_sent: bool = False
    is_final: bool = False
    problem: str = ""
    number: int = 0


class Follower(Protocol):
    """Those who put mails of a kind, and want to know what becomes of each. `facts` are the mail's."""

    async def is_wanted(self, facts: Facts, now: datetime) -> bool:
        """Whether a mail is still worth sending. Asked before each try."""
        ...

    async def mail_tried(self, facts: Facts, outcome: Outcome) -> None:
        """A mail was tried."""
        ...


class Outbox:
    """Where mails are put. Run `keep_sending` as long as the relay runs.

    `address` is whom they are from, `alerts_address` whom those that tell technicians of customers.
    """

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        transport: MailTransport,
        languages: dict[str, Language],
        address: str,
        url: str,
        alerts_address: str = "",
    ) -> None:
        self._alerts_address = alerts_address or address
        self._store = store
        self._sealer = sealer
        self._transport = transport
        self._languages = languages
        self._address = address
        self._url = url
        self._news = asyncio.Event()
        self._followers: dict[str, Follower] = {}

    def follow(self, kind: str, follower: Follower) -> None:
        """Tell `follower` of mails of a kind. What is refused for good, or no longer wanted, is tried no more."""
        self._followers[kind] = follower

    @property
    def reaches_people(self) -> bool:
        """Whether mails go to a mail server. Without one they only lie in a folder of the operator's."""
        return self._transport.reaches_people

    async def put(self, transaction: AsyncSession, mail: Mail, now: datetime, *, tracked: bool = False) -> int:
        """Keep a mail with whatever else the transaction keeps; it is sent soon after. Return its number.

        What becomes of a `tracked` one can be seen for a week.
        """
        row = self._row(mail, now, now, None)
        row.tracked = tracked
        transaction.add(row)
        event.listen(transaction.sync_session, "after_commit", self._tell, once=True)
        when_kept(transaction, MAIL_KEPT, kind=mail.kind)
        await transaction.flush()
        return row.id

    async def send_now(self, mail: Mail, now: datetime) -> None:
        """Send a mail at once, and keep nothing of it: whether the mail server takes it. Raises NotSentError."""
        message = await self._composed(_Due(0, now, mail), now)
        await self._transport.send(message)

    async def expire(self, now: datetime) -> None:
        """Forget what became of tracked mails."""
        over = or_(MailRow.sent_at.is_not(None), MailRow.given_up_at.is_not(None))
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(MailRow).where(over, MailRow.made_at <= now - KEPT_FOR))

    def _tell(self, _session: Session) -> None:
        """Only what is kept can be seen: a reader that looks sooner finds nothing, and does not look again for long."""
        self._news.set()

    async def combine(self, transaction: AsyncSession, mail: Mail, key: str, wait: timedelta, now: datetime) -> None:
        """Keep a mail for `wait`; if one of the same `key` is waiting, only its count and its facts change."""
        query = select(MailRow).where(MailRow.combined == key, MailRow.attempts == 0, *_WAITING).with_for_update()
        waiting = await transaction.scalar(query)
        if waiting is None:
            transaction.add(self._row(mail, now, now + wait, key))
            event.listen(transaction.sync_session, "after_commit", self._tell, once=True)
            when_kept(transaction, MAIL_KEPT, kind=mail.kind)
            return
        before = json.loads(self._sealer.open(waiting.facts, waiting.recipient))
        facts = {**mail.facts, "count": before.get("count", 1) + 1}
        waiting.facts = self._sealer.seal(json.dumps(facts), waiting.recipient)

    async def send_due(self, now: datetime) -> int:
        """Send what is due, and return how many went. What cannot be sent is tried again later."""
        sent = 0
        for due in await shielded(self._take_due(now)):
            follower = self._followers.get(due.mail.kind)
            if follower is not None and not await shielded(follower.is_wanted(due.mail.facts, now)):
                await shielded(self._sent(due.number, now))
                tell(MAIL_GIVEN_UP, mail=due.number, why="it is no longer wanted")
                continue
            outcome = await self._try(due, now)
            if follower is not None:
                if outcome.is_final and not outcome.is_sent:
                    await shielded(self._sent(due.number, now))
                await shielded(follower.mail_tried(due.mail.facts, outcome))
            sent += outcome.is_sent
        return sent

    async def _try(self, due: _Due, now: datetime) -> Outcome:
        try:
            await self._transport.send(await shielded(self._composed(due, now)))
        except NotSentError as error:
            tell(MAIL_FAILED, mail=due.number, why=str(error))
            await shielded(self._note(due.number, problem=str(error)[:300]))
            return Outcome(is_final=error.is_final, problem=error.problem, number=error.number)
        except ValueError as error:  # no mail can be made of it, however often it is tried: the others go on
            tell(MAIL_GIVEN_UP, mail=due.number, why=type(error).__name__)
            await shielded(self._sent(due.number, now))
            return Outcome(is_final=True, problem="address")
        await shielded(self._sent(due.number, now))
        tell(MAIL_SENT, mail=due.number, kind=due.mail.kind, to=self._transport.name)
        return Outcome(is_sent=True, is_final=True)

    async def keep_sending(self) -> None:
        """Send mails until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY_SECONDS):
                    await self._news.wait()
            self._news.clear()
            try:
                await self.send_due(datetime.now(UTC))
            except Exception:
                _log.exception("mails could not be looked through; trying again")

    async def _take_due(self, now: datetime) -> list[_Due]:
        """Take mails, so that no other relay sends them too; a crash before they are sent brings them back later."""
        found = []
        async with self._store.transaction() as transaction:
            query = select(MailRow).where(MailRow.due_at <= now, *_WAITING).order_by(MailRow.due_at, MailRow.id)
            for row in await transaction.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)):
                mail = self._mail(row)
                if mail is None or row.made_at + GIVEN_UP_AFTER <= now:
                    why = "its seal is broken" if mail is None else "nobody took it in time"
                    when_kept(transaction, MAIL_GIVEN_UP, mail=row.id, why=why)
                    if row.tracked:
                        row.given_up_at, row.facts = now, ""
                    else:
                        await transaction.delete(row)
                    continue
                found.append(_Due(row.id, row.made_at, mail))
                wait = min(FIRST_RETRY * 2**row.attempts, LAST_RETRY)
                taken = update(MailRow).where(MailRow.id == row.id)
                await transaction.execute(taken.values(attempts=row.attempts + 1, due_at=now + wait))
        return found

    async def _sent(self, number: int, now: datetime) -> None:
        """Nothing is to be done for a mail any more: only of a tracked one it is kept that it went."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(MailRow).where(MailRow.id == number, MailRow.tracked.is_(False)))
            gone = update(MailRow).where(MailRow.id == number)
            await transaction.execute(gone.values(sent_at=now, facts="", problem=""))

    async def _note(self, number: int, **values: object) -> None:
        """Keep what became of a mail."""
        async with self._store.transaction() as transaction:
            await transaction.execute(update(MailRow).where(MailRow.id == number).values(**values))

    async def _composed(self, due: _Due, now: datetime) -> EmailMessage:
        async with self._store.reading() as transaction:
            organisation = await transaction.scalar(select(OrganisationRow.name)) or ""
        address = self._alerts_address if due.mail.kind in ALERTS else self._address
        sender = Sender(address, self._url, organisation)
        language = self._languages.get(due.mail.language, self._languages[SOURCE])
        host = urlsplit(self._url).hostname or "localhost"
        return compose(due.mail, sender, language, message_id_for(due.number, due.made_at, host), now)

    def _mail(self, row: MailRow) -> Mail | None:
        try:
            facts = json.loads(self._sealer.open(row.facts, row.recipient))
        except SealBrokenError:
            return None
        return Mail(row.recipient, row.language, row.kind, facts)

    def _row(self, mail: Mail, now: datetime, due_at: datetime, combined: str | None) -> MailRow:
        facts = self._sealer.seal(json.dumps(mail.facts), mail.recipient)
        return MailRow(
            recipient=mail.recipient,
            language=mail.language,
            kind=mail.kind,
            facts=facts,
            combined=combined,
            made_at=now,
            due_at=due_at,
            attempts=0,
        )
