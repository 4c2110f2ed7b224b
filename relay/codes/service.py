"""PINs and links, applied to the store: made, looked at, used once, cancelled, missed."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import object_session

from codec.errors import DesksideError
from codec.wire.access import FUNCTIONS, Access
from codec.wire.api_types import Code, CodeState, DeliveryState, Method, Session, SessionState
from codec.wire.pins import LONG_PINS, SHORT_PINS
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter, Missed, Refusal
from relay.accounts.model import PersonRow
from relay.channels.rules import NotAdmittedError
from relay.codes.availability import PageInstead, everyone_waits
from relay.codes.delivery import LinkDelivery, code_of, delivery_of, is_wanted, note_outcome
from relay.codes.failed_attempts import FailedAttempts, Told
from relay.codes.model import CodeRow
from relay.codes.rules import (
    LIMITS,
    MAX_LIVE,
    MAX_MISSES,
    TURN_PLACES,
    TURN_SECONDS,
    CodeRefusedError,
    TooManyCodesError,
    check_offered,
    choose_pin,
    lifetime_of,
    routing_bytes,
    session_type_of,
    why_not,
)
from relay.limits.fair_queue import Turns
from relay.limits.rate_limiter import Limiter, TooOftenError, address_key, network_key
from relay.logs.events import (
    CODE_CREATED,
    CODE_ENDED,
    CODE_ENTERED,
    DISOWNED,
    LOCKED_OUT,
    REFUSED,
    SECRET_MISSED,
    tell,
    when_kept,
)
from relay.mail.outbox import Outcome
from relay.mail.texts import Facts
from relay.organization.ancestry import batches
from relay.permissions.service import Permissions
from relay.sessions.custom_fields import FieldsOfPeople, by_default, checked, stored
from relay.sessions.model import SessionRow
from relay.sessions.service import Sessions
from relay.settings.console_settings import SettingsOfPeople, nothing_chosen
from relay.settings.customer_settings import SettingsOfSession
from relay.settings.customer_settings import nothing_chosen as no_terms
from relay.sign_in.policies import read_policies
from relay.store.database import Store
from relay.tasks.sweep import was_before
from relay.text_messages.gateway import Answered

LISTED_AFTER_END = timedelta(hours=1)
PIN_CANDIDATES = 64
_LIVE = (CodeState.ISSUED.value,)


class NoSuchCodeError(DesksideError):
    """You have no such PIN or link."""


@dataclass(frozen=True)
class Key:
    """What a customer brings: a PIN, or the routing part of a link."""

    pin: str | None = None
    routing: str | None = None


@dataclass(frozen=True)
class Caller:
    """Who is behind a code, as the customer may see it."""

    code: int
    technician: str
    nickname: str
    method: Method
    pin: str | None
    made_at: datetime
    session_type: SessionType


@dataclass(frozen=True)
class AdmittedCustomer:
    """A customer's applet was let in."""

    session: Session
    person: int
    nickname: str
    ticket: str


@dataclass(frozen=True)
class Announcements:
    """Who hears of codes: the consoles of the technician with this id."""

    code: Callable[[int, Code], None]
    missed: Callable[[int, Missed], None]
    disowned: Callable[[AsyncSession, PersonRow, str, datetime], Awaitable[None]]
    """A customer at this address says that the technician is not who they spoke to. Part of the same transaction."""


class Codes:
    """All PINs and links of this relay."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        permissions: Permissions,
        lifetimes: dict[Method, timedelta],
        announce: Announcements,
        settings: SettingsOfPeople = nothing_chosen,
        fields: FieldsOfPeople = by_default,
        for_customers: SettingsOfSession = no_terms,
        sending: LinkDelivery | None = None,
        page_instead: PageInstead = everyone_waits,
    ) -> None:
        self._page_instead = page_instead
        self._sending = sending
        self._store = store
        self._sessions = sessions
        self._permissions = permissions
        self._settings = settings
        self._fields = fields
        self._for_customers = for_customers
        self._lifetimes = lifetimes
        self._announce = announce
        self._limiter = Limiter(LIMITS)
        self._failed_attempts = FailedAttempts[tuple[int, Refusal] | None]()
        self._turns = Turns(1, TURN_PLACES, TURN_SECONDS, retry_seconds=int(TURN_PLACES * TURN_SECONDS))

    async def make(
        self,
        person: int,
        method: Method,
        name: str,
        now: datetime,
        *,
        session_type: SessionType | None = None,
        session: int | None = None,
        fields: Sequence[str] = (),
        has_secret: bool = False,
        to: str = "",
        language: str = "",
    ) -> Code:
        """Make a PIN or link. Without `session_type` the technician's group says what the session is.

        `fields` are the values of the custom fields. A customer with a link always has a secret, but for one that the
        relay sends `to` an address, in the customer's `language`: that raises NotSendingError, FieldError or
        TooManySentError too.
        With `session`, which must be open and their own, its customer goes on in it by this code. Raises
        NotPermittedError (PERM-13, LENS-05), MethodOffError, TooManyCodesError, NoPinLeftError, NoSuchSessionError or
        EndedError.
        """
        await self._permissions.check(person, "private_sessions")
        chosen = (await self._settings([person]))[person]
        known = (await self._fields([person]))[person].fields
        name, *custom = checked([name, *fields], known, is_new=session is None)
        if session is None:
            check_offered(method, chosen)
        if session_type is SessionType.LENS:
            await self._permissions.check(person, FUNCTIONS[Access.CAMERA])
        if session_type is None:
            session_type = session_type_of(chosen.applet_run_type)
        sent_to = "" if self._sending is None else self._sending.checked(person, method, to, language, now)
        message = None
        async with self._store.transaction(alone="pins") as transaction:
            alive = (CodeRow.person_id == person, CodeRow.state.in_(_LIVE), CodeRow.expires_at > now)
            waiting = await transaction.scalar(select(func.count()).select_from(CodeRow).where(*alive)) or 0
            if waiting >= MAX_LIVE:
                raise TooManyCodesError(TooManyCodesError.__doc__)
            if session is not None:
                await self._sessions.check_open(transaction, person, session)
            row = CodeRow(
                person_id=person,
                method=method,
                state=CodeState.ISSUED,
                name=name,
                custom_fields=stored(custom),
                pin=await self._free_pin(transaction, now) if method is Method.PIN else None,
                routing=None if method is Method.PIN else secrets.token_urlsafe(routing_bytes(method)),
                made_at=now,
                expires_at=now + lifetime_of(method, chosen, self._lifetimes),
                ended_at=None,
                misses=0,
                session_id=session,
                session_type=session_type,
                has_secret=has_secret or method is Method.LINK,
                sent_to=sent_to,
                delivery=DeliveryState.QUEUED if sent_to else None,
                delivery_problem="",
                delivery_number=0,
            )
            transaction.add(row)
            if self._sending is not None and sent_to:
                await transaction.flush()
                message = await self._sending.write(transaction, row, chosen, language, now)
        tell(CODE_CREATED, code=row.id, method=method.value, person=person)
        if self._sending is not None:
            self._sending.hand_over(message)
        return self._announced(row)

    async def is_wanted(self, facts: Facts, now: datetime) -> bool:
        """Whether the link in a mail still leads somewhere."""
        async with self._store.reading() as reading:
            return is_wanted(await reading.get(CodeRow, code_of(facts)), now)

    async def mail_tried(self, facts: Facts, outcome: Outcome) -> None:
        """The mail with a code's link was sent, or refused: its technician sees it."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(CodeRow, code_of(facts), with_for_update=True)
            if row is None:
                return
            note_outcome(row, outcome)
        self._announced(row)

    async def text_tried(self, code: int, answered: Answered) -> None:
        """The gateway was given the text message with a code's link: its technician sees what became of it."""
        outcome = Outcome(not answered.problem, is_final=True, problem=answered.problem, number=answered.status)
        await self.mail_tried({"code": code}, outcome)

    async def texts_interrupted(self) -> None:
        """The relay has just started: what it was about to hand to the gateway may be there or not."""
        query = select(CodeRow.id).where(CodeRow.method == Method.SMS, CodeRow.delivery == DeliveryState.QUEUED)
        async with self._store.reading() as reading:
            interrupted = list(await reading.scalars(query))
        for code in interrupted:
            await self.text_tried(code, Answered("unclear"))

    async def listed(self, person: int, now: datetime) -> list[Code]:
        """Return a technician's codes that can be used or ended lately, the oldest first."""
        return (await self.listed_by([person], now))[person]

    async def listed_by(self, people: Iterable[int], now: datetime) -> dict[int, list[Code]]:
        """`listed` for many, read at once."""
        found: dict[int, list[Code]] = {person: [] for person in people}
        recent = or_(CodeRow.state == CodeState.ISSUED, CodeRow.ended_at > now - LISTED_AFTER_END)
        async with self._store.reading() as transaction:
            for some in batches(found):
                query = select(CodeRow).where(CodeRow.person_id.in_(some), recent).order_by(CodeRow.id)
                for row in await transaction.scalars(query):
                    found[row.person_id].append(_shown(row))
        return found

    async def cancel(self, person: int, code: int, now: datetime) -> None:
        """Take a code back; one that has ended stays as it ended. Raises NoSuchCodeError."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(CodeRow, code, with_for_update=True)
            if row is None or row.person_id != person:
                raise NoSuchCodeError(NoSuchCodeError.__doc__)
            if row.state != CodeState.ISSUED:
                return
            _finish(row, CodeState.CANCELLED, now)
            begun = await transaction.scalar(select(SessionRow.id).where(SessionRow.code_id == row.id))
        self._announced(row)
        if begun is not None and begun == row.session_id:
            await self._sessions.end(person, begun, now)

    async def technician_removed(self, person: int, now: datetime) -> None:
        """Take back every PIN and link of a technician who was disabled or removed."""
        query = select(CodeRow).where(CodeRow.person_id == person, CodeRow.state == CodeState.ISSUED)
        async with self._store.transaction() as transaction:
            rows = list(await transaction.scalars(query.with_for_update()))
            for row in rows:
                _finish(row, CodeState.CANCELLED, now)
        for row in rows:
            self._announced(row)

    async def disown(self, code: int, address: str, now: datetime) -> None:
        """The customer says that this is not who they spoke to: the code is cancelled, and its maker told."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(CodeRow, code, with_for_update=True)
            if row is None or row.state != CodeState.ISSUED:
                return
            _finish(row, CodeState.CANCELLED, now)
            session = row.session_id
            technician = await transaction.get_one(PersonRow, row.person_id)
            await self._announce.disowned(transaction, technician, address, now)
            if session is not None and not _is_its_makers(row, await transaction.get_one(SessionRow, session)):
                session = None
        self._announced(row)
        tell(DISOWNED, code=row.id, person=row.person_id, session=session)
        self._announce.missed(row.person_id, Missed(Refusal.CANCELLED, now, row.id, disowned=True))
        if session is not None:
            await self._sessions.leave(session, declined=True, now=now)

    async def peek(self, key: Key, address: str, now: datetime) -> Caller:
        """Show a customer who is behind a code that works. Raises CodeRefusedError, TooOftenError or BusyError.

        PINs are entered by people: the session is connecting from now on. A link is fetched by mail scanners
        too, so opening one begins nothing.
        """
        async with self._try(key, address, now):
            async with self._store.reading(apart=True) as reading:
                row = await self._usable(reading, key, now, to_use=False)
                person = await reading.get_one(PersonRow, row.person_id)
                keeps_address = (await read_policies(reading)).store_customer_addresses
            begins = row.method == Method.PIN and row.session_id is None
            if begins:
                async with self._store.transaction() as transaction:
                    row = await self._usable(transaction, key, now)
                    begins = row.session_id is None
                    if begins:
                        await self._session(transaction, row, now)
        kept = address if keeps_address else None
        tell(CODE_ENTERED, address=kept, code=row.id, method=row.method, session=row.session_id)
        if begins and row.session_id is not None:
            await self._sessions.presence_changed(row.session_id, now)
            self._announced(row)
        return Caller(
            row.id,
            person.name,
            person.nickname or person.name,
            Method(row.method),
            row.pin,
            row.made_at,
            SessionType(row.session_type),
        )

    async def enter(self, customer: Enter, address: str, now: datetime) -> AdmittedCustomer:
        """Let an applet in that names exactly one of PIN and link; no one else can use the code then.

        Raises CodeRefusedError, TooOftenError or BusyError; NotAdmittedError where the technician is not available and
        their group has customers not wait: the code can still be used later.
        """
        key = Key(pin=customer.pin, routing=customer.link)
        async with self._try(key, address, now):
            terms, page = await self._holds_for(key)
            async with self._store.transaction() as transaction:
                row = await self._usable(transaction, key, now)
                person = await transaction.get_one(PersonRow, row.person_id)
                session = await self._session(transaction, row, now)
                goes_on = _goes_on(row, session)
                if page and not goes_on:
                    raise NotAdmittedError(Refusal.NO_ONE_THERE, page=page)
                ticket = await self._sessions.enter(transaction, session, customer, now, terms=terms)
                kept = address if (await read_policies(transaction)).store_customer_addresses else None
                session.customer_ip, session.has_secret = kept, row.has_secret
                _finish(row, CodeState.USED, now)
        tell(CODE_ENTERED, address=kept, code=row.id, method=row.method, session=session.id)
        self._announced(row)
        if goes_on:
            self._sessions.announce(session)
        return AdmittedCustomer(self._sessions.shown(session), person.id, person.nickname or person.name, ticket)

    async def _holds_for(self, key: Key) -> tuple[bool, str]:
        """Return whether who brings this code has terms to accept, and the page that they see instead of waiting."""
        async with self._store.reading() as reading:
            row = await reading.scalar(_of(key))
        if row is None:
            return False, ""
        terms = (await self._for_customers(row.person_id, None)).terms_on
        return terms, await self._page_instead(row.person_id)

    async def secret_missed(self, session: int, now: datetime) -> None:
        """Someone tried a session's code with a wrong secret: count it, and tell the technician."""
        async with self._store.transaction() as transaction:
            row = await transaction.scalar(
                select(CodeRow).where(CodeRow.session_id == session).order_by(CodeRow.id).limit(1).with_for_update()
            )
            if row is None:
                return
            row.misses += 1
            if row.misses >= MAX_MISSES:
                _finish(row, CodeState.BURNT, now)
        tell(SECRET_MISSED, session=session, code=row.id)
        self._announced(row)
        self._announce.missed(row.person_id, Missed(Refusal.UNKNOWN, now, row.id, session))

    async def clock_set(self, by: timedelta, now: datetime) -> None:
        """The clock was set: codes that can be used last as long as they were to."""
        query = select(CodeRow).where(CodeRow.state == CodeState.ISSUED).with_for_update()
        async with self._store.transaction() as transaction:
            rows = [row for row in await transaction.scalars(query) if was_before(row.made_at, now)]
            for row in rows:
                row.made_at, row.expires_at = row.made_at + by, row.expires_at + by
        for row in rows:
            self._announced(row)

    async def expire(self, now: datetime) -> None:
        """End the codes that nobody used in time."""
        query = select(CodeRow).where(CodeRow.state == CodeState.ISSUED, CodeRow.expires_at <= now).with_for_update()
        async with self._store.transaction() as transaction:
            rows = list(await transaction.scalars(query))
            for row in rows:
                _finish(row, CodeState.EXPIRED, now)
        for row in rows:
            self._announced(row)
        await self._tell_sums(now)

    @asynccontextmanager
    async def _try(self, key: Key, address: str, now: datetime) -> AsyncIterator[None]:
        """Tell what is refused in the block; see `_counted`."""
        what = "link" if key.pin is None else "PIN"
        try:
            async with self._counted(key, address, now):
                yield
        except (CodeRefusedError, NotAdmittedError) as error:
            tell(REFUSED, address=address, what=what, why=error.refusal.value)
            raise
        except TooOftenError as error:
            tell(LOCKED_OUT, address=address, what=what, seconds=error.retry_seconds)
            raise

    @asynccontextmanager
    async def _counted(self, key: Key, address: str, now: datetime) -> AsyncIterator[None]:
        """Count a PIN that is tried in the block, unless it is right; links have 144 random bits and are not counted.

        Nobody's tries close the relay to others: beyond what is usual, PINs are looked at one after the other, so that
        guessing gets slow for everybody and each network has its turn.
        """
        if key.pin is None:
            await self._look(key, now)
            yield
            return
        with self._limiter.reserve({"address": address_key(address)}, now.timestamp(), {"relay": ""}) as reserved:
            if not reserved.over:
                await self._look(key, now)
                yield
                return
            async with self._turns.turn(network_key(address)):
                await self._look(key, now)
                yield

    async def _look(self, key: Key, now: datetime) -> None:
        """Refuse what is no live code without making a writer wait, as most of what strangers bring."""
        async with self._store.reading() as reading:
            await self._usable(reading, key, now, to_use=False)

    async def _usable(self, transaction: AsyncSession, key: Key, now: datetime, *, to_use: bool = True) -> CodeRow:
        """Return the row of a live code, held for this transaction if it is to be used. Raises CodeRefusedError."""
        query = _of(key)
        row = await transaction.scalar(query.with_for_update() if to_use else query)
        if row is None:
            if (told := self._failed_attempts.note(None, None, now.timestamp())) is not None:
                await self._tell_all(transaction, told, now)
            raise CodeRefusedError(Refusal.UNKNOWN)
        refusal = why_not(CodeState(row.state), row.expires_at, now)
        if refusal is not None:
            if (told := self._failed_attempts.note((row.person_id, refusal), row.id, now.timestamp())) is not None:
                self._announce.missed(row.person_id, Missed(refusal, now, told.code, count=told.count))
            raise CodeRefusedError(refusal)
        if row.session_id is not None:
            session = await transaction.get_one(SessionRow, row.session_id)
            if session.code_id != row.id and SessionState(session.state).is_final:
                raise CodeRefusedError(Refusal.ENDED)  # it leads into that session, and into no other
            if not _is_its_makers(row, session):
                raise CodeRefusedError(Refusal.CANCELLED)
        return row

    async def _free_pin(self, transaction: AsyncSession, now: datetime) -> str:
        """Return a PIN that no live code has; a long one while strangers guess at many."""
        live = select(CodeRow.pin).where(CodeRow.state.in_(_LIVE), CodeRow.pin.is_not(None))
        taken = {pin for pin in await transaction.scalars(live) if pin is not None}
        is_long = self._limiter.is_full("relay", "", now.timestamp())
        numbers = LONG_PINS if is_long else SHORT_PINS
        return choose_pin([secrets.randbelow(numbers) for _ in range(PIN_CANDIDATES)], taken, is_long=is_long)

    async def _session(self, transaction: AsyncSession, row: CodeRow, now: datetime) -> SessionRow:
        """Return the session of a code, beginning it (or a new one after a time-out) where needed."""
        if row.session_id is not None:
            session = await transaction.get_one(SessionRow, row.session_id)
            if session.state == SessionState.CONNECTING or _goes_on(row, session):
                return session
        session = await self._sessions.begin(transaction, row, now)
        row.session_id = session.id
        return session

    async def _tell_sums(self, now: datetime) -> None:
        """Tell technicians what was summed up for them."""
        for kind, told in self._failed_attempts.due(now.timestamp()):
            if kind is None:
                async with self._store.reading() as reading:
                    await self._tell_all(reading, told, now)
            else:
                person, refusal = kind
                self._announce.missed(person, Missed(refusal, now, told.code, count=told.count))

    async def _tell_all(self, transaction: AsyncSession, told: Told, now: datetime) -> None:
        """Tell everybody who waits for a customer of PINs that nobody made: they may have been misheard."""
        waiting = select(CodeRow.person_id).where(CodeRow.state == CodeState.ISSUED).distinct()
        for person in await transaction.scalars(waiting):
            self._announce.missed(person, Missed(Refusal.UNKNOWN, now, count=told.count))

    def _announced(self, row: CodeRow) -> Code:
        code = _shown(row)
        self._announce.code(row.person_id, code)
        return code


def _of(key: Key) -> Select[CodeRow]:
    """Return the query for the live code of a key, or the latest of those that once had its PIN."""
    column = CodeRow.routing == key.routing if key.pin is None else CodeRow.pin == key.pin
    order = (CodeRow.state == CodeState.ISSUED).desc(), CodeRow.id.desc()
    return select(CodeRow).where(column).order_by(*order).limit(1)


def _finish(row: CodeRow, state: CodeState, now: datetime) -> None:
    session = object_session(row)
    if session is not None and row.state != state:
        when_kept(session, CODE_ENDED, code=row.id, method=row.method, how=state.value)
    row.state, row.ended_at, row.sent_to = state, now, ""


def _goes_on(row: CodeRow, session: SessionRow) -> bool:
    """Whether a code leads into a session that another code has begun: its customer goes on with the help program."""
    return session.code_id != row.id and not SessionState(session.state).is_final


def _is_its_makers(row: CodeRow, session: SessionRow) -> bool:
    """Whether a session is still that of the technician who made this code.

    Else they could take the customer's place in a colleague's session, to whom they have handed it over.
    """
    is_handed_over = session.person_id != row.person_id or session.state == SessionState.TRANSFERRING
    return session.code_id == row.id or not is_handed_over


def _shown(row: CodeRow) -> Code:
    return Code(
        id=row.id,
        method=Method(row.method),
        state=CodeState(row.state),
        name=row.name,
        fields=list(row.custom_fields),
        made_at=row.made_at,
        expires_at=row.expires_at,
        pin=row.pin,
        path=None if row.routing is None else f"/s/{row.routing}",
        misses=row.misses,
        session=row.session_id,
        session_type=SessionType(row.session_type),
        delivery=delivery_of(row),
    )
