"""Customers who come through a channel, applied to the store."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.api_types import Session, SessionState
from codec.wire.signals import Enter, Refusal
from relay.accounts.rules import Status
from relay.channels.answers import AnswerStore
from relay.channels.chosen import KEYS, Chosen, chosen_by
from relay.channels.rules import LIMITS, NotAdmittedError, check_room
from relay.channels.serving import channels_of, is_served
from relay.codes.rules import session_type_of
from relay.field_errors import FieldError
from relay.limits.rate_limiter import Limiter, address_key
from relay.logs.events import REFUSED, tell
from relay.organization.model import ChannelRow
from relay.sessions.custom_fields import NAMES, Fields, asked_for, checked, names_in, stored
from relay.sessions.model import SessionRow
from relay.sessions.service import Sessions
from relay.settings.customer_settings import SettingsOfSession, nothing_chosen
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import Held
from relay.settings.save_context import ORGANISATION
from relay.sign_in.policies import read_policies
from relay.store.database import Store

Available = Callable[[], Awaitable[frozenset[int]]]
"""Gives the technicians who can be given sessions now."""
HeldFor = Callable[[Holder, Iterable[str]], Awaitable[dict[str, Held]]]


@dataclass(frozen=True)
class CameIn:
    """A customer's session, and what lets the applet come back."""

    session: Session
    ticket: str


class Channels:
    """The ways in. `held` is what an organisation chose for a channel, `url` the relay's own address."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        held: HeldFor,
        available: Available,
        url: str,
        for_customers: SettingsOfSession = nothing_chosen,
    ) -> None:
        self._store = store
        self._for_customers = for_customers
        self._sessions = sessions
        self._held = held
        self._available = available
        self._url = url
        self._limiter, self._answering = Limiter(LIMITS), Limiter(LIMITS)
        self._answers = AnswerStore()

    async def enter(self, channel: int, customer: Enter, address: str, now: datetime) -> CameIn:
        """Let a customer in through a channel: they wait for all who serve it, who are told once the applet is there.

        Raises NotAdmittedError, TooOftenError or BusyError.
        """
        try:
            return await self._enter(channel, customer, address, now)
        except NotAdmittedError as error:
            tell(REFUSED, address=address, what="channel", why=error.refusal.value)
            raise

    async def opens(self, channel: int, now: datetime) -> datetime | None:
        """Return when someone is there again, for customers who wait outside a channel's working hours; else None."""
        chosen = await self._chosen(channel)
        return None if chosen is None else chosen.opens(now)

    async def asks(self, channel: int) -> Fields:
        """Return the six fields as customers of a channel fill them in first; none where there is no such channel."""
        chosen = await self._chosen(channel)
        return () if chosen is None else await self._fields(chosen)

    async def opened(self, channel: int, now: datetime) -> Fields:
        """Return what `asks` does, to a customer who could come in now. Raises NotAdmittedError."""
        chosen, available = await self._chosen(channel), await self._available()
        async with self._store.reading() as transaction:
            _row, chosen = await _admitting(transaction, channel, chosen, available, now)
        return await self._fields(chosen)

    async def answered(self, channel: int, values: Sequence[str], address: str, now: datetime) -> str:
        """Keep what a customer filled in, and return the reference with which they come in.

        What the channel does not ask for is left out. Raises NotAdmittedError, FieldError or TooOftenError.
        """
        with self._answering.reserve({"address": address_key(address)}, now.timestamp()) as reserved:
            reserved.keep()
        fields = await self.asks(channel)
        if not fields:
            raise NotAdmittedError(Refusal.UNKNOWN)
        given = [value if field.shown else "" for value, field in zip(values, fields, strict=True)]
        return self._answers.keep(channel, checked(given, fields, is_new=True), now)

    async def _enter(self, channel: int, customer: Enter, address: str, now: datetime) -> CameIn:
        with (
            self._limiter.reserve({"address": address_key(address)}, now.timestamp()) as reserved,
            self._answers.used(customer.answers, channel, now) as answers,
        ):
            chosen, available = await self._chosen(channel), await self._available()
            terms = (await self._for_customers(None, channel)).terms_on
            async with self._store.transaction() as transaction:
                row, chosen = await _admitting(transaction, channel, chosen, available, now)
                name, custom = self._filled_in(channel, customer, answers, await self._fields(chosen))
                session_type = session_type_of(chosen.run_type)
                session = await self._sessions.begin_in(transaction, row, now, session_type=session_type)
                session.name, session.custom_fields = name, custom
                ticket = await self._sessions.enter(transaction, session, customer, now, terms=terms)
                if (await read_policies(transaction)).store_customer_addresses:
                    session.customer_ip = address
            reserved.keep()
        return CameIn(self._sessions.shown(session), ticket)

    def _filled_in(
        self, channel: int, customer: Enter, answers: Sequence[str] | None, fields: Fields
    ) -> tuple[str, list[str]]:
        """Return name and custom fields of a customer. Raises NotAdmittedError where the form must come first."""
        is_lost = bool(customer.answers) and answers is None
        try:
            name, *custom = checked(answers or (), fields, is_new=True)
        except FieldError:
            is_lost = True
        if is_lost:
            again = "?again" if customer.answers else ""
            raise NotAdmittedError(Refusal.NO_ANSWERS, page=f"{self._url}/channel/{channel}{again}")
        return name, stored(custom)

    async def _fields(self, chosen: Chosen) -> Fields:
        return asked_for(names_in(await self._held(ORGANISATION, NAMES)), chosen.fields)

    async def _chosen(self, channel: int) -> Chosen | None:
        """Return what holds for a channel; None where there is no such channel."""
        try:
            return chosen_by(await self._held(Holder(HolderKind.CHANNEL, channel), KEYS))
        except UnknownUnitError:
            return None


async def _admitting(
    transaction: AsyncSession, channel: int, chosen: Chosen | None, available: Iterable[int], now: datetime
) -> tuple[ChannelRow, Chosen]:
    """Return a channel through which customers come in now, with what holds for it. Raises NotAdmittedError."""
    row = await transaction.get(ChannelRow, channel)
    if chosen is None or row is None or row.deleted_at is not None or row.status != Status.ENABLED:
        raise NotAdmittedError(Refusal.UNKNOWN)
    in_queue = SessionRow.channel_id == channel, SessionRow.state == SessionState.WAITING
    waiting = await transaction.scalar(select(func.count()).select_from(SessionRow).where(*in_queue)) or 0
    check_room(is_served=await is_served(transaction, channel), waiting=waiting)
    serving = await channels_of(transaction, available)
    is_anyone_there = any(channel in channels for channels in serving.values())
    chosen.check_admits(now, is_anyone_there=is_anyone_there)
    return row, chosen
