"""What this console does: answers the pages and follows the relay.

One engine serves one technician. It holds no decision of its own about consent: what the customer allows is enforced in
the applet, and a page that asks for more gets nothing.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from codec import __version__
from codec.errors import DesksideError
from codec.host import background
from codec.host.background import BackgroundTasks
from codec.wire.api_types import Method, NewCode, Problem
from codec.wire.customer_kinds import CustomerKind
from codec.wire.messages import (
    FROM_PAGE,
    BadMessageError,
    pack,
    unpack,
)
from codec.wire.pins import is_pin
from codec.wire.signals import (
    CodeChanged,
    Desk,
    Missed,
    RecordingBegun,
    RulesChanged,
    SessionChanged,
    SessionGone,
    SessionSignal,
    SessionTunnel,
    SignedOut,
    Stamped,
    StartSession,
    ToConsole,
)
from console.customer_page.check import AcceptedPages, CustomerPageCheck
from console.customer_page.messages import AcceptCustomerPage
from console.device import DeviceFile
from console.library.library import IsMine, Library
from console.library.messages import (
    ConvertRecording,
    DeleteRecording,
    LibraryFromPage,
    ListRecordings,
    StopConverting,
    VerifyRecording,
)
from console.library.service import LibraryService, problem_of
from console.page import messages as said
from console.page.message_base import ToolMessage
from console.page.open_pages import Page, Pages
from console.player.messages import ClosePlayer, OpenPlayer, PlayerDo
from console.player.service import Players
from console.recording.confirmed_locations import Account
from console.recording.known_relays import Seen
from console.recording.messages import GiveCredentials, NotNow, RelayKey, RetryUpload, TrustRelayKey, UsePlace
from console.recording.messages import Uploads as UploadsMessage
from console.recording.recordings import Recordings
from console.recording.uploads import Uploads
from console.relay import Relay, RelayRefusedError, RelayUnreachableError
from console.replies.messages import DeleteReply, ExportReplies, ImportReplies, RepliesFromPage, SaveReply
from console.replies.service import PROBLEMS, ReplyService
from console.session.attending import Attending
from console.session.chat_keeper import ChatKeeper
from console.session.invitations import RANDOM_BYTES, Invitations, secret_for
from console.session.open_session import OpenSession
from console.session.secret_attempts import SecretAttempts
from console.session.sessions import Sessions
from console.sign_in.messages import (
    AboutRelay,
    ChooseDuePassword,
    CodesKept,
    ConfirmAuthenticator,
    PageSignIn,
    ProposeAuthenticator,
)
from console.sign_in.service import SignInFlow
from console.surveys.messages import AnswerSurvey, AskSurvey, SurveysFromPage, SurveyTold

TICK_SECONDS = 1.0
_log = logging.getLogger(__name__)


class NotSignedInError(DesksideError):
    """Recordings are shown to technicians only. Sign in first."""


class SessionsOpenError(DesksideError):
    """Sessions are open. End them, then sign out."""

    def __init__(self, count: int) -> None:
        super().__init__(SessionsOpenError.__doc__)
        self.count = count


class NotAPinError(DesksideError):
    """The server sent an invalid PIN. Do not read it aloud, and tell your administrator."""


class Engine:
    """The console without its page server. `close` it in the end."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        relay: str,
        console: str,
        recordings: Recordings,
        secret_attempts: SecretAttempts | None = None,
        device: DeviceFile | None = None,
        accepted_pages: AcceptedPages | None = None,
        replies: Path | None = None,
    ) -> None:
        """`secret_attempts` is what this computer knows of codes with secrets; without it that is forgotten at the end.

        `device` is where it keeps that a technician has signed in here, `accepted_pages` which pages for customers they
        accept besides the released one, `replies` the folder of their predefined replies.
        """
        self._recordings = recordings
        self.pages = Pages()
        self._tasks = BackgroundTasks()
        self._relay = Relay(
            http, relay, console, self._hear, self._online, self._network_lost, self._busy, self._needs_relay
        )
        self._sign_in_flow = SignInFlow(self._relay, device, self._is_known, self._follow_relay)
        self._replies = ReplyService(replies, self.pages.tell_all)
        self._secret_attempts = secret_attempts or SecretAttempts(lambda _code: None)
        self._invitations = Invitations()
        self._customer_page = CustomerPageCheck(
            http, self._relay.base, accepted_pages or AcceptedPages(), self.pages.tell_all
        )
        self._chat_keeper = ChatKeeper(self._relay, self._tasks, time.monotonic, secrets.randbits)
        self._sessions = Sessions(
            http,
            self._relay,
            self.pages,
            self._tasks,
            recordings,
            self._secret_attempts,
            self._burn_code,
            self._invitations.lets_in,
            self._invitations.was_plain,
            self._chat_keeper,
        )
        self._changes = {
            said.Change.HOLD: self._sessions.hold,
            said.Change.RESUME: self._sessions.resume,
            said.Change.TAKE_BACK: self._sessions.take_back,
            said.Change.DECLINE: self._sessions.decline,
        }
        library = Library(recordings.places, time.time, self._whose)
        self._library = LibraryService(
            library, self.pages, recordings.recording_index.is_needed, recordings.known_relays.keys
        )
        self._players = Players(library)
        self._uploads = Uploads(
            recordings.recording_index,
            recordings.open_store,
            self._tell_uploads,
            recordings.confirmed,
            recordings.refusal_of,
        )
        self._desk: Desk | None = None
        self._desk_at = 0.0
        self.is_closing = False
        """Whether this program is about to end: no page is greeted."""
        self._attending = Attending(self.pages, self._relay.say, lambda: self._relay.is_online)
        self._leaving_because: str | None = None
        self._relay_key = RelayKey("", changed=False)
        self._reachable = said.Online(online=True, since=datetime.now(UTC))
        self._listening: asyncio.Task[None] | None = None
        self._tasks.start(self._tick(), "the clock")

    async def close(self) -> None:
        """End every session: the customers hear at once that the technician has left."""
        self.is_closing = True
        self.pages.close_all()
        self._players.close_all()
        await self._sessions.end_all()
        await self._chat_keeper.finish()
        if self._listening is not None:
            self._listening.cancel()
        await self._sessions.leave()
        await self._uploads.close()
        await self._tasks.close()

    @property
    def relay(self) -> str:
        """The address of the relay that this console belongs to."""
        return self._relay.base

    # ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def page_opened(self, page: Page) -> None:
        """Greet a new page with everything that it needs to draw itself."""
        self.pages.add(page)
        if self._relay.signed_in and (self._listening is None or self._listening.done()):
            self._follow_relay()  # a page was reloaded that showed recovery codes
        page.tell(said.Welcome(self._relay.base, __version__, self._relay.signed_in))
        self._attending.page_opened(page)
        if not self._relay.signed_in:
            page.tell(said.SignedOutPage())
            self._tasks.start(self._introduce(page), "telling a new page everything")
            return
        page.tell(self._reachable)
        page.tell(self._uploads.message())
        if self._customer_page.latest is not None:
            page.tell(self._customer_page.latest)
        page.tell(self._replies.all())
        if self._desk is not None:
            page.tell(self._desk_now(self._desk))
            page.tell(self._relay_key)
            for code in self._invitations.codes:
                page.tell(self._invitations.invitation(code, self._desk.customer_page))

    async def _introduce(self, page: Page) -> None:
        """Tell a page whose relay this is; without an answer it shows the address alone."""
        with contextlib.suppress(RelayRefusedError, RelayUnreachableError):
            about = await self._relay.about()
            page.tell(AboutRelay(about.organisation, about.logo))

    def page_closed(self, page: Page) -> None:
        """Let go of the keys that the page held, and switch off the pictures that nobody looks at any more."""
        self._players.close(page)
        self.pages.remove(page)
        self._attending.page_closed()
        for session in page.looks_at:
            self._sessions.page_gone(session)

    def page_said(self, page: Page, message: said.FromPage) -> None:
        """Carry out what a page asks."""
        self._attending.page_said(message)
        match message:
            case PageSignIn() | ChooseDuePassword() | ProposeAuthenticator() | ConfirmAuthenticator() | CodesKept():
                self._answer(page, message.request, self._sign_in_flow.answer(page, message))
            case said.PageSignOut(request, end_sessions):
                self._answer(page, request, self._sign_out(end_sessions))
            case said.MakeCode(request):
                self._answer(page, request, self._make_code(request, message))
            case said.CancelCode(request, code):
                self._answer(page, request, self._cancel_code(code))
            case said.PageOpen(request):
                self._answer(page, request, self._open(page, message))
            case said.OpenUp() | said.ChangeSession() | said.HandOverTo() | said.ListTargets():
                self._answer(page, message.request, self._change(page, message))
            case said.EditField(request) | said.WriteNotes(request):
                self._answer(page, request, self._write(message))
            case said.PageEnd(request, session, words_differ):
                if words_differ:
                    self._sessions.act(session, OpenSession.words_differ)
                self._answer(page, request, self._sessions.end(session))
            case said.PageLeave(session):
                self._leave(page, session)
            case ToolMessage() | said.WordsCompared():
                self._sessions.act(message.session, lambda open_session: open_session.said(message))
            case _:
                self._recordings_said(page, message)

    def page_sent(self, session: int, data: bytes) -> None:
        """Pass a page's session message on to the applet. Raises BadMessageError or UnknownMessageError."""
        message = unpack(data)
        if not isinstance(message, FROM_PAGE):
            raise BadMessageError(f"a page does not say {type(message).__name__}")
        self._sessions.act(session, lambda open_session: open_session.page_asked(message))

    def _recordings_said(self, page: Page, message: said.FromPage) -> None:
        match message:
            case OpenPlayer(request):
                self._answer(page, request, self._play(page, message))
            case ClosePlayer():
                self._players.close(page)
            case PlayerDo():
                self._players.do(page, message)
            case StopConverting(recording):
                self._library.stop(recording)
            case TrustRelayKey(request, key):
                self._answer(page, request, self._trust_relay(key))
            case AcceptCustomerPage(request, accepted):
                self._answer(page, request, self._accept_page(accepted))
            case UsePlace(request, place):
                self._answer(page, request, self._use_place(place))
            case SaveReply(request) | DeleteReply(request) | ImportReplies(request) | ExportReplies(request):
                self._answer(page, request, self._look_after_replies(message))
            case AskSurvey(request) | AnswerSurvey(request):
                self._answer(page, request, self._survey(page, message))
            case RetryUpload() | GiveCredentials() | NotNow():
                self._uploads.said(message)
            case ListRecordings() | VerifyRecording() | ConvertRecording() | DeleteRecording():
                self._answer(page, message.request, self._look_after(message))

    async def _look_after_replies(self, message: RepliesFromPage) -> said.Done:
        answer = await self._replies.answer(message)
        if isinstance(answer, str):
            return said.Done(message.request, text=answer)
        return said.Done(message.request, count=answer)

    def _answer(self, page: Page, request: int, work: Coroutine[Any, Any, said.Done | None]) -> None:
        self._tasks.start(_reply(page, request, work), "what a page asked for")

    def _is_known(self, email: str) -> None:
        self._recordings.account = Account(self._relay.base, email)
        self._invitations.signed_in(email)
        self._replies.signed_in(self._relay.base, email)

    def _follow_relay(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        self._listening = background.start(self._relay.listen(), "the line to the relay")

    async def _sign_out(self, end_sessions: bool) -> None:
        if self._sessions.open_count and not end_sessions:
            raise SessionsOpenError(self._sessions.open_count)
        self._leaving_because = ""
        try:
            await self._sessions.end_all()
            await self._chat_keeper.finish()
            await self._relay.sign_out()
        finally:
            await self._signed_out()
            self._leaving_because = None

    async def _sign_out_unused(self) -> None:
        """No page was used for as long as the group allows: sign out, and leave sessions to be resumed (TECH-20)."""
        try:
            await self._sessions.leave()
            await self._chat_keeper.finish()
            await self._relay.sign_out()
        except (RelayRefusedError, RelayUnreachableError) as error:
            _log.info("the sign-in could not be ended at the relay: %s", error)
        finally:
            await self._signed_out(said.UNUSED)
            self._leaving_because = None

    async def _make_code(self, request: int, asked: said.MakeCode) -> said.Done:
        secret = secret_for(asked.method, asked.secret, os.urandom(RANDOM_BYTES))
        new = NewCode(
            method=asked.method,
            name=asked.name,
            session_type=asked.session_type,
            session=asked.session if asked.method is Method.PIN else None,
            fields=asked.fields,
            to=asked.to,
            language=asked.language,
            has_secret=secret is not None,
        )
        code = await self._relay.make_code(new)
        if asked.method is Method.PIN and not is_pin(code.pin):
            raise NotAPinError(NotAPinError.__doc__)
        self._invitations.made(code, secret)
        if asked.method is Method.LINK and asked.session is not None:
            self._sessions.replaced_by(asked.session, code.id)
        if secret is not None:
            self._secret_attempts.made(code.id, code.method, code.expires_at.timestamp(), time.time())
        self._tell_code(CodeChanged(code))
        return said.Done(request, code=code.id)

    async def _write(self, message: said.EditField | said.WriteNotes) -> None:
        """Have the relay keep what is written about a session. It tells every console, this one too."""
        if isinstance(message, said.WriteNotes):
            await self._relay.write_notes(message.session, message.notes)
        else:
            await self._relay.edit_field(message.session, message.field, message.value)

    async def _survey(self, page: Page, message: SurveysFromPage) -> None:
        if isinstance(message, AskSurvey):
            page.tell(SurveyTold(message.session, await self._relay.survey(message.session)))
        else:
            await self._relay.answer_survey(message.session, message.answers)

    async def _cancel_code(self, code: int) -> None:
        await self._relay.cancel_code(code)
        self._secret_attempts.cancelled(code)

    def _burn_code(self, code: int) -> None:
        """The secret of a code may be known to whoever guessed: forget it here, and let nobody enter with the code."""
        self._invitations.forget_secret(code)
        self._tasks.start(self._cancel_burnt(code), "canceling a code")

    async def _cancel_burnt(self, code: int) -> None:
        try:
            await self._relay.cancel_code(code)
        except (RelayRefusedError, RelayUnreachableError) as error:
            _log.info("code %d could not be cancelled at the relay: %s", code, error)

    async def _open(self, page: Page, asked: said.PageOpen) -> said.Done:
        number = asked.session
        codes = {session.id: session.code for session in self._sessions.known}
        secret = self._invitations.secret_of(codes[number]) if number in codes else None
        open_session = await self._sessions.open(number, secret, asked.without_secret, offered=asked.offered)
        if open_session.session.kind is CustomerKind.PAGE:
            self._tasks.start(self._customer_page.customer_comes(number), "comparing the page for customers")
        page.looks_at.add(number)
        page.tell(said.OpenedSession(open_session.session))
        for line in open_session.chat.lines:
            page.tell(line)
        for message in open_session.snapshot.replay():
            page.pass_on(number, pack(message))
        for told in open_session.opening():
            page.tell(told)
        return said.Done(asked.request, session=number)

    async def _change(
        self,
        page: Page,
        message: said.OpenUp | said.ChangeSession | said.HandOverTo | said.ListTargets,
    ) -> None:
        match message:
            case said.OpenUp(session=session):
                await self._sessions.open_up(session)
            case said.ChangeSession(session=session, change=change):
                await self._changes[change](session)
            case said.HandOverTo(session=session, to=to):
                await self._sessions.hand_over(session, to)
            case said.ListTargets():
                page.tell(said.Targets(await self._relay.transfer_targets()))

    async def _play(self, page: Page, asked: OpenPlayer) -> None:
        if not self._relay.signed_in:
            raise NotSignedInError(NotSignedInError.__doc__)
        await self._players.open(page, asked)

    def _whose(self) -> IsMine:
        """What recordings are shown: those of who is signed in."""
        return self._recordings.whose() if self._relay.signed_in else lambda _name: False

    async def _look_after(self, message: LibraryFromPage) -> None:
        if not self._relay.signed_in:
            raise NotSignedInError(NotSignedInError.__doc__)
        await self._library.answer(message)

    def _leave(self, page: Page, session: int) -> None:
        if session in page.looks_at:
            page.looks_at.discard(session)
            self._sessions.page_left(session)

    # ── the relay ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, signal: ToConsole) -> None:
        self._attending.heard(signal)
        match signal:
            case Desk():
                self._take_desk(signal)
            case RulesChanged() if self._desk is not None:
                self._take_rules(self._desk, signal)
            case SessionChanged(session):
                self._sessions.take(session)
                self.pages.tell_all(signal)
            case SessionGone(number):
                if self._sessions.gone(number):
                    self.pages.tell_all(signal)
            case CodeChanged(code):
                self._invitations.take(code)
                self._tell_code(signal)
            case Missed(session=None):
                self.pages.tell_all(signal)
            case SignedOut(reason):
                because = reason if self._leaving_because is None else self._leaving_because
                self._tasks.start(self._signed_out(because), "signing out")
            case _:
                self._hear_of_session(signal)

    def _hear_of_session(self, signal: ToConsole) -> None:
        """The relay says something that concerns one session."""
        match signal:
            case StartSession(console=console) if console == self._relay.console:
                self.pages.tell_all(signal)
            case Missed(session=int(number)):
                self._sessions.secret_missed(number)
            case SessionSignal(number, data):
                self._sessions.signal(number, data)
            case SessionTunnel(number, ticket, ice_servers):
                self._sessions.tunnel(number, lambda peer: peer.tunnel(ticket, ice_servers))
            case RecordingBegun() | Stamped():
                self._sessions.vouched(signal)

    def _take_desk(self, desk: Desk) -> None:
        self._recordings.follow(desk)
        self._uploads.follow(desk.recording, self._recordings.account)
        self._desk = desk = msgspec.structs.replace(desk, recording=desk.recording.without_access())
        self._desk_at = time.monotonic()
        self._sessions.permit(desk.functions)
        self._sessions.take_all(desk.sessions)
        self._invitations.take_all(desk.codes)
        self.pages.tell_all(desk)
        self._attending.signed_in(desk.settings)
        self._meet_relay(self._recordings.stamp_key)
        self._tasks.start(self._customer_page.signed_in(), "comparing the page for customers")
        for code in desk.codes:
            self.pages.tell_all(self._invitations.invitation(code, desk.customer_page))

    def _attend(self) -> None:
        """Sign out who has used no page for as long as their group allows, unless a screen is shown (TECH-11)."""
        self._attending.tell()
        if self._leaving_because is None and self._attending.must_sign_out and not self._sessions.any_is_shown:
            self._leaving_because = said.UNUSED
            self._tasks.start(self._sign_out_unused(), "signing out")

    def _meet_relay(self, key: bytes) -> None:
        """Tell the pages whether this is the relay that this computer knows."""
        seen = self._recordings.known_relays.see(self._relay.base, key)
        self._relay_key = RelayKey(key.hex(), seen is Seen.CHANGED)
        self.pages.tell_all(self._relay_key)

    async def _accept_page(self, page: str) -> None:
        self._customer_page.accept(page)

    async def _use_place(self, place: str) -> None:
        self._uploads.use_place(place)

    async def _trust_relay(self, key: str) -> None:
        if self._desk is not None and key == self._relay_key.key:
            self._recordings.known_relays.remember(self._relay.base, self._recordings.stamp_key)
            self._meet_relay(self._recordings.stamp_key)

    def _take_rules(self, desk: Desk, rules: RulesChanged) -> None:
        """What is recorded now goes on as it began; the next recording follows the new rules (REC-34)."""
        self._recordings.rules = rules.recording
        self._sessions.permit(rules.functions)
        self._uploads.follow(rules.recording, self._recordings.account)
        shown = rules.recording.without_access()
        self._desk = msgspec.structs.replace(
            desk, functions=rules.functions, recording=shown, settings=rules.settings, fields=rules.fields
        )
        self.pages.tell_all(self._desk_now(self._desk))
        self._attending.follow(rules.settings)

    def _tell_uploads(self, message: UploadsMessage) -> None:
        if self._relay.signed_in:
            self.pages.tell_all(message)

    def _tell_code(self, changed: CodeChanged) -> None:
        self.pages.tell_all(changed)
        if self._desk is not None:
            self.pages.tell_all(self._invitations.invitation(changed.code, self._desk.customer_page))

    def _desk_now(self, desk: Desk) -> Desk:
        now = None if desk.now is None else desk.now + timedelta(seconds=time.monotonic() - self._desk_at)
        return msgspec.structs.replace(desk, sessions=self._sessions.known, codes=self._invitations.codes, now=now)

    def _online(self, online: bool, retry_seconds: float | None) -> None:
        since = self._reachable.since if self._reachable.online == online else datetime.now(UTC)
        self._reachable = said.Online(online, since, retry_seconds)
        self.pages.tell_all(self._reachable)

    def _needs_relay(self) -> bool:
        return self._sessions.any_is_cut_off

    def _network_lost(self) -> None:
        self._sessions.network_lost()

    def _busy(self, seconds: float | None) -> None:
        self.pages.tell_all(said.RelayBusy(seconds is not None))

    async def _signed_out(self, reason: str = "") -> None:
        self._desk = None
        self._attending.signed_out()
        self._invitations.signed_out()
        self._replies.signed_in(self._relay.base, "")
        self._uploads.follow(None)
        self._players.close_all()
        self._library.signed_out()
        await self._sessions.leave()
        self._chat_keeper.forget()
        self.pages.tell_all(said.SignedOutPage(reason))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._sessions.tick()
            self._chat_keeper.tick()
            self._attend()
            self._uploads.tick(self._sessions.received_bytes)


async def _reply(page: Page, request: int, work: Coroutine[Any, Any, said.Done | None]) -> None:
    """Do `work` for a page and tell it how that ended."""
    try:
        done = await work
    except RelayRefusedError as error:
        problem = error.problem
    except RelayUnreachableError as error:
        problem = Problem(problem="relay_unreachable", message=str(error))
    except SessionsOpenError as error:
        page.tell(said.Failed(request, "sessions_open", str(error), count=error.count))
        return
    except DesksideError as error:
        problem = Problem(problem=PROBLEMS.get(type(error)) or problem_of(error), message=str(error))
    else:
        page.tell(done or said.Done(request))
        return
    failed = said.Failed(request, problem.problem, problem.message, problem.field, problem.retry_seconds)
    page.tell(msgspec.structs.replace(failed, contact=problem.contact, least=problem.least, taken_by=problem.taken_by))
