"""One session of the customer's side: joins relay, peer, consent, picture and input. Runs in an asyncio loop."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from applet.bucket import Bucket
from applet.input.queue import InputMessage
from applet.input.remote_control import RemoteControl
from applet.machine import computer_name, language_code, system_name
from applet.screen.screen_share import ScreenShare
from applet.session.codes import BadCodeError, Code, read_code, read_digits
from applet.session.consent import Consent
from applet.session.conversation import Conversation
from applet.session.copied import copied_here, copied_there, trouble
from applet.session.known_relays import KnownRelays
from applet.session.peer import PeerEvents
from applet.session.stop_latch import EVERYTHING, StopLatch
from applet.session.ui_state import (
    ClipboardChanged,
    ClipboardNotRead,
    ClipboardTooLong,
    CopiedHere,
    Decide,
    EnterCode,
    EnterDigits,
    Intent,
    Leave,
    Revoke,
    Say,
    Stage,
    Stop,
    Types,
    UiState,
    UseRelay,
)
from applet.session.visit import Visit
from applet.session.wrong_secrets import WrongSecrets
from codec.host import background
from codec.session.handshake import Agreement, HandshakeProblem, How
from codec.session.path_manager import LinkKind
from codec.wire import messages
from codec.wire.chain_head import Head
from codec.wire.lanes import Lane
from codec.wire.messages import (
    VERSION,
    Access,
    Answered,
    Ask,
    Bye,
    Chat,
    ChatState,
    ClipboardText,
    Computer,
    Ending,
    Granted,
    Notice,
    Recording,
    Refresh,
    Release,
    SessionMessage,
    Shown,
    SignedHead,
    SignHead,
    SwitchChat,
    Trouble,
    Typing,
    Watch,
    Withdraw,
)
from codec.wire.permits import BadPermitError, Function, SignedPermit, known, read
from codec.wire.signals import Entered, Leaving, Permitted, Refused, SigningKey, State, ToApplet

LOST_SECONDS = 3.0
"""When no link was there for so long, held keys are released."""
AWAY_SECONDS = 60.0
"""After so long without a link the customer is told that the technician is away."""
MAX_COMINGS = 64
QUESTIONS_BURST = 8, 0.5
"""So many questions of the technician at once, and then so many a second: more cannot be read."""
STOP_KEY = "Pause, Ctrl+Alt+Shift+S"
_log = logging.getLogger(__name__)
_INPUT = InputMessage.__args__
_ACCESS = {
    Function.DESKTOP_VIEW: Access.VIEW,
    Function.REMOTE_CONTROL: Access.CONTROL,
    Function.CLIPBOARD: Access.CLIPBOARD,
    Function.RECORD: Access.RECORD,
}
"""What each function lets the technician ask for."""


class Engine:
    """The applet without its window. `intent` it things, it `show`s a new UiState whenever one is due.

    `share` and `control` make the picture path and the input for this computer. `set_clipboard` is called with text
    that the technician copied; `wrong_secrets` and `relays` remember across restarts where they are given. Everything
    happens in the loop that `run` runs in. The relay that the program was started with is known.
    """

    def __init__(
        self,
        relay: str | None,
        show: Callable[[UiState], None],
        set_clipboard: Callable[[str], None],
        share: Callable[[Callable[[SessionMessage], None]], ScreenShare],
        control: Callable[["Engine"], RemoteControl],
        latch: StopLatch,
        wrong_secrets: WrongSecrets | None = None,
        relays: KnownRelays | None = None,
    ) -> None:
        self.ui_state = UiState(relay=relay)
        self.consent = Consent()
        self._latch = latch
        self._asked_at = latch.mark()
        self._show = show
        self._set_clipboard = set_clipboard
        self._screen_share = share(self.send)
        self._remote_control = control(self)
        self._comings: asyncio.Queue[EnterCode | UseRelay | Leave] = asyncio.Queue(MAX_COMINGS)
        self._wrong_secrets = wrong_secrets or WrongSecrets(lambda _codes: None)
        self._relays = relays or KnownRelays(lambda _relays: None)
        self._own_relay = relay
        self._code: Code | None = None
        """Entered, but its relay is unknown: the person is asked whether to go there."""
        self._visit: Visit | None = None
        self._lost: list[asyncio.TimerHandle] = []
        self._conversation = Conversation()
        self._questions = Bucket(*QUESTIONS_BURST)
        self._relay_key = b""
        self._signing = Ed25519PrivateKey.generate()
        self._permitted: frozenset[Function] = frozenset()
        self._permit_of = 0
        self._farewell: Leaving | None = None
        self._over = asyncio.Event()
        self._quit = False

    def intent(self, intent: Intent) -> None:
        """Take an intent of the person here. Called from the loop.

        All but coming and going is carried out at once.
        """
        match intent:
            case Decide(serial=serial, allowed=allowed):
                self._decide(serial, allowed)
            case Revoke(access=access):
                self._latch.stop(frozenset({access}))
                self.heed()
            case Stop(by_key=by_key):
                self._latch.stop(by_key=by_key)
                self.heed()
            case Say(text=text):
                self._carry_out(self._conversation.say(text, self.ui_state, int(time.time() * 1000)))
            case Types(on=on):
                self.send(Typing(on))
            case ClipboardChanged() | ClipboardTooLong() | ClipboardNotRead():
                self._copied(intent)
            case EnterDigits(typed=typed):
                self._take_digits(typed)
            case EnterCode() | UseRelay() | Leave():
                if isinstance(intent, Leave):
                    self._latch.leave()
                with suppress(asyncio.QueueFull):  # so many are waiting already that one more changes nothing
                    self._comings.put_nowait(intent)

    @property
    def displays(self) -> ScreenShare:
        """The picture path, which knows the monitors."""
        return self._screen_share

    def heed(self) -> None:
        """Take note of what the customer has stopped, in whatever thread; it has been in force since then."""
        if not self._latch.has_stops:
            return
        stopped, by_key = self._latch.heed()
        if stopped == EVERYTHING:
            said = self.consent.stop(by_key)
            self._now(replace(self.ui_state, stopped=True))
        else:
            said = [message for access in sorted(stopped) for message in self.consent.release(access)]
        self._say_all(said)

    def stop_key_changed(self) -> None:
        """The stop key is heard, or no longer."""
        self._now(replace(self.ui_state, stop_key=self._remote_control.has_stop_key))

    def send(self, message: SessionMessage) -> None:
        """Send a message to the technician."""
        if isinstance(message, Notice) and message.trouble is Trouble.DISPLAY_LOST:
            # The person here does not see by themselves that the technician sees nothing.
            self._now(replace(self.ui_state, screen_trouble=message.cause if message.on else ""))
        if self._visit is not None:
            self._visit.send(message)

    async def run(self) -> None:
        """Serve one customer after another until the person here quits."""
        self._listen()
        sharing = background.start(self._screen_share.run(), "the picture path")
        self._show(self.ui_state)
        async with aiohttp.ClientSession() as http:
            try:
                while not self._quit:
                    await self._come_or_go(await self._comings.get(), http)
            finally:
                await self._end(Leaving.CLOSED)
                sharing.cancel()
                with suppress(asyncio.CancelledError):
                    await sharing
                self._remote_control.close()

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
        await self._end(self._farewell or Leaving.CLOSED)
        self._farewell = None

    def _enter(self, typed: str, http: aiohttp.ClientSession) -> None:
        if self.ui_state.stage not in (Stage.ENTRY, Stage.ENDED):
            return
        try:
            code = read_code(typed, self.ui_state.relay)
        except BadCodeError as error:
            self._now(self._fresh(relay=self.ui_state.relay, problem=error.problem))
            return
        if code.relay != self._own_relay and not self._relays.knows(code.relay):
            self._code = code
            self._now(self._fresh(relay=self.ui_state.relay, unknown_relay=code.relay))
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
            self._now(self._fresh(relay=self.ui_state.relay))

    def _go_in(self, code: Code, http: aiohttp.ClientSession) -> None:
        if code.secret is not None and self._wrong_secrets.is_used_up(code.digest, time.time()):
            self._now(self._fresh(relay=self.ui_state.relay, problem="no_guess_left"))
            return
        self._latch.begin()
        self._now(self._fresh(stage=Stage.ENTERING, relay=code.relay))
        self._visit = Visit(http, code, self._heard, self._online)

    def _decide(self, serial: int, allowed: frozenset[Access]) -> None:
        """The customer answers. What they have stopped since the question appeared is no."""
        fresh = self._latch.fresh(allowed, self._asked_at)
        question = self.consent.question
        said = self.consent.answer(serial, fresh)
        if question is not None and question.serial == serial:
            self._latch.open(self.consent.granted & fresh, self._asked_at)
        self._say_all(said)

    def _copied(self, copied: CopiedHere) -> None:
        """The customer copied something: share it, or say on both sides why it is not shared."""
        if not self._latch.passes(Access.CLIPBOARD):
            return
        said, note = copied_here(copied, self.ui_state.clipboard_note)
        self._carry_out((said, replace(self.ui_state, clipboard_note=note)))

    def _their_clipboard(self, message: ClipboardText | messages.ClipboardTooLong) -> None:
        if not self._latch.passes(Access.CLIPBOARD):
            return
        if isinstance(message, ClipboardText):
            self._set_clipboard(message.text)
        said, note = copied_there(message, self.ui_state.clipboard_note)
        self._carry_out((said, replace(self.ui_state, clipboard_note=note)))

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
                self._now(self._fresh(relay=self.ui_state.relay, problem=reason.value, retry_seconds=seconds))
            case State(state=state):
                if state.is_final:
                    self._finish(state.value)
            case Permitted(permit=permit):
                self._permit(permit)

    def _entered(self, entered: Entered, visit: Visit) -> None:
        if visit.is_met:
            self._permit(entered.permit)  # it may have changed while the relay was away
            self._tell_signing_key(visit)
            return
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
        self._now(
            replace(
                self.ui_state,
                stage=Stage.WAITING,
                technician=entered.technician,
                organisation=entered.organisation,
                chat_on=Function.CHAT in self._permitted,
            )
        )

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
        access = frozenset(access for function, access in _ACCESS.items() if function in self._permitted)
        always = Function.RECORD_ALWAYS in self._permitted
        self.consent.permit(access, records_apart=Function.RECORD_CONSENT in self._permitted and not always)

    def _online(self, online: bool) -> None:
        self._now(replace(self.ui_state, online=online))

    # ── what the peer says ─────────────────────────────────────────────────────────────────────────────────────────

    def _lacks_secret(self) -> None:
        """The PIN has extra digits. Nothing has been proven yet, so asking for them uses up no guess."""
        self._now(replace(self.ui_state, needs_digits=True))

    def _take_digits(self, typed: str) -> None:
        visit = self._visit
        if visit is None or not self.ui_state.needs_digits:
            return
        try:
            digits = read_digits(typed)
        except BadCodeError as error:
            self._now(replace(self.ui_state, problem=error.problem))
            return
        if self._wrong_secrets.is_used_up(visit.code.digest, time.time()):
            self._farewell = Leaving.SECRETS_DIFFER
            self._finish("no_guess_left")
            return
        visit.give_secret(digits)
        self._now(replace(self.ui_state, needs_digits=False, problem=None))

    def _attempted(self, attempt: int) -> None:
        self._now(replace(self.ui_state, attempt=attempt))

    def _agreed(self, agreement: Agreement) -> None:
        """There is a new key, so perhaps another console: nothing that was allowed before holds."""
        self.consent.start_over()
        self._permissions_changed()
        key = self._signing.public_key().public_bytes_raw()
        about = computer_name(), system_name(), language_code()
        self.send(Computer(VERSION, *about, stop_key=self._stop_key(), signing_key=key))
        self.send(Granted(self.consent.granted))
        self.send(ChatState(self.ui_state.chat_on))
        self._now(
            replace(
                self.ui_state,
                stage=Stage.TOGETHER,
                words=agreement.words,
                words_changed=bool(self.ui_state.words),
                recording_since=None,
                vouched=agreement.how is How.SECRET,
                began_at=self.ui_state.began_at or time.time(),
            )
        )

    def _listen(self) -> None:
        self._remote_control.listen()
        self.stop_key_changed()

    def _stop_key(self) -> str:
        return STOP_KEY if self._remote_control.has_stop_key else ""

    def _moved(self, kind: LinkKind | None) -> None:
        self._found()
        if kind is None:
            loop = asyncio.get_running_loop()
            self._lost.append(loop.call_later(LOST_SECONDS, self._remote_control.let_go))
            self._lost.append(loop.call_later(AWAY_SECONDS, self._stays_away))
        self._now(replace(self.ui_state, online=kind is not None, away=False))

    def _stays_away(self) -> None:
        self._now(replace(self.ui_state, away=True))

    def _found(self) -> None:
        for timer in self._lost:
            timer.cancel()
        self._lost.clear()

    def _message(self, message: SessionMessage) -> None:
        if self._latch.left:
            return
        self.heed()  # a stop comes before whatever has arrived since, though the loop learns of it later
        match message:
            case Ask() | Withdraw() | Release():
                self._permission(message)
            case Watch(display=display, films=films):
                if self.consent.allows(Access.VIEW):
                    self._screen_share.watch(display, films)
            case Refresh(display=display):
                self._screen_share.refresh(display)
            case Shown(display=display, number=number):
                self._screen_share.shown(display, number)
            case Chat() | Typing() | SwitchChat():
                may_switch = Function.CHAT_TOGGLE in self._permitted
                self._carry_out(self._conversation.take(message, self.ui_state, may_switch, time.monotonic()))
            case ClipboardText() | messages.ClipboardTooLong():
                self._their_clipboard(message)
            case Recording() | SignHead():
                self._recorded(message)
            case Bye(reason=reason):
                self._finish(f"bye_{reason}")
            case _ if isinstance(message, _INPUT):
                # While a question is on the screen nothing is injected: only the customer can answer it.
                may = self.consent.allows(Access.CONTROL) and self.consent.question is None
                self._remote_control.take(message, may)

    def _recorded(self, message: Recording | SignHead) -> None:
        match message:
            case Recording(since=None):
                self._now(replace(self.ui_state, recording_since=None))
            case Recording():  # shown whatever was allowed: what is done must be seen
                self._now(replace(self.ui_state, recording_since=self.ui_state.recording_since or time.time()))
            case SignHead(number=number, digest=digest) if self.consent.has_recorded:
                self.send(SignedHead(number, digest, self._signing.sign(Head(number, digest).to_sign())))

    def _permission(self, message: Ask | Withdraw | Release) -> None:
        match message:
            case Ask(number=number, access=access, record=record):
                if not self._questions.take(1, time.monotonic()):
                    _log.warning("a question is refused: they come too fast to be read")
                    self.send(Answered(number, False))
                    return
                self._remote_control.let_go()
                self._listen()
                before, now = self.consent.question, self._latch.mark()
                said = self.consent.ask(number, access, record)
                if self.consent.question is not before:
                    self._asked_at = now
                self._say_all(said)
            case Withdraw(number=number):
                self._say_all(self.consent.withdraw(number))
            case Release(access=access):
                self._say_all(self.consent.release(access))

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
        self._latch.keep(granted)
        self._screen_share.allow(Access.VIEW in granted)
        if Access.CONTROL not in granted:
            self._remote_control.let_go()
            self._remote_control.put_back()
        self._hold_back(granted)
        once = self.ui_state.allowed_once | granted
        now = replace(self.ui_state, granted=granted, question=self.consent.question, allowed_once=once)
        if Access.CLIPBOARD not in granted:
            for each in trouble(now.clipboard_note, None):
                self.send(each)
            now = replace(now, clipboard_note=None)
        if Access.VIEW not in granted:
            now = replace(now, screen_trouble="")
        self._now(now)

    def _hold_back(self, granted: frozenset[Access]) -> None:
        """What waits to be sent and may no longer be is not sent."""
        for access, lane in ((Access.VIEW, Lane.PICTURE), (Access.CLIPBOARD, Lane.BULK)):
            if access not in granted and self._visit is not None:
                self._visit.discard(lane)

    def _carry_out(self, outcome: tuple[list[SessionMessage], UiState]) -> None:
        said, ui_state = outcome
        for message in said:
            self.send(message)
        self._now(ui_state)

    def _fresh(self, **known: Any) -> UiState:
        """Return the state in which nothing has happened yet."""
        return UiState(stop_key=self._remote_control.has_stop_key, **known)

    def _now(self, ui_state: UiState) -> None:
        if ui_state != self.ui_state:
            self.ui_state = ui_state
            self._show(ui_state)

    def _finish(self, ending: str) -> None:
        """The session is over: nothing holds from this moment; the rest is tidied up soon."""
        if self.ui_state.stage is Stage.ENDED:
            return
        self.consent.start_over()
        self._permissions_changed()
        over = replace(self.ui_state, stage=Stage.ENDED, ending=ending, ended_at=time.time(), needs_digits=False)
        self._now(replace(over, online=True, recording_since=None))
        self.intent(Leave())

    async def _end(self, leaving: Leaving) -> None:
        if self.ui_state.stage not in (Stage.ENTRY, Stage.ENDED):
            self.send(Bye(Ending.CUSTOMER))
            self._finish("customer")
        visit, self._visit = self._visit, None
        self._found()
        self._remote_control.let_go()
        if visit is not None:
            await visit.leave(leaving)
