"""How an open session is connected, as its pages are told: path, check, rates, and the causes of what is slow."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from codec.session.diagnosis import Fact, diagnose
from codec.session.handshake import Agreement, How
from codec.session.path_manager import LinkKind
from codec.wire.api_types import Session
from codec.wire.lanes import Lane
from codec.wire.messages import Message
from console.page.messages import Check, Connected, Event, Found, Path
from console.session.meter import Meter
from console.session.observed import Observed
from console.session.peer import Peer

LOSS_SECONDS = 2.0
SLOW_SECONDS = 15.0
"""After so long without a common key the technician is told that something holds the handshake up."""
ENCRYPTION = "X25519 · ChaCha20-Poly1305"
Line = tuple[Event, str]
"""What belongs into the session's log, and its detail."""


class Connecting(Protocol):
    """The session whose connection it is."""

    session: Session
    peer: Peer


class ConnectionStatus:
    """The status of one open session's connection, from its first handshake to its end."""

    def __init__(self, of: Connecting, relay_present: Callable[[], bool], now: datetime) -> None:
        """`relay_present` says whether this console's own socket to the relay is up."""
        self._of = of
        self._relay_present = relay_present
        self._agreement: Agreement | None = None
        self._compared = False
        self._path = Path.HANDSHAKE
        self._since = now
        self._kind: LinkKind | None = None
        self._loss_noted = False
        self._meter = Meter()
        self._observed = Observed()

    @property
    def is_refused(self) -> bool:
        """Whether the handshake has failed."""
        return self._path is Path.REFUSED

    def agreed(self, agreement: Agreement) -> None:
        """There is a key, or another one. Its words have not been compared yet."""
        self._agreement, self._compared = agreement, False
        self._observed.start_over()

    def words_compared(self) -> bool:
        """Take note that the words were the same on both screens. False where there was nothing to compare."""
        news = self._agreement is not None and self._agreement.how is How.WORDS and not self._compared
        self._compared |= news
        return news

    def moved(self, kind: LinkKind | None, now: datetime) -> list[Line]:
        """The session travels another way, or waits for one. Return what is worth a line."""
        self._path = {LinkKind.DIRECT: Path.DIRECT, LinkKind.RELAYED: Path.RELAYED, None: Path.LOST}[kind]
        self._since = now
        if kind is None:
            return []
        self._observed.went(kind is LinkKind.DIRECT)
        before, self._kind = self._kind, kind
        lines: list[Line] = []
        if before is None:
            lines.append((Event.CONNECTED, ENCRYPTION))
        if self._loss_noted:
            self._loss_noted = False
            lines.append((Event.BACK, ""))
        if kind is not (before or LinkKind.RELAYED):
            lines.append((Event.WENT_DIRECT if kind is LinkKind.DIRECT else Event.WENT_RELAYED, ""))
        return lines

    def tick(self, now: datetime) -> Event | None:
        """Let time pass: a loss of LOSS_SECONDS is worth a line, once; a shorter one was only a change of links."""
        connection = self._of.peer.connection
        newest = None if connection is None else connection.newest_rtt
        self._observed.tick(time.monotonic(), now.timestamp(), newest)
        if self._path is not Path.LOST or self._loss_noted or (now - self._since).total_seconds() <= LOSS_SECONDS:
            return None
        self._loss_noted = True
        return Event.PAGE_CLOSED if self._of.session.page_closed else Event.LOST

    def heard(self, message: Message) -> None:
        """The applet says this, and it has passed the filter."""
        if message.declared.lane is Lane.PICTURE:
            self._meter.picture()
        self._observed.heard(message, time.monotonic())

    def said(self, message: Message) -> None:
        """This is said to the applet."""
        self._observed.said(message, time.monotonic())

    def refused(self) -> None:
        """The handshake has failed."""
        self._path = Path.REFUSED

    def ended(self, now: datetime) -> None:
        """The session is over."""
        if not self.is_refused:
            self._path = Path.NONE
        self._since = now

    def latest(self) -> Connected:
        """Return how the session is connected, with the rates that were read last."""
        return self.connected(self._meter.last_read)

    def connected(self, now: float) -> Connected:
        """Return how the session is connected; `now` in seconds of a steady clock, for the rates."""
        session, connection = self._of.session, self._of.peer.connection
        rates = self._meter.rates(now, 0 if connection is None else connection.received_bytes)
        path = self._path_now()
        rtt = None if connection is None or path is Path.LOST else connection.rtt
        facts = self._facts(path)
        return Connected(
            session=session.id,
            path=path,
            since=self._since,
            check=self._check(),
            words=list(self._agreement.words) if self._agreement else [],
            encryption=ENCRYPTION if self._agreement else "",
            rtt_ms=None if rtt is None else round(rtt * 1000, 1),
            kbit_per_second=rates.kbit_per_second,
            frames_per_second=rates.frames_per_second,
            sentence=self._sentence(path),
            facts=facts,
            causes=[Found(each.cause, each.confidence) for each in diagnose(facts)],
        )

    def _facts(self, path: Path) -> dict[str, float]:
        """Return what is known of how the session goes; nothing before it was connected, or after its end."""
        if path not in (Path.DIRECT, Path.RELAYED, Path.LOST):
            return {}
        peer, connection = self._of.peer, self._of.peer.connection
        queued = 0 if connection is None else sum(connection.unacknowledged_bytes(lane) for lane in Lane)
        own = {
            Fact.LOST: path is Path.LOST,
            Fact.SILENT: connection is not None and connection.is_doubted,
            Fact.RELAYED: path is Path.RELAYED,
            Fact.DIRECT_FAILED: peer.direct_failed,
            Fact.RELAY_PRESENT: self._relay_present(),
            Fact.CUSTOMER_PRESENT: self._of.session.customer_present,
            Fact.QUEUED_BYTES: queued,
        }
        return self._observed.facts(time.monotonic()) | {fact.value: float(value) for fact, value in own.items()}

    def _check(self) -> Check | None:
        if self._agreement is None:
            return None
        if self._agreement.how is How.SECRET:
            return Check.SECRET
        return Check.COMPARED if self._compared else Check.WORDS

    def _path_now(self) -> Path:
        """The path, lost already where the page was closed, or where the relay and the link lost the customer."""
        session, connection = self._of.session, self._of.peer.connection
        silent = connection is not None and connection.is_doubted and not session.customer_present
        gone = silent or session.page_closed
        return Path.LOST if gone and self._path in (Path.DIRECT, Path.RELAYED) else self._path

    def _sentence(self, path: Path) -> str:
        session = self._of.session
        if path in (Path.HANDSHAKE, Path.LOST) and not session.customer_present:
            return "page_closed" if session.page_closed else "customer_away"
        if self._path is Path.HANDSHAKE and (datetime.now(UTC) - self._since).total_seconds() > SLOW_SECONDS:
            return "slow_handshake"
        if path is Path.LOST:
            return "lost"
        if self._path is Path.RELAYED and self._of.peer.direct_failed:
            return "no_direct_path"
        return ""
