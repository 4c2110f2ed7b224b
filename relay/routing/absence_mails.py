"""E-mails to technicians when a customer waits while none of those who could help is signed in (SESS-104, SESS-115)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from codec.wire.api_types import Session, SessionState
from relay.accounts.eligibility import eligibilities_of
from relay.accounts.model import PersonRow
from relay.channels.chosen import CLOSED_POLICY, KEYS, OPEN_POLICY, REFUSE, chosen_by
from relay.channels.serving import serving
from relay.mail.outbox import Outbox
from relay.mail.texts import Mail
from relay.notifications.service import language_of
from relay.permissions.service import Permissions
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import Held
from relay.store.database import Store

MAIL = "waiting"
"""The kind of these mails."""
PAUSE = timedelta(minutes=10)
"""One person gets one of them in this time: customers who come meanwhile are in the next."""
LATELY = timedelta(minutes=1)
"""After a restart of the relay, who has waited for longer is no news."""
OPEN_NOTIFY, CLOSED_NOTIFY = "availability.open_notify", "availability.closed_notify"
PRIVATE_POLICY, PRIVATE_NOTIFY = "private_availability.private_policy", "private_availability.private_notify"
HeldFor = Callable[[Holder, Iterable[str]], Awaitable[dict[str, Held]]]


@dataclass(frozen=True)
class _Waits:
    """A session that has begun to wait, and the technician whose it is, where it is no channel's."""

    session: Session
    person: int | None


def next_mail(last: datetime | None, now: datetime) -> datetime:
    """Return when someone gets the next mail; `last` is when they got one, or will. Pure."""
    if last is None or last + PAUSE <= now:
        return now
    return last if last > now else last + PAUSE


class AbsenceMails:
    """Notes sessions that begin to wait, and puts the mails. `there` are those who are signed in to the console."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        permissions: Permissions,
        held: HeldFor,
        there: Callable[[], Mapping[int, object]],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._permissions = permissions
        self._held = held
        self._there = there
        self._noted: dict[int, _Waits] = {}
        self._known: set[int] = set()
        """Sessions that still wait, or have since: each is told of once."""
        self._last: dict[int, datetime] = {}
        """When each person got, or will get, the latest mail."""

    def session_changed(self, session: Session, person: int | None) -> None:
        """A session may have begun to wait."""
        if session.state is SessionState.WAITING and session.id not in self._known:
            self._known.add(session.id)
            self._noted[session.id] = _Waits(session, person)

    def over(self, session: int) -> None:
        """A session has ended, at whichever relay."""
        self._known.discard(session)
        self._noted.pop(session, None)

    async def put_due(self, now: datetime) -> None:
        """Put the mails for the sessions that have begun to wait."""
        noted, self._noted = self._noted, {}
        for waits in noted.values():
            if waits.session.since > now - LATELY:
                await self._put(waits, now)

    async def _put(self, waits: _Waits, now: datetime) -> None:
        if not await self._is_wanted(waits, now):
            return
        channel = waits.session.channel
        async with self._store.transaction() as transaction:
            if channel is not None:
                query = serving(channel.id)
            else:
                query = select(PersonRow).where(PersonRow.id == waits.person)
            people = list(await transaction.scalars(query.order_by(PersonRow.id)))
            able = await eligibilities_of(transaction, people)
            people = [each for each in people if able[each.id].may_serve]
            there = self._there()
            if any(each.id in there for each in people):
                return
            for person in people:
                if person.email_key is None:
                    continue
                facts = {"channel": channel.name if channel is not None else "", "at": now.isoformat()}
                mail = Mail(person.email, await language_of(transaction, person), MAIL, facts)
                due = self._last[person.id] = next_mail(self._last.get(person.id), now)
                await self._outbox.combine(transaction, mail, f"{MAIL}:{person.id}", due - now, now)

    async def _is_wanted(self, waits: _Waits, now: datetime) -> bool:
        """Whether channel or group want these mails now. Where they refuse customers, none waits (SESS-106)."""
        try:
            if waits.session.channel is not None:
                unit = Holder(HolderKind.CHANNEL, waits.session.channel.id)
                held = await self._held(unit, (*KEYS, OPEN_NOTIFY, CLOSED_NOTIFY))
                policy, notify = CLOSED_POLICY, CLOSED_NOTIFY
                if chosen_by(held).hours.covers(now):
                    policy, notify = OPEN_POLICY, OPEN_NOTIFY
            else:
                group = await self._group_of(waits.person)
                if group is None:
                    return False
                policy, notify = PRIVATE_POLICY, PRIVATE_NOTIFY
                held = await self._held(Holder(HolderKind.GROUP, group), (policy, notify))
        except UnknownUnitError:
            return False
        return bool(held[notify].value) and held[policy].value != REFUSE

    async def _group_of(self, person: int | None) -> int | None:
        if person is None:
            return None
        return (await self._permissions.held_by([person]))[person].group
