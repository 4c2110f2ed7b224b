"""Vouches for recordings: signs who begins one of which session, with whose keys, and gives times for its heads only.

The relay sees no recording. What it can honestly say: this technician holds this session, which is not over; this key
came over the socket of its applet, that one over the socket of the technician's console; this head was there by now.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.wire.chain_head import Beginning, Head
from codec.wire.signals import BeginRecording, RecordingBegun, Stamp, Stamped
from relay.logs.events import RECORDING_BEGUN, tell
from relay.sessions.session_consoles import AppletElsewhere
from relay.signalling.hub import ConsoleConnection, Hub

MOST_OF_SESSION = 256
"""So many recordings of one session can begin: one for each time that the customer shows the screen."""
CLOSING_SECONDS = 60.0
"""So long after its session was last seen alive the end of a recording is still given a time."""
FORGET_SECONDS = 3600.0
"""A recording that has asked for nothing for so long is forgotten; its console begins it again."""
_log = logging.getLogger(__name__)


@dataclass
class _Begun:
    """A recording: whose it is, with which keys, and when its session was last seen alive (seconds since 1970)."""

    console: tuple[int, str]
    applet_key: bytes
    console_key: bytes
    alive: float


class RecordingAttestor:
    """Signs with the relay's key. What it knows of recordings is gone with the process; consoles begin them again."""

    def __init__(self, hub: Hub, key: Ed25519PrivateKey) -> None:
        self.public_key = key.public_key().public_bytes_raw()
        self._hub = hub
        self._key = key
        self._begun: dict[int, dict[bytes, _Begun]] = {}

    def begin(
        self,
        console: ConsoleConnection,
        asked: BeginRecording,
        now: datetime,
        *,
        holds: bool,
        elsewhere: AppletElsewhere | None = None,
    ) -> RecordingBegun | None:
        """Return the signature under a beginning; None where the relay cannot honestly say so, which the log explains.

        `holds`: the console has picked the session up. `elsewhere`: its applet, where that is at another relay.

        A recording may begin again with the same keys: a console that lost the relay asks so.
        """
        if not holds:
            return self._refused(asked, "its session is over, or another console's")
        applet_key = self._hub.signing_key(asked.session) if elsewhere is None else elsewhere.key
        if applet_key is None:
            return self._refused(asked, "the applet has not told its key")
        self._forget(now.timestamp())
        begun = self._begun.setdefault(asked.session, {})
        wanted = _Begun(console.key, applet_key, asked.key, now.timestamp())
        known = (
            begun.setdefault(asked.recording, wanted) if len(begun) < MOST_OF_SESSION else begun.get(asked.recording)
        )
        if known is None:
            return self._refused(asked, "too many of its session have begun")
        if (known.console, known.applet_key, known.console_key) != (console.key, applet_key, asked.key):
            return self._refused(asked, "it has begun with other keys")
        known.alive = now.timestamp()
        if known is wanted:
            tell(RECORDING_BEGUN, session=asked.session, person=console.person)
        beginning = Beginning(
            session=asked.session,
            technician=console.person,
            recording=asked.recording,
            applet_key=applet_key,
            console_key=asked.key,
            at=_milliseconds(now),
        )
        signature = self._key.sign(beginning.to_sign())
        return RecordingBegun(asked.session, asked.recording, beginning.technician, applet_key, beginning.at, signature)

    def stamp(self, console: ConsoleConnection, asked: Stamp, now: datetime, *, holds: bool) -> Stamped | None:
        """Return the signature that this head was there at this time, None for a recording that did not begin.

        `holds`: the console has picked the session up, and it is not over.
        """
        known = self._begun.get(asked.session, {}).get(asked.recording)
        if known is None or known.console != console.key:
            return None
        if holds:
            known.alive = now.timestamp()
        elif now.timestamp() - known.alive > CLOSING_SECONDS:
            return None
        at = _milliseconds(now)
        signature = self._key.sign(Head(asked.number, asked.digest).to_stamp(at, asked.recording))
        return Stamped(asked.session, asked.recording, asked.number, asked.digest, at, signature)

    def _forget(self, now: float) -> None:
        for session, begun in list(self._begun.items()):
            for recording in [each for each, known in begun.items() if now - known.alive > FORGET_SECONDS]:
                del begun[recording]
            if not begun:
                del self._begun[session]

    @staticmethod
    def _refused(asked: BeginRecording, reason: str) -> None:
        _log.info("session %d: no beginning of a recording was signed: %s", asked.session, reason)


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)
