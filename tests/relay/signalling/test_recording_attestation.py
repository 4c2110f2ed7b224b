"""F19: a relay vouches for recordings of sessions that are held, with the keys that came over their own sockets."""

import base64
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import create_autospec

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.wire.chain_head import Beginning, Head, is_signed
from codec.wire.signals import BeginRecording, RecordingBegun, SigningKey, Stamp, Stamped
from relay.signalling.hub import ConsoleConnection, Hub
from relay.signalling.recording_attestation import CLOSING_SECONDS, FORGET_SECONDS, MOST_OF_SESSION, RecordingAttestor
from relay.web.send_queue import SendQueue
from tests.support.relays import AppletEnd, ConsoleEnd, RunningRelay, enter_with

KEY = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
PUBLIC = KEY.public_key().public_bytes_raw()
APPLET_KEY, CONSOLE_KEY, OTHER_KEY = (bytes([number] * 32) for number in (2, 3, 4))
NUMBER, OTHER_NUMBER = bytes(range(16)), bytes(16)
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
HEAD = Head(7, bytes(range(32)))
BEGIN = BeginRecording(5, NUMBER, CONSOLE_KEY)
STAMP = Stamp(5, NUMBER, HEAD.number, HEAD.digest)


def nowhere() -> SendQueue:
    """Return a line on which nobody listens."""
    queue: SendQueue = create_autospec(SendQueue, instance=True)
    return queue


def console_of(person: int, name: str = "console-of-anna") -> ConsoleConnection:
    return ConsoleConnection(name, person, person, nowhere())


ANNA, BOB = console_of(3), console_of(4)


@dataclass
class Desk:
    """A relay's hub with one session, number 5, that Anna holds, whose applet has told its key."""

    hub: Hub = field(default_factory=Hub)
    applet: SendQueue = field(default_factory=nowhere)
    is_open: bool = True

    def __post_init__(self) -> None:
        self.hub.applet_connected(5, self.applet)
        self.hub.applet_signs(5, APPLET_KEY)
        for console in (ANNA, BOB):
            self.hub.console_connected(console)
        self.signer = RecordingAttestor(self.hub, KEY)

    def begin(self, console: ConsoleConnection, asked: BeginRecording, now: datetime) -> RecordingBegun | None:
        return self.signer.begin(console, asked, now, holds=self._holds(console, asked.session))

    def stamp(self, console: ConsoleConnection, asked: Stamp, now: datetime) -> Stamped | None:
        return self.signer.stamp(console, asked, now, holds=self._holds(console, asked.session))

    def _holds(self, console: ConsoleConnection, session: int) -> bool:
        return self.is_open and session == 5 and console.key == ANNA.key


def test_f19_a_beginning_says_who_which_session_and_whose_keys() -> None:
    begun = Desk().begin(ANNA, BEGIN, NOW)
    assert begun is not None
    assert (begun.session, begun.technician, begun.applet_key) == (5, 3, APPLET_KEY)
    beginning = Beginning(
        session=5, technician=3, recording=NUMBER, applet_key=APPLET_KEY, console_key=CONSOLE_KEY, at=begun.at
    )
    assert begun.at == int(NOW.timestamp() * 1000)
    assert is_signed(beginning.to_sign(), begun.signature, PUBLIC)


@pytest.mark.parametrize(
    ("console", "asked"),
    [
        (BOB, BEGIN),  # who holds another session, or none
        (console_of(3, "another-console"), BEGIN),
        (ANNA, BeginRecording(6, NUMBER, CONSOLE_KEY)),
    ],
)
def test_f19_nothing_begins_in_a_session_that_this_console_does_not_hold(
    console: ConsoleConnection, asked: BeginRecording
) -> None:
    desk = Desk()
    assert desk.begin(console, asked, NOW) is None
    assert desk.stamp(console, Stamp(asked.session, NUMBER, HEAD.number, HEAD.digest), NOW) is None


def test_f19_nothing_begins_before_the_applet_itself_has_told_its_key_or_after_the_session() -> None:
    desk = Desk()
    desk.hub.applet_disconnected(5, desk.applet)
    assert desk.begin(ANNA, BEGIN, NOW) is None
    desk = Desk()
    desk.is_open = False
    assert desk.begin(ANNA, BEGIN, NOW) is None


def test_f19_heads_are_stamped_for_a_recording_that_began_and_for_its_own_console_only() -> None:
    desk = Desk()
    assert desk.stamp(ANNA, STAMP, NOW) is None
    desk.begin(ANNA, BEGIN, NOW)
    stamped = desk.stamp(ANNA, STAMP, NOW)
    assert stamped is not None
    assert is_signed(HEAD.to_stamp(stamped.at, NUMBER), stamped.signature, PUBLIC)
    assert not is_signed(HEAD.to_stamp(stamped.at, OTHER_NUMBER), stamped.signature, PUBLIC)
    assert not is_signed(HEAD.to_stamp_earlier(stamped.at), stamped.signature, PUBLIC)
    assert desk.stamp(BOB, STAMP, NOW) is None
    assert desk.stamp(ANNA, Stamp(5, OTHER_NUMBER, HEAD.number, HEAD.digest), NOW) is None
    assert desk.stamp(ANNA, Stamp(6, NUMBER, HEAD.number, HEAD.digest), NOW) is None


def test_f19_the_end_of_a_recording_is_stamped_shortly_after_its_session_and_no_later() -> None:
    desk = Desk()
    desk.begin(ANNA, BEGIN, NOW)
    desk.is_open = False
    assert desk.stamp(ANNA, STAMP, NOW + timedelta(seconds=CLOSING_SECONDS)) is not None
    assert desk.stamp(ANNA, STAMP, NOW + timedelta(seconds=CLOSING_SECONDS + 1)) is None


def test_f19_a_recording_begins_again_with_the_same_keys_only() -> None:
    desk = Desk()
    assert desk.begin(ANNA, BEGIN, NOW) is not None
    assert desk.begin(ANNA, BEGIN, NOW) is not None
    assert desk.begin(ANNA, BeginRecording(5, NUMBER, OTHER_KEY), NOW) is None
    assert not desk.hub.applet_signs(5, OTHER_KEY)
    desk.hub.applet_connected(5, nowhere())
    assert desk.hub.applet_signs(5, OTHER_KEY)
    assert desk.begin(ANNA, BEGIN, NOW) is None


def test_f19_what_is_known_of_recordings_is_bounded() -> None:
    desk = Desk()
    for number in range(MOST_OF_SESSION + 3):
        begun = desk.begin(ANNA, BeginRecording(5, number.to_bytes(16), CONSOLE_KEY), NOW)
        assert (begun is not None) is (number < MOST_OF_SESSION)
    assert desk.begin(ANNA, BeginRecording(5, (0).to_bytes(16), CONSOLE_KEY), NOW) is not None
    later = NOW + timedelta(seconds=FORGET_SECONDS + 1)
    assert desk.begin(ANNA, BeginRecording(5, OTHER_NUMBER[:15] + b"x", CONSOLE_KEY), later) is not None


async def _picked_up(relay: RunningRelay, applet: AppletEnd) -> int:
    """Let an applet in and take its session; return that."""
    entered = await relay.enter(applet)
    await applet.say(SigningKey(APPLET_KEY))
    await relay.pick_up(entered.session)
    return entered.session


async def _nothing_then(
    console: ConsoleEnd, wrong: list[BeginRecording | Stamp], right: BeginRecording
) -> RecordingBegun:
    """Say what has no answer, then what has one: it comes first."""
    for each in (*wrong, right):
        await console.say(each)
    while not isinstance(heard := await console.hear(), RecordingBegun | Stamped):
        pass
    assert isinstance(heard, RecordingBegun)
    return heard


async def test_f19_over_real_sockets_the_key_is_the_one_that_the_applet_told(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = await _picked_up(relay, applet)
        key = base64.b64decode(console.desk.stamp_key)
        wrong: list[BeginRecording | Stamp] = [
            Stamp(session, NUMBER, HEAD.number, HEAD.digest),
            BeginRecording(session + 1, NUMBER, CONSOLE_KEY),
        ]
        begun = await _nothing_then(console, wrong, BeginRecording(session, NUMBER, CONSOLE_KEY))
        assert begun.applet_key == APPLET_KEY
        beginning = Beginning(
            session=session,
            technician=begun.technician,
            recording=NUMBER,
            applet_key=APPLET_KEY,
            console_key=CONSOLE_KEY,
            at=begun.at,
        )
        assert is_signed(beginning.to_sign(), begun.signature, key)
        assert begun.technician == console.desk.person.id
        await console.say(Stamp(session, NUMBER, HEAD.number, HEAD.digest))
        stamped = await console.hear_a(Stamped)
        assert abs(stamped.at / 1000 - time.time()) < 10
        assert is_signed(HEAD.to_stamp(stamped.at, NUMBER), stamped.signature, key)


async def test_f19_an_applet_that_tells_another_key_than_before_is_cut(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.applet(enter_with(code)) as applet:
        await _picked_up(relay, applet)
        await applet.say(SigningKey(OTHER_KEY))
        while not applet.socket.closed:
            await applet.socket.receive(timeout=5)
