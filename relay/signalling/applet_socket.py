"""The applet's socket: let in by PIN, link or ticket, then told how its session stands."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from codec.wire.api_types import Ended, Session, SessionState
from codec.wire.customer_settings import CustomerSettings
from codec.wire.session_types import SessionType
from codec.wire.signals import (
    MAX_SIGNAL_BYTES,
    AcceptTerms,
    AppletSignal,
    BadSignalError,
    Enter,
    Entered,
    Leave,
    Leaving,
    Permitted,
    Ping,
    Pong,
    Refusal,
    Refused,
    Replaced,
    Return,
    SigningKey,
    read_from_applet,
    write,
)
from relay.accounts.service import Accounts
from relay.channels.rules import NotAdmittedError
from relay.channels.service import Channels
from relay.codes.rules import CodeRefusedError
from relay.codes.service import Codes
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.metrics import Metrics
from relay.sessions.moves import EndedError, NoSuchSessionError
from relay.sessions.presence import PresenceWriter
from relay.sessions.rows import handed_to, state_for_customer
from relay.sessions.service import Parties, ReplacedError, Sessions
from relay.sessions.session_consoles import SessionConsoles
from relay.settings.customer_settings import SettingsOfSession
from relay.signalling.budgets import RETRY_SECONDS, TooMuchError
from relay.signalling.departures import Departures, says_goodbye
from relay.signalling.hub import Hub
from relay.signalling.permits import Permits
from relay.signalling.tunnel import Tunnels
from relay.store.sqlite_file import StoreError
from relay.tasks.completion import retry_while_busy
from relay.tasks.pace import Pace
from relay.web.api import log_unusable
from relay.web.listener import is_known
from relay.web.send_queue import CLOSE_SECONDS, SendQueue, first_text, say_last
from relay.web.sockets import Socket

HEARTBEAT_SECONDS = 15.0
OPENED_AT_ONCE = 2
"""So many sockets are opened in one turn of the event loop, so that a herd keeps no other request waiting."""
UNUSABLE_SECONDS = 15
"""After so long an applet may ask again where the database cannot be used: its operator has been told by then."""
_log = logging.getLogger(__name__)


class AppletSocket:
    """Serves `/ws/applet`."""

    def __init__(
        self,
        codes: Codes,
        channels: Channels,
        sessions: Sessions,
        presence: PresenceWriter,
        departures: Departures,
        session_consoles: SessionConsoles,
        accounts: Accounts,
        permits: Permits,
        settings: SettingsOfSession,
        survey: Callable[[int], str],
        hub: Hub,
        tunnels: Tunnels,
        metrics: Metrics,
        address: Callable[[web.Request], str],
    ) -> None:
        self._codes = codes
        self._channels = channels
        self._sessions = sessions
        self._presence = presence
        self._departures = departures
        self._session_consoles = session_consoles
        self._pace = Pace(OPENED_AT_ONCE)
        self._accounts = accounts
        self._permits = permits
        self._settings = settings
        self._survey = survey
        self._hub = hub
        self._tunnels = tunnels
        self._metrics = metrics
        self._address = address

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one socket, from its first message to its end."""
        await self._pace.begin()
        socket = Socket(max_msg_size=MAX_SIGNAL_BYTES, heartbeat=HEARTBEAT_SECONDS, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        try:
            first = read_from_applet(await first_text(socket))
            entered = await self._admit(first, self._address(request))
        except (BadSignalError, TypeError, TimeoutError) as error:
            self._metrics.bad_signals.labels("applet").inc()
            _log.info("an applet's socket said nothing useful first: %s", type(error).__name__)
            entered = Refused(Refusal.BAD_MESSAGE)
        if isinstance(entered, Replaced):
            await say_last(socket, write(entered))
        elif isinstance(entered, Refused):
            self._metrics.misses.labels(entered.reason).inc()
            await say_last(socket, write(entered))
        else:
            is_known(request)
            await self._attend(socket, entered)
        return socket

    async def _admit(self, first: object, address: str) -> "_Admitted | Refused | Replaced":
        try:
            match first:
                case Enter() if [first.pin, first.link, first.channel].count(None) == 2:
                    return await self._enter(first, address, datetime.now(UTC))
                case Return():
                    session = await self._sessions.by_ticket(first.ticket)
                    if not self._hub.applet_may_return(session.id):
                        return Refused(Refusal.TOO_MANY, RETRY_SECONDS)
                    return _Admitted(session, await self._sessions.person_of(session.id), first.ticket)
        except CodeRefusedError as error:
            return Refused(error.refusal)
        except NotAdmittedError as error:
            return Refused(error.refusal, error.retry_seconds, error.page)
        except TooOftenError as error:
            return Refused(Refusal.TOO_MANY, error.retry_seconds)
        except BusyError as error:
            return Refused(Refusal.BUSY, error.retry_seconds)
        except StoreError as error:
            log_unusable(error)
            return Refused(Refusal.BUSY, UNUSABLE_SECONDS)
        except EndedError:
            return Refused(Refusal.ENDED)
        except ReplacedError as error:
            return Replaced(error.kind)
        except NoSuchSessionError:
            return Refused(Refusal.UNKNOWN)
        return Refused(Refusal.BAD_MESSAGE)

    async def _enter(self, first: Enter, address: str, now: datetime) -> "_Admitted":
        if first.channel is not None:
            came = await self._channels.enter(first.channel, first, address, now)
            return _Admitted(came.session, None, came.ticket, is_new=True)
        entered = await self._codes.enter(first, address, now)
        return _Admitted(entered.session, entered.person, entered.ticket, is_new=True)

    async def _say_entered(self, queue: SendQueue, admitted: "_Admitted") -> None:
        """Tell an applet that it is in. It is listed already, so what changes meanwhile is told after this."""
        if admitted.person is None:
            await self._say_in_queue(queue, admitted)
            return
        technician = admitted.person
        while True:
            generation = self._permits.generation
            person = await retry_while_busy(lambda: self._accounts.person(technician))
            organisation = await retry_while_busy(self._accounts.organisation)
            rights = await retry_while_busy(lambda: self._permits.rights(technician))
            if generation == self._permits.generation:
                break
        session = admitted.session
        parties = Parties(technician, session.kind, tuple(session.means), session.session_type)
        if parties.session_type is SessionType.CHAT:  # it may have been opened up since the applet was let in
            parties = (await retry_while_busy(lambda: self._sessions.parties_of([session.id])))[session.id]
        permit = self._permits.permit(session.id, technician, parties, rights)
        settings = await self._chosen(admitted)
        about = session.id, session.state, person.name, organisation, admitted.ticket, permit
        where = session.leg, handed_to(session)
        survey = self._survey(session.id)
        entered = Entered(*about, self._permits.public_key, *where, settings=settings, survey=survey)
        if queue.say_first(write(entered), instead_of=Permitted):
            self._permits.applet_told(queue, rights, parties)

    async def _say_in_queue(self, queue: SendQueue, admitted: "_Admitted") -> None:
        """Tell an applet that it waits for one of several. Who picks it up is told later, with what they may do."""
        organisation = await retry_while_busy(self._accounts.organisation)
        session, channel = admitted.session, admitted.session.channel
        opens = None
        if channel is not None:
            opens = await retry_while_busy(lambda: self._channels.opens(channel.id, datetime.now(UTC)))
        settings = await self._chosen(admitted)
        about = session.id, state_for_customer(session), "", organisation, admitted.ticket
        key, survey = self._permits.public_key, self._survey(session.id)
        entered = Entered(*about, relay_key=key, opens=opens, settings=settings, survey=survey)
        queue.say_first(write(entered))

    async def _chosen(self, admitted: "_Admitted") -> CustomerSettings:
        """Return what holds for a session. One whose terms were turned off while they were read waits from now on."""
        session, channel = admitted.session, admitted.session.channel
        of = None if channel is None else channel.id
        settings = await retry_while_busy(lambda: self._settings(admitted.person, of))
        if session.state is SessionState.CONNECTING and not settings.terms_on:
            await retry_while_busy(lambda: self._sessions.accept_terms(session.id, datetime.now(UTC)))
        return settings

    async def _attend(self, socket: Socket, admitted: "_Admitted") -> None:
        queue = SendQueue(socket, self._metrics.cut.labels("applet").inc, held=True)
        session = admitted.session.id
        self._tunnels.close(session)
        self._hub.applet_connected(session, queue, admitted.session.kind if admitted.is_new else None)
        self._departures.came_back(session)
        self._presence.applet(session)
        self._metrics.applets.inc()
        writer = asyncio.ensure_future(queue.write())
        telling = asyncio.ensure_future(_or_close(queue, self._say_entered(queue, admitted)))
        closing: dict[str, Any] = {}
        try:
            await self._listen(socket, session, queue)
        except BadSignalError as error:
            self._metrics.bad_signals.labels("applet").inc()
            _log.warning("session %d: the applet said what no applet says: %s", session, error)
        except TooMuchError:
            self._metrics.too_much.labels("applet").inc()
            _log.warning("session %d: the applet said more than applets say; it is ended", session)
            closing = {"code": WSCloseCode.POLICY_VIOLATION, "message": b"too many signals"}
            writer.cancel()  # the reason is the last that it hears
            await self._leave(session, Leaving.FAILED)
        finally:
            telling.cancel()
            writer.cancel()
            self._metrics.applets.dec()
            if self._hub.applet_disconnected(session, queue):
                if says_goodbye(admitted.session.kind, socket.close_code):
                    self._departures.closed(session)
                self._presence.applet(session)
        await socket.close(**closing)

    async def _listen(self, socket: Socket, session: int, queue: SendQueue) -> None:
        accepted = False
        async for frame in socket:
            if self._hub.applet(session) is not queue:
                return  # it was replaced: what it still says, such as that it leaves, is not of this session any more
            if frame.type is not WSMsgType.TEXT:
                raise BadSignalError("not text")
            self._hub.applet_spoke(session, len(frame.data))
            match read_from_applet(frame.data):
                case AppletSignal(data=data):
                    self._hub.from_applet(session, data, await self._session_consoles.of(session))
                case SigningKey(key=key):
                    is_new = self._hub.signing_key(session) is None
                    if not self._hub.applet_signs(session, key):
                        raise BadSignalError("another key than before")
                    if is_new and self._hub.is_one_of_several:
                        self._presence.applet(session)  # the others find its key in the store
                case AcceptTerms() if accepted:
                    pass  # there is nothing more to accept: a flood of it must not keep the database busy
                case AcceptTerms():
                    accepted = True
                    await retry_while_busy(lambda: self._sessions.accept_terms(session, datetime.now(UTC)))
                case Leave(reason=reason):
                    await self._leave(session, reason)
                    return
                case Ping():
                    queue.say(write(Pong()), about=Pong)
                case _:
                    raise BadSignalError("out of order")

    async def _leave(self, session: int, reason: Leaving) -> None:
        now = datetime.now(UTC)
        ending = Ended.AS_ITS_STATE_SAYS
        if reason is Leaving.SECRETS_DIFFER:
            ending = Ended.WRONG_SECRET
            await retry_while_busy(lambda: self._codes.secret_missed(session, now))
        await retry_while_busy(lambda: self._sessions.leave(session, reason is Leaving.DECLINED, now, ending))
        self._tunnels.close(session)


@dataclass(frozen=True)
class _Admitted:
    """Which session an applet was let into, whose it is, and what lets the applet come back."""

    session: Session
    person: int | None
    ticket: str
    is_new: bool = False
    """Whether it entered by a code or through a channel, not by a ticket."""


async def _or_close(queue: SendQueue, telling: Coroutine[Any, Any, None]) -> None:
    try:
        await telling
    except (BusyError, StoreError) as error:
        _log.warning("an applet could not be told that it is in: %s", error)
        queue.close(WSCloseCode.TRY_AGAIN_LATER)
    except Exception:
        _log.exception("an applet could not be told that it is in")
        queue.close(WSCloseCode.INTERNAL_ERROR)
