"""The recordings of one session: one for each time that it is seen (REC-36), signed by both ends and by the relay.

Lives in the event loop; the files are written on a thread for each recording.
"""

import asyncio
import base64
import binascii
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.recording.endings import PROOF
from codec.recording.formats import FormatName
from codec.recording.journal import Began, Source, keeps
from codec.recording.proof import APPLET, CONSOLE, RELAY, ProofWriter
from codec.recording.recorder import OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.stores.base import Store
from codec.stores.locations import Location
from codec.wire.api_types import RecordingRules
from codec.wire.chain_head import RECORDING_BYTES, Beginning, Head, is_signed
from codec.wire.messages import SessionMessage, SignedHead, SignHead, pack
from codec.wire.signals import BeginRecording, Desk, RecordingBegun, Stamp, Stamped
from console.recording.confirmed_locations import NOBODY, Account, ConfirmedLocations, Order
from console.recording.known_relays import KnownRelays
from console.recording.ledger import Entry
from console.recording.location_access import SPOOL, open_place, refusal_of
from console.recording.recording_index import RecordingIndex
from console.recording.recording_thread import Lost, RecordingThread, Telling
from console.recording.start import Running, Signing, name_of, start
from console.recording.target_folder import Target, problem_in, target_of

STAMP_SECONDS = 10.0
MOST_ASKED = 256
"""So many unanswered heads are remembered; each later signature covers all heads before it."""
JOURNAL_ONLY = "dsr"
CHECK_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass
class Recordings:
    """What all recordings of a console have in common. The relay tells the rules, its key and who the technician is."""

    folder: Path
    format: str = FormatName.H264
    """What the technician chose, for groups that leave the choice to him."""
    on_closed: Callable[[tuple[Path, ...]], None] = lambda _: None
    """Told the files of a recording, proofs too, once they are closed."""
    rules: RecordingRules = field(default_factory=RecordingRules)
    stamp_key: bytes = b""
    technician: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    """What the console signs with."""
    data: Path | None = None
    """The console's own folder: what the technician decided on this computer; None: only for this run."""
    unencrypted: frozenset[str] = frozenset()
    """The servers that the technician lets recordings go to unencrypted."""
    account: Account = NOBODY
    """Who is signed in, and where."""
    recording_index: RecordingIndex = field(init=False)
    confirmed: ConfirmedLocations = field(init=False)
    known_relays: KnownRelays = field(init=False)

    def __post_init__(self) -> None:
        """Keep track of the recordings beside them."""
        self.recording_index = RecordingIndex(self.folder / SPOOL)
        self.confirmed = ConfirmedLocations(self.data)
        self.known_relays = KnownRelays(self.data)

    def follow(self, desk: Desk) -> None:
        """Take what the relay says about recordings. A key that is none means that nobody vouches for them."""
        self.rules, self.technician = desk.recording, desk.person.name
        try:
            self.stamp_key = base64.b64decode(desk.stamp_key, validate=True)
        except binascii.Error:
            self.stamp_key = b""

    @property
    def public_key(self) -> bytes:
        """What the signatures of this console are checked with."""
        return self.key.public_key().public_bytes_raw()

    @property
    def film(self) -> FormatName | None:
        """The format of the next film, None for the journal alone. An unknown one becomes H.264."""
        wanted = self.rules.format or self.format
        if wanted == JOURNAL_ONLY:
            return None
        return FormatName(wanted) if wanted in set(FormatName) else FormatName.H264

    def target(self) -> Target:
        """Return where the next recording is written. Raises RecordingStoppedError."""
        return target_of(self.rules, self.folder, self.recording_index.spool, confirmed=not self.waits_for_yes)

    @property
    def waits_for_yes(self) -> bool:
        """Whether recordings stay on this computer until the technician has confirmed where they go. Reads a file."""
        order = Order(self.account, self.rules.location, self.rules.user)
        return bool(self.rules.location) and not self.confirmed.has(order)

    def places(self) -> list[Path]:
        """Return the folders of this computer where recordings may lie. Reads the disk."""
        return [self.folder, *self.recording_index.folders()]

    def problem(self) -> str:
        """Return why nothing can be recorded, empty when it can. May wait for a disk or a share."""
        try:
            return self.problem_in(self.target())
        except RecordingStoppedError as error:
            return str(error)

    def problem_in(self, target: Target) -> str:
        """Return why nothing can be recorded there, empty when it can. May wait for a disk or a share."""
        is_ours = self.data is not None and self.data in self.folder.parents
        return problem_in(target, None if is_ours else self.folder)

    def open_store(self, location: Location) -> Store:
        """Return the place that a location names. Raises BadLocationError, StoreError."""
        return open_place(location, self.recording_index.spool, self.unencrypted)

    def refusal_of(self, location: Location) -> str:
        """Return why nothing is sent to a place even with the technician's yes, empty where nothing is against it."""
        return refusal_of(location, self.unencrypted)

    async def checked(self) -> str:
        """Return the same without holding up anything else; a place that does not answer is a problem too."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()

        def say(problem: str) -> None:
            if not answer.done():
                answer.set_result(problem)

        def look() -> None:
            problem = self.problem()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(say, problem)

        threading.Thread(target=look, name="recording location", daemon=True).start()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await answer
        except TimeoutError:
            return "The place where recordings go does not answer. Connect it again, or tell your administrator."


@dataclass(frozen=True)
class Faces:
    """Whom the recordings of a session tell."""

    ask_applet: Callable[[SignHead], None]
    ask_relay: Callable[[BeginRecording | Stamp], None]
    begun: Callable[[int], None]
    """The recording runs since then, in milliseconds since 1970."""
    failed: Callable[[str, bool], None]
    """Why, and whether it is the one that runs now; one that failed while it was closed has ended anyway."""
    lost: Callable[[OutputKind], None]
    """One file of it ended early; the recording goes on in the others."""
    gone: Callable[[Path, bool], None]
    """The files are closed; this is the one to show, and whether the recording had failed before its end."""


@dataclass(eq=False)
class _Run:
    """One recording. `stamped` says when the relay was asked last, `asked_all` that nobody will be asked again.

    `applet_key` and `relay_key` are those in its proofs, empty where there is none.
    """

    applet_key: bytes
    relay_key: bytes
    number: bytes = field(default_factory=lambda: secrets.token_bytes(RECORDING_BYTES))
    thread: RecordingThread | None = None
    entry: Entry | None = None
    begun: RecordingBegun | None = None
    """The relay's signature under the beginning, once it has come."""
    proofs: dict[ProofWriter, bool] = field(default_factory=dict)
    """Those that have been signed so far, and whether the relay's signature is in them."""
    unstamped: set[ProofWriter] = field(default_factory=set)
    """Those whose last question to the relay has had no answer."""
    stamped: dict[ProofWriter, float] = field(default_factory=dict)
    closing: bool = False
    failed: bool = False
    asked_all: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Asked:
    run: _Run
    proof: ProofWriter
    head: Head
    of: set[str]


class SessionRecordings:
    """Begin, feed and end; what `Faces` says happens in the event loop."""

    def __init__(self, session: int, common: Recordings, faces: Faces) -> None:
        self._session = session
        self._common = common
        self._faces = faces
        self._loop = asyncio.get_running_loop()
        self._now: _Run | None = None
        self._runs: list[_Run] = []
        self._asked: dict[bytes, _Asked] = {}
        self._last_at = 0

    @property
    def runs(self) -> bool:
        """Whether a recording runs, or is just beginning."""
        return self._now is not None

    @property
    def needs_refresh(self) -> bool:
        """Whether a whole picture is needed."""
        return self._now is not None and self._now.thread is not None and self._now.thread.needs_refresh

    def begin(self, customer: str, applet_key: bytes, so_far: list[SessionMessage]) -> None:
        """Begin a recording with what still holds of what the applet said so far."""
        at = max(int(time.time() * 1000), self._last_at // 1000 * 1000 + 1000)  # names tell seconds
        self._last_at = at
        began = Began(self._session, at, self._common.technician, customer)
        run = self._now = _Run(applet_key, self._common.stamp_key)
        self._runs.append(run)
        self._ask_to_begin(run)
        run.thread = self._thread(run, began)
        for message in so_far:
            self.take(Source.APPLET, message, pack(message))

    def take(self, source: Source, message: SessionMessage, data: bytes | None = None) -> None:
        """Record a message, if a recording runs and keeps such messages."""
        if self._now is not None and self._now.thread is not None and keeps(message):
            self._now.thread.take(source, message, pack(message) if data is None else data)

    def end(self, reason: str) -> None:
        """End the recording that runs."""
        run, self._now = self._now, None
        if run is not None and run.thread is not None:
            run.closing = True
            run.thread.close(reason)

    async def settled(self) -> None:
        """Return when all files are closed."""
        for run in list(self._runs):
            await run.over.wait()

    def signed(self, message: SignedHead) -> None:
        """The applet has signed a head; what it did not sign with its key counts for nothing."""
        asked = self._asked.get(message.digest)
        if asked is None or not is_signed(asked.head.to_sign(), message.signature, asked.run.applet_key):
            return
        proof, head = asked.proof, asked.head
        self._answered(asked, APPLET, lambda: proof.signed(head, APPLET, message.signature))

    def stamped(self, stamp: Stamped) -> None:
        """The relay has signed a head with its time."""
        asked = self._asked.get(stamp.digest)
        if asked is None:
            return
        run, proof, head = asked.run, asked.proof, asked.head
        if not is_signed(head.to_stamp(stamp.at, run.number), stamp.signature, run.relay_key):
            return
        run.unstamped.discard(proof)
        self._answered(asked, RELAY, lambda: proof.stamped(head, stamp.at, stamp.signature))

    def vouched(self, begun: RecordingBegun) -> None:
        """The relay has signed the beginning of a recording, with the keys that it knows."""
        run = next((each for each in self._runs if each.number == begun.recording), None)
        if run is None or run.begun is not None:
            return
        if begun.applet_key != run.applet_key:
            _log.warning("session %d: the relay knows another key of the applet than we do", self._session)
            return
        beginning = Beginning(
            session=self._session,
            technician=begun.technician,
            recording=run.number,
            applet_key=run.applet_key,
            console_key=self._common.public_key,
            at=begun.at,
        )
        if is_signed(beginning.to_sign(), begun.signature, run.relay_key):
            run.begun = begun
            self._countersign(run)

    def _thread(self, run: _Run, began: Began) -> RecordingThread:
        common, film = self._common, self._common.film
        keys = {CONSOLE: common.public_key, APPLET: run.applet_key, RELAY: run.relay_key}
        signing = Signing(
            number=run.number,
            keys={who: key for who, key in keys.items() if key},
            signers={CONSOLE: common.key.sign},
            ask=lambda proof, head: self._soon(lambda: self._ask(run, proof, head)),
        )

        def begin(_now: int, lost: Lost) -> Running:
            rules, target = common.rules, common.target()
            problem = common.problem_in(target)
            if problem:
                raise RecordingStoppedError(problem)
            run.entry = common.recording_index.begins(began, name_of(began), target, rules, common.account)
            return start(target.folder, began, film, signing, _microseconds, lost=lost)

        def gone(paths: list[Path]) -> None:
            if run.entry is not None:
                common.recording_index.closed(run.entry, _with_proofs(paths))
            self._soon(lambda: self._gone(run, paths))

        tell = Telling(
            begun=lambda: self._soon(lambda: self._begun(run, began)),
            stopped=lambda reason: self._soon(lambda: self._failed(run, reason)),
            lost=lambda kind: self._soon(lambda: self._faces.lost(kind)),
            closed=lambda: self._soon(lambda: self._closed(run)),
            gone=gone,
        )
        return RecordingThread(begin, tell, _microseconds)

    def _soon(self, work: Callable[[], None]) -> None:
        """Do it in the loop; when that is closed, nobody is left to be told."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(work)

    def _begun(self, run: _Run, began: Began) -> None:
        if run is self._now:
            self._faces.begun(began.at)

    def _failed(self, run: _Run, reason: str) -> None:
        run.failed, runs = True, run is self._now
        if runs:
            self._now = None
        self._faces.failed(reason, runs)

    def _ask(self, run: _Run, proof: ProofWriter, head: Head) -> None:
        """Have a head signed: by the applet each time, by the relay now and then, and at the end by both."""
        now = time.monotonic()
        run.proofs.setdefault(proof, False)
        self._countersign(run)
        stamp_is_due = run.closing or now - run.stamped.get(proof, -STAMP_SECONDS) >= STAMP_SECONDS
        of = {APPLET} if run.applet_key else set[str]()
        if stamp_is_due and run.applet_key and run.relay_key:
            of.add(RELAY)
        if not of:
            return
        if len(self._asked) >= MOST_ASKED:
            self._asked.pop(next(iter(self._asked)))
        self._asked[head.digest] = _Asked(run, proof, head, set(of))
        if APPLET in of:
            self._faces.ask_applet(SignHead(head.number, head.digest))
        if RELAY in of:
            if run.begun is None or proof in run.unstamped:
                self._ask_to_begin(run)  # the relay may have been away, or started over
            run.stamped[proof] = now
            run.unstamped.add(proof)
            self._faces.ask_relay(Stamp(self._session, run.number, head.number, head.digest))

    def _ask_to_begin(self, run: _Run) -> None:
        if run.applet_key and run.relay_key:
            self._faces.ask_relay(BeginRecording(self._session, run.number, self._common.public_key))

    def _countersign(self, run: _Run) -> None:
        """Write what the relay signed of the beginning into each proof."""
        begun, thread = run.begun, run.thread
        if begun is None or thread is None:
            return
        for proof in [each for each, is_in in run.proofs.items() if not is_in]:
            run.proofs[proof] = True
            thread.sign(partial(proof.countersigned, begun.technician, begun.at, begun.signature))

    def _answered(self, asked: _Asked, who: str, write: Callable[[], None]) -> None:
        if who not in asked.of or asked.run.thread is None:
            return
        asked.of.discard(who)
        asked.run.thread.sign(write)
        if not asked.of:
            self._asked.pop(asked.head.digest, None)
        self._finish(asked.run)

    def _closed(self, run: _Run) -> None:
        run.asked_all = True
        self._finish(run)

    def _finish(self, run: _Run) -> None:
        """Close the files as soon as everybody has signed."""
        if run.asked_all and run.thread is not None and all(asked.run is not run for asked in self._asked.values()):
            run.thread.finish()

    def _gone(self, run: _Run, paths: list[Path]) -> None:
        self._runs.remove(run)
        self._asked = {digest: asked for digest, asked in self._asked.items() if asked.run is not run}
        run.over.set()
        if paths:
            self._faces.gone(paths[-1], run.failed)
            self._common.on_closed(_with_proofs(paths))


def _with_proofs(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(file for path in paths for file in (path, path.with_name(path.name + PROOF)))


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
