"""One session of the customer's side: joins relay, peer, consent and tools. Runs in an asyncio loop."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from applet.machine import computer_name, language_code, system_name
from applet.session.codes import BadCodeError, Code, read_code, read_digits
from applet.session.consent import Consent
from applet.session.interruption import Interruption, Where, interruption_of, is_anothers
from applet.session.known_relays import KnownRelays
from applet.session.peer import PeerEvents
from applet.session.stop_latch import EVERYTHING, StopLatch
from applet.session.survey import survey_page
from applet.session.terms import terms_of
from applet.session.ui_state import (
    AnswerTerms,
    Decide,
    EnterCode,
    EnterDigits,
    Intent,
    Leave,
    NoWindow,
    Revoke,
    Stage,
    Stop,
    ToolIntent,
    ToolNews,
    UiState,
    UseRelay,
)
from applet.session.visit import Visit
from applet.session.wrong_secrets import WrongSecrets
from applet.tools import TOOLS
from applet.tools.base import Platform, Tool
from codec.host import background
from codec.session.handshake import Agreement, HandshakeProblem, How
from codec.session.links.cancelling import cancel_and_wait
from codec.session.path_manager import LinkKind
from codec.token_bucket import Bucket, Rate
from codec.wire.access import Access, may_ask
from codec.wire.api_types import SessionState
from codec.wire.customer_settings import CustomerSettings
from codec.wire.declaration import Declared
from codec.wire.lanes import Lane
from codec.wire.messages import (
    VERSION,
    Answered,
    Ask,
    Bye,
    Computer,
    Display,
    Ending,
    Granted,
    HandOver,
    Release,
    SessionMessage,
    Withdraw,
)
from codec.wire.permits import BadPermitError, Function, SignedPermit, known, read
from codec.wire.signals import (
    AcceptTerms,
    Entered,
    Leaving,
    Permitted,
    Refused,
    Replaced,
    SigningKey,
    State,
    ToApplet,
    Wait,
)
from codec.wire.tools import ToolName

LOST_SECONDS = 3.0
"""When no link was there for so long, held keys are released."""
CHANGE_SECONDS = 1.0
"""So long a change from one way to another may take before it is told as a loss."""
AWAY_SECONDS = 60.0
"""After so long without a link the customer is told that the technician is away."""
MAX_COMINGS = 64
QUESTIONS_RATE = Rate(per_second=0.5, burst=8)
"""So many questions of the technician at once, and then so many a second: more cannot be read."""
STOP_KEY = "Pause, Ctrl+Alt+Shift+S"
_log = logging.getLogger(__name__)


class Engine:
    """The applet without its window. `intent` it things, it `show`s a new UiState whenever one is due.

    `tell` gets what a tool tells its part in the windows; `wrong_secrets` and `relays` remember across restarts where
    they are given. Everything happens in the loop that it was made in. The relay that the program was started with is
    known. To its tools it is a ToolHost.
    """

    def __init__(
        self,
        relay: str | None,
        show: Callable[[UiState], None],
        tell: Callable[[ToolNews], None],
        platform: Platform,
        latch: StopLatch,
        wrong_secrets: WrongSecrets | None = None,
        relays: KnownRelays | None = None,
    ) -> None:
        self.ui_state = UiState(relay=relay)
        self.consent = Consent()
        self.latch = latch
        self.platform = platform
        self.displays: list[Display] = []
        self.settings = CustomerSettings()
        self._survey = ""
        self._asking: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._asked_at = latch.mark()
        self._show = show
        self._tell = tell
        self._comings: asyncio.Queue[EnterCode | UseRelay | Leave] = asyncio.Queue(MAX_COMINGS)
        self._wrong_secrets = wrong_secrets or WrongSecrets(lambda _codes: None)
        self._relays = relays or KnownRelays(lambda _relays: None)
        self._own_relay = relay
        self._code: Code | None = None
        """Entered, but its relay is unknown: the person is asked whether to go there."""
        self._visit: Visit | None = None
        self._lost: list[asyncio.TimerHandle] = []
        self._questions = Bucket(QUESTIONS_RATE)
        self._relay_key = b""
        self._signing = Ed25519PrivateKey.generate()
        self._permitted: frozenset[Function] = frozenset()
        self._where = Where(SessionState.CONNECTING)
        self._leg_of_key: int | None = None
        self._permit_of = 0
        self._farewell: Leaving | None = None
        self._over = asyncio.Event()
        self._quit = False
        self._tools: dict[ToolName, Tool] = {tool.name: tool(self) for tool in TOOLS}

    def intent(self, intent: Intent) -> None:
        """Take an intent of the person here. Called from the loop.

        All but coming and going is carried out at once.
        """
        match intent:
            case Decide(serial=serial, allowed=allowed):
                self._decide(serial, allowed)
            case Revoke(access=access):
                self.latch.stop(frozenset({access}))
                self.heed()
            case Stop(by_key=by_key):
                self.latch.stop(by_key=by_key)
                self.heed()
            case ToolIntent(tool=tool):
                self._tools[tool].intend(intent)
            case NoWindow(tool=tool):
                self._tools[tool].unseen()
            case EnterDigits(typed=typed):
                self._take_digits(typed)
            case AnswerTerms(accepts=accepts):
                self._answer_terms(accepts)
            case EnterCode() | UseRelay() | Leave():
                if isinstance(intent, Leave):
                    self.latch.leave()
                with suppress(asyncio.QueueFull):  # so many are waiting already that one more changes nothing
                    self._comings.put_nowait(intent)

    def heed(self) -> None:
        """Take note of what the customer has stopped, in whatever thread; it has been in force since then."""
        if not self.latch.has_stops:
            return
        stopped, by_key = self.latch.heed()
        if stopped == EVERYTHING:
            said = self.consent.stop(by_key)
            self.show(replace(self.ui_state, stopped=True))
        else:
            said = [message for access in sorted(stopped) for message in self.consent.release(access)]
        self._say_all(said)

    def send(self, message: SessionMessage) -> None:
        """Send a message to the technician."""
        if self._visit is not None:
            self._visit.send(message)

    # ── what it lends to its tools (see ToolHost) ──────────────────────────────────────────────────────────────────

    def show(self, ui_state: UiState) -> None:
        """Let the customer see this from now on."""
        if ui_state != self.ui_state:
            self.ui_state = ui_state
            self._show(ui_state)

    def tell(self, news: ToolNews) -> None:
        """Tell a tool's part in the windows."""
        self._tell(news)

    def discard(self, lane: Lane) -> None:
        """Do not send what waits on this lane."""
        if self._visit is not None:
            self._visit.discard(lane)

    def allows(self, access: Access) -> bool:
        """Whether the customer allows this, and has not stopped it since."""
        return self.consent.allows(access) and self.latch.passes(access)

    def permits(self, function: Function) -> bool:
        """Whether the technician's group may do this."""
        return function in self._permitted

    @property
    def is_asking(self) -> bool:
        """Whether there is a question on the customer's screen."""
        return self.consent.question is not None

    def sign(self, data: bytes) -> bytes | None:
        """Sign with this session's key, where the customer has ever allowed to record; else None."""
        return self._signing.sign(data) if self.consent.has_recorded else None

    def soon(self, happened: Callable[[], None]) -> None:
        """Call this in the loop, from any thread."""
        try:
            self._loop.call_soon_threadsafe(happened)
        except RuntimeError:
            _log.info("something happened after the end")

    # ── the loop ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Serve one customer after another until the person here quits."""
        for tool in self._tools.values():
            tool.begin()
        running = [background.start(tool.run(), f"the tool {tool.name}") for tool in self._tools.values()]
        self._show(self.ui_state)
        async with aiohttp.ClientSession() as http:
            try:
                while not self._quit:
                    await self._come_or_go(await self._comings.get(), http)
            finally:
                await self._end(Leaving.CLOSED)
                await cancel_and_wait([*running, self._asking] if self._asking is not None else running)
                for tool in self._tools.values():
                    tool.close()

    # ── what the person here asks ─────────────────────────────────────────────────────────────────────────────────

    async def _come_or_go(self, intent: EnterCode | UseRelay | Leave, http: aiohttp.ClientSession) -> None:
        """One after the other: a session is tidied up before the next one begins."""
        match intent:
            case EnterCode(typed=typed):
                self._enter(typed, http)
                return
            case UseRelay(relay=relay, uses=uses):
                self._use(relay, uses, http)
                return
        self._quit = intent.quit
        used, survey = self.ui_state.relay, self._survey
        await self._end(self._farewell or Leaving.CLOSED)
        self._farewell, self._survey = None, ""
        if used is not None and survey and not self._quit:
            self._asking = background.start(self._ask(http, used, survey), "asking whether there is a survey")

    async def _ask(self, http: aiohttp.ClientSession, relay: str, survey: str) -> None:
        page, over = await survey_page(http, relay, survey), self.ui_state
        if page and over.stage is Stage.ENDED and self._visit is None:
            self.show(replace(self.ui_state, survey=page))

    def _enter(self, typed: str, http: aiohttp.ClientSession) -> None:
        if self.ui_state.stage not in (Stage.ENTRY, Stage.ENDED):
            return
        try:
            code = read_code(typed, self.ui_state.relay)
        except BadCodeError as error:
            self.show(self._fresh(relay=self.ui_state.relay, problem=error.problem))
            return
        if code.relay != self._own_relay and not self._relays.knows(code.relay):
            self._code = code
            self.show(self._fresh(relay=self.ui_state.relay, unknown_relay=code.relay))
            return
        self._go_in(code, http)

    def _use(self, relay: str, uses: bool, http: aiohttp.ClientSession) -> None:
        """The person knows now where the link leads, and says whether to go there."""
        code = self._code
        if code is None or relay != self.ui_state.unknown_relay or code.relay != relay:
            return
        self._code = None
        if uses:
            self._relays.remember(relay)
            self._go_in(code, http)
        else:
            self.show(self._fresh(relay=self.ui_state.relay))

    def _go_in(self, code: Code, http: aiohttp.ClientSession) -> None:
        if code.secret is not None and self._wrong_secrets.is_used_up(code.digest, time.time()):
            self.show(self._fresh(relay=self.ui_state.relay, problem="no_guess_left"))
            return
        self.latch.begin()
        self.settings = CustomerSettings()
        self.show(self._fresh(stage=Stage.ENTERING, relay=code.relay))
        self._visit = Visit(http, code, self._heard, self._online)

    def _decide(self, serial: int, allowed: frozenset[Access]) -> None:
        """The customer answers. What they have stopped since the question appeared is no."""
        fresh = self.latch.fresh(allowed, self._asked_at)
        question = self.consent.question
        said = self.consent.answer(serial, fresh)
        if question is not None and question.serial == serial:
            self.latch.open(self.consent.granted & fresh, self._asked_at)
        self._say_all(said)

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────────

    def _heard(self, signal: ToApplet) -> None:
        visit = self._visit
        if visit is None:
            return  # we are leaving
        match signal:
            case Entered():
                self._entered(signal, visit)
            case Refused() if visit.is_met:
                self._finish("ended")
            case Refused(reason=reason, retry_seconds=seconds):
                self.show(self._fresh(relay=self.ui_state.relay, problem=reason.value, retry_seconds=seconds))
            case Replaced(kind=kind):
                self._finish(f"goes_on_in_{kind.value}")
            case State(state=state) if state.is_final:
                self._finish(state.value)
            case State(state=state, leg=leg, to=to, technician=technician):
                if technician:
                    self.show(replace(self.ui_state, technician=technician))
                self._is(Where(state, leg, to))
            case Wait():
                self.show(replace(self.ui_state, wait=signal))
            case Permitted(permit=permit):
                self._permit(permit)

    def _entered(self, entered: Entered, visit: Visit) -> None:
        terms = terms_of(entered)
        where = Where(entered.state, entered.leg, entered.to)
        if visit.is_met:
            if terms is not None and self.ui_state.terms is None:
                visit.say(AcceptTerms())  # the relay has not heard of it
            if entered.technician:
                self.show(replace(self.ui_state, technician=entered.technician))
            self._is(where)
            self._permit(entered.permit)  # it may have changed while the relay was away
            self._tell_signing_key(visit)
            return
        self.settings, self._survey = entered.settings, entered.survey
        self._leg_of_key = None
        self._relay_key, self._permit_of = entered.relay_key, entered.session
        self._signing = Ed25519PrivateKey.generate()  # one for each session: a lasting one would tell who comes back
        self._tell_signing_key(visit)
        self._permit(entered.permit)
        events = PeerEvents(
            signal=visit.signal,
            lacks_secret=self._lacks_secret,
            attempted=self._attempted,
            agreed=self._agreed,
            moved=self._moved,
            doubted=visit.probe,
            message=self._message,
            refused=self._refused,
            broken=self._broken,
        )
        visit.meet(entered.session, events)
        if entered.state not in (SessionState.CONNECTING, SessionState.WAITING):
            visit.lost_key()  # the technician has a key already: of the customer's page, from which we go on
        self.show(
            replace(
                self.ui_state,
                stage=Stage.WAITING,
                technician=entered.technician,
                organisation=entered.organisation,
                application=entered.settings.look_application_name,
                terms=terms,
            )
        )
        for tool in self._tools.values():
            tool.entered()
        self._is(where)

    def _is(self, where: Where) -> None:
        """The relay says how the session is. While it is interrupted nothing is allowed, and nothing can be asked."""
        self._where = where
        interruption = interruption_of(where, self._leg_of_key)
        handed_to = where.to if interruption is Interruption.HANDED_OVER else ""
        begins = interruption is not None and self.ui_state.interruption is None
        self.show(replace(self.ui_state, interruption=interruption, handed_to=handed_to))
        if begins:
            self._say_all(self.consent.interrupt())
        if is_anothers(where, self._leg_of_key) and self._visit is not None:
            self._visit.forget_key()
        self._tell_consent()

    def _answer_terms(self, accepts: bool) -> None:
        visit = self._visit
        if visit is None or self.ui_state.terms is None:
            return
        if accepts:
            visit.say(AcceptTerms())
            self.show(replace(self.ui_state, terms=None))
        else:
            self._farewell = Leaving.DECLINED
            self._finish("declined")

    def _tell_signing_key(self, visit: Visit) -> None:
        """Let the relay vouch for whose key it is that signs recordings of this session."""
        visit.say(SigningKey(self._signing.public_key().public_bytes_raw()))

    def _permit(self, signed: SignedPermit | None) -> None:
        """Hold the technician to what his organisation lets him ask for; what cannot be believed permits nothing."""
        try:
            functions = () if signed is None else read(signed, self._relay_key, self._permit_of).functions
        except BadPermitError as error:
            _log.warning("%s", error)
            functions = ()
        self._permitted = known(functions)
        self.show(replace(self.ui_state, chat_kept=Function.CHAT_KEPT in self._permitted))
        self._tell_consent()

    def _tell_consent(self) -> None:
        """What may be asked for now."""
        always = Function.RECORD_ALWAYS in self._permitted
        access = may_ask(self._permitted) if self.ui_state.interruption is None else frozenset[Access]()
        self.consent.permit(access, records_apart=Function.RECORD_CONSENT in self._permitted and not always)

    def _online(self, online: bool) -> None:
        self.show(replace(self.ui_state, online=online))

    # ── what the peer says ─────────────────────────────────────────────────────────────────────────────────────────

    def _lacks_secret(self) -> None:
        """The PIN has extra digits. Nothing has been proven yet, so asking for them uses up no guess."""
        self.show(replace(self.ui_state, needs_digits=True))

    def _take_digits(self, typed: str) -> None:
        visit = self._visit
        if visit is None or not self.ui_state.needs_digits:
            return
        try:
            digits = read_digits(typed)
        except BadCodeError as error:
            self.show(replace(self.ui_state, problem=error.problem))
            return
        if self._wrong_secrets.is_used_up(visit.code.digest, time.time()):
            self._farewell = Leaving.SECRETS_DIFFER
            self._finish("no_guess_left")
            return
        visit.give_secret(digits)
        self.show(replace(self.ui_state, needs_digits=False, problem=None))

    def _attempted(self, attempt: int) -> None:
        if self.ui_state.interruption is not Interruption.HANDED_OVER:  # then it is told who takes over instead
            self.show(replace(self.ui_state, attempt=attempt))

    def _agreed(self, agreement: Agreement) -> None:
        """There is a new key, so perhaps another console: nothing that was allowed before holds."""
        self._start_over()
        self._leg_of_key = self._where.leg
        self._is(self._where)
        key = self._signing.public_key().public_bytes_raw()
        about = computer_name(), system_name(), language_code()
        stop_key = STOP_KEY if self.ui_state.stop_key else ""
        self.send(Computer(VERSION, *about, stop_key=stop_key, signing_key=key))
        self.send(Granted(self.consent.granted))
        for tool in self._tools.values():
            tool.met()
        self.show(
            replace(
                self.ui_state,
                stage=Stage.TOGETHER,
                words=agreement.words,
                words_changed=bool(self.ui_state.words),
                vouched=agreement.how is How.SECRET,
                began_at=self.ui_state.began_at or time.time(),
            )
        )

    def _moved(self, kind: LinkKind | None) -> None:
        self._found()
        if kind is None:
            loop = asyncio.get_running_loop()
            self._lost.append(loop.call_later(CHANGE_SECONDS, self._stays_offline))
            self._lost.append(loop.call_later(LOST_SECONDS, self._stays_lost))
            self._lost.append(loop.call_later(AWAY_SECONDS, self._stays_away))
        else:
            self.show(replace(self.ui_state, online=True, away=False))

    def _stays_offline(self) -> None:
        self.show(replace(self.ui_state, online=False))

    def _stays_lost(self) -> None:
        for tool in self._tools.values():
            tool.lost()

    def _stays_away(self) -> None:
        self.show(replace(self.ui_state, away=True))

    def _found(self) -> None:
        for timer in self._lost:
            timer.cancel()
        self._lost.clear()

    def _message(self, message: SessionMessage) -> None:
        if self.latch.left:
            return
        self.heed()  # a stop comes before whatever has arrived since, though the loop learns of it later
        if not any(tool.holds_back(message) for tool in self._tools.values()):
            self.take(message)

    def take(self, message: SessionMessage) -> None:
        """Carry out a message of the technician, as far as customer and group permit it now."""
        declared = message.declared
        if declared.tool is None:
            self._hear(message)
            return
        tool = self._tools.get(declared.tool)
        if tool is None:
            return  # a camera's: only pages show one
        if self._is_allowed(declared):
            tool.take(message)
        else:
            tool.refuse(message)

    def _is_allowed(self, declared: Declared) -> bool:
        """Whether customer and group permit what a message needs."""
        consented = declared.needs is None or self.allows(declared.needs)
        return consented and (declared.function is None or self.permits(declared.function))

    def _hear(self, message: SessionMessage) -> None:
        """The technician asks for something, gives it back, or leaves."""
        match message:
            case Ask(number=number, access=access, record=record):
                if not self._questions.take(1, time.monotonic()):
                    _log.warning("a question is refused: they come too fast to be read")
                    self.send(Answered(number, False))
                    return
                for tool in self._tools.values():
                    tool.asked()
                before, now = self.consent.question, self.latch.mark()
                said = self.consent.ask(number, access, record)
                if self.consent.question is not before:
                    self._asked_at = now
                self._say_all(said)
            case Withdraw(number=number):
                self._say_all(self.consent.withdraw(number))
            case Release(access=access):
                self._say_all(self.consent.release(access))
            case HandOver() if self._visit is not None:
                self._visit.hand_over()
            case Bye(reason=reason):
                self._finish(f"bye_{reason}")

    def _refused(self, problem: HandshakeProblem) -> None:
        visit = self._visit
        if visit is None:
            return
        differ = problem is HandshakeProblem.SECRETS_DIFFER
        if differ:
            self._wrong_secrets.missed(visit.code.digest, time.time())
            if visit.is_connected and not self._wrong_secrets.is_used_up(visit.code.digest, time.time()):
                return  # a guess at a session that is already secured: counted, and shown as an attempt
        elif visit.is_connected and problem is not HandshakeProblem.TOO_MANY_ATTEMPTS:
            return
        self._farewell = Leaving.SECRETS_DIFFER if differ else Leaving.FAILED
        is_link = visit.code.routing is not None
        self._finish("link_differs" if differ and is_link else problem.value)

    def _broken(self, reason: str) -> None:
        _log.warning("the console broke the rules: %s", reason)
        self.send(Bye(Ending.PROTOCOL))
        self._farewell = Leaving.FAILED
        self._finish("protocol")

    # ── together ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _say_all(self, messages: list[SessionMessage]) -> None:
        self._permissions_changed()
        for message in messages:
            self.send(message)

    def _permissions_changed(self) -> None:
        """Enforce what holds now, before either side is told of it."""
        granted = self.consent.granted
        self.latch.keep(granted)
        for tool in self._tools.values():
            tool.allow(granted)
        once = self.ui_state.allowed_once | granted
        self.show(replace(self.ui_state, granted=granted, question=self.consent.question, allowed_once=once))

    def _start_over(self) -> None:
        """Nothing holds from this moment."""
        self.consent.start_over()
        self._permissions_changed()
        for tool in self._tools.values():
            tool.end()

    def _fresh(self, **known: Any) -> UiState:
        """Return the state in which nothing has happened yet."""
        return UiState(stop_key=self.ui_state.stop_key, **known)

    def _finish(self, ending: str) -> None:
        """The session is over; the rest is tidied up soon."""
        if self.ui_state.stage is Stage.ENDED:
            return
        self._start_over()
        over = replace(self.ui_state, stage=Stage.ENDED, ending=ending, ended_at=time.time(), needs_digits=False)
        self.show(replace(over, online=True))
        self.intent(Leave())

    async def _end(self, leaving: Leaving) -> None:
        if self.ui_state.stage not in (Stage.ENTRY, Stage.ENDED):
            self.send(Bye(Ending.CUSTOMER))
            self._finish("customer")
        visit, self._visit = self._visit, None
        self._found()
        if visit is not None:
            await visit.leave(leaving)
