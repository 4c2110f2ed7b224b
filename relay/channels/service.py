"""Customers who come through a channel, applied to the store."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from codec.wire.api_types import Session, SessionState
from codec.wire.signals import Enter, Refusal
from relay.accounts.rules import Status
from relay.channels.chosen import KEYS, Chosen, chosen_by
from relay.channels.rules import LIMITS, NotAdmittedError, check_room
from relay.channels.serving import channels_of, is_served
from relay.codes.rules import session_type_of
from relay.limits.rate_limiter import Limiter, address_key
from relay.logs.events import REFUSED, tell
from relay.organization.model import ChannelRow
from relay.sessions.model import SessionRow
from relay.sessions.service import Sessions
from relay.settings.customer_settings import SettingsOfSession, nothing_chosen
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import Held
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
    """The ways in. `held` is what an organisation chose for a channel."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        held: HeldFor,
        available: Available,
        for_customers: SettingsOfSession = nothing_chosen,
    ) -> None:
        self._store = store
        self._for_customers = for_customers
        self._sessions = sessions
        self._held = held
        self._available = available
        self._limiter = Limiter(LIMITS)

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

    async def _enter(self, channel: int, customer: Enter, address: str, now: datetime) -> CameIn:
        with self._limiter.reserve({"address": address_key(address)}, now.timestamp()) as reserved:
            chosen, available = await self._chosen(channel), await self._available()
            terms = (await self._for_customers(None, channel)).terms_on
            async with self._store.transaction() as transaction:
                row = await transaction.get(ChannelRow, channel)
                if chosen is None or row is None or row.deleted_at is not None or row.status != Status.ENABLED:
                    raise NotAdmittedError(Refusal.UNKNOWN)
                in_queue = SessionRow.channel_id == channel, SessionRow.state == SessionState.WAITING
                waiting = await transaction.scalar(select(func.count()).select_from(SessionRow).where(*in_queue)) or 0
                check_room(is_served=await is_served(transaction, channel), waiting=waiting)
                serving = await channels_of(transaction, available)
                is_anyone_there = any(channel in channels for channels in serving.values())
                chosen.check_admits(now, is_anyone_there=is_anyone_there)
                session_type = session_type_of(chosen.run_type)
                session = await self._sessions.begin_in(transaction, row, now, session_type=session_type)
                ticket = await self._sessions.enter(transaction, session, customer, now, terms=terms)
                if (await read_policies(transaction)).store_customer_addresses:
                    session.customer_ip = address
            reserved.keep()
        return CameIn(self._sessions.shown(session), ticket)

    async def _chosen(self, channel: int) -> Chosen | None:
        """Return what holds for a channel; None where there is no such channel."""
        try:
            return chosen_by(await self._held(Holder(HolderKind.CHANNEL, channel), KEYS))
        except UnknownUnitError:
            return None
