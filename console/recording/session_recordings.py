"""The recordings of one session: one for each time that it is seen (REC-36), signed by both ends and by the relay.

Lives in the event loop; the files are written on a thread for each recording.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from codec.recording.endings import PROOF
from codec.recording.journal import Began, Speaker, keeps
from codec.recording.proof import APPLET, CONSOLE, RELAY, ProofWriter
from codec.recording.recorder import OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.wire.chain_head import RECORDING_BYTES, Beginning, Head, is_signed
from codec.wire.messages import SessionMessage, SignedHead, SignHead, pack
from codec.wire.signals import BeginRecording, RecordingBegun, Stamp, Stamped
from console.recording.ledger import LedgerEntry
from console.recording.recording_index import RecordingIndex
from console.recording.recording_thread import Lost, RecordingThread
from console.recording.recordings import Recordings
from console.recording.start import Running, Signing, name_of, start

STAMP_SECONDS = 10.0
MOST_ASKED = 256
"""So many unanswered heads are remembered; each later signature covers all heads before it."""
_log = logging.getLogger(__name__)


class RecordingListener(Protocol):
    """Whom the recordings of a session tell, in the event loop."""

    def ask_applet(self, head: SignHead) -> None:
        """Have the customer's program sign."""

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """Have the relay vouch for a beginning, or for a time."""

    def recording_began(self, at: int) -> None:
        """The recording runs since then, in milliseconds since 1970."""

    def recording_failed(self, reason: str, *, runs: bool) -> None:
        """Why, and whether it is the one that runs now; one that failed while it was closed has ended anyway."""

    def output_lost(self, kind: OutputKind) -> None:
        """One file of it ended early; the recording goes on in the others."""

    def files_closed(self, path: Path, *, failed: bool) -> None:
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
    entry: LedgerEntry | None = None
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
    """Begin, feed and end; the listener is told in the event loop."""

    def __init__(self, session: int, common: Recordings, listener: RecordingListener) -> None:
        self._session = session
        self._common = common
        self._listener = listener
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
            self.take(Speaker.APPLET, message, pack(message))

    def take(self, source: Speaker, message: SessionMessage, data: bytes | None = None) -> None:
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
            ask=lambda proof, head: self.in_loop(lambda: self._ask(run, proof, head)),
        )

        def begin(_now: int, lost: Lost) -> Running:
            rules, target = common.rules, common.target()
            problem = common.problem_in(target)
            if problem:
                raise RecordingStoppedError(problem)
            run.entry = common.recording_index.begins(began, name_of(began), target, rules, common.account)
            return start(target.folder, began, film, signing, _microseconds, lost=lost)

        return RecordingThread(begin, _FromThread(self, run, common.recording_index, began), _microseconds)

    def in_loop(self, work: Callable[[], None]) -> None:
        """Do it in the loop; when that is closed, nobody is left to be told."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(work)

    def began(self, run: _Run, began: Began) -> None:
        """A recording runs."""
        if run is self._now:
            self._listener.recording_began(began.at)

    def failed(self, run: _Run, reason: str) -> None:
        """A recording has failed."""
        run.failed, runs = True, run is self._now
        if runs:
            self._now = None
        self._listener.recording_failed(reason, runs=runs)

    def output_lost(self, kind: OutputKind) -> None:
        """One file of a recording ended early."""
        self._listener.output_lost(kind)

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
            self._listener.ask_applet(SignHead(head.number, head.digest))
        if RELAY in of:
            if run.begun is None or proof in run.unstamped:
                self._ask_to_begin(run)  # the relay may have been away, or started over
            run.stamped[proof] = now
            run.unstamped.add(proof)
            self._listener.ask_relay(Stamp(self._session, run.number, head.number, head.digest))

    def _ask_to_begin(self, run: _Run) -> None:
        if run.applet_key and run.relay_key:
            self._listener.ask_relay(BeginRecording(self._session, run.number, self._common.public_key))

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

    def written(self, run: _Run) -> None:
        """All is written, and those who sign the end were asked."""
        run.asked_all = True
        self._finish(run)

    def _finish(self, run: _Run) -> None:
        """Close the files as soon as everybody has signed."""
        if run.asked_all and run.thread is not None and all(asked.run is not run for asked in self._asked.values()):
            run.thread.finish()

    def closed(self, run: _Run, paths: list[Path]) -> None:
        """The files of a recording are closed."""
        self._runs.remove(run)
        self._asked = {digest: asked for digest, asked in self._asked.items() if asked.run is not run}
        run.over.set()
        if paths:
            self._listener.files_closed(paths[-1], failed=run.failed)
            self._common.on_closed(_with_proofs(paths))


class _FromThread:
    """Carries what a recording's thread tells into the event loop."""

    def __init__(self, recordings: SessionRecordings, run: _Run, index: RecordingIndex, began: Began) -> None:
        self._recordings, self._run, self._index, self._began = recordings, run, index, began

    def recording_began(self) -> None:
        self._recordings.in_loop(lambda: self._recordings.began(self._run, self._began))

    def recording_stopped(self, reason: str) -> None:
        self._recordings.in_loop(lambda: self._recordings.failed(self._run, reason))

    def output_lost(self, kind: OutputKind) -> None:
        self._recordings.in_loop(lambda: self._recordings.output_lost(kind))

    def recording_written(self) -> None:
        self._recordings.in_loop(lambda: self._recordings.written(self._run))

    def files_closed(self, paths: list[Path]) -> None:
        if self._run.entry is not None:
            self._index.closed(self._run.entry, _with_proofs(paths))
        self._recordings.in_loop(lambda: self._recordings.closed(self._run, paths))


def _with_proofs(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(file for path in paths for file in (path, path.with_name(path.name + PROOF)))


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
