"""A session moves from link to link; nobody but the other end can join in."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.session.path_manager import (
    BUSY_PING_SECONDS,
    DOUBT_SECONDS,
    EMPTY_FRAMES,
    GREETING_SECONDS,
    IDLE_PING_SECONDS,
    LONE_SILENCE_SECONDS,
    MOST_PINGS,
    PING,
    PLEASE,
    PROOF,
    SILENCE_SECONDS,
    SWITCH,
    Delivered,
    Doubted,
    GaveUp,
    Happening,
    LinkKind,
    LinkRefusedError,
    Moved,
    PathManager,
)
from codec.session.seal import SealBrokenError, derive
from codec.session.stream import ACK, DATA, Stream
from codec.wire.lanes import Lane
from codec.wire.roles import Role

ROOT = bytes(32)
RELAYED, DIRECT = LinkKind.RELAYED, LinkKind.DIRECT


class Both:
    """Both ends of a session and the links between them, with a clock that stands still until told."""

    def __init__(self, their_root: bytes = ROOT) -> None:
        self.now = 100.0
        self.ends = {
            Role.APPLET: PathManager(Role.APPLET, ROOT, Stream()),
            Role.CONSOLE: PathManager(Role.CONSOLE, their_root, Stream()),
        }
        self.heard: dict[Role, list[Happening]] = {Role.APPLET: [], Role.CONSOLE: []}
        self.links: list[int] = []
        self._nonces = (derive(bytes([number]), "nonce", length=16) for number in itertools.count())

    def connect(self, link: int, kind: LinkKind, bindings: tuple[bytes, bytes] = (b"", b"")) -> None:
        for path_manager, binding in zip(self.ends.values(), bindings, strict=True):
            path_manager.open(link, kind, binding, next(self._nonces), self.now)
        self.links.append(link)

    def carry(self, *, only: int | None = None, frames: int = 10_000) -> None:
        """Move bytes on all links (or one) until nobody has any. In a pause each end confirms what it has."""
        for _ in range(frames):
            if not any([self.step(link) for link in self.links if only in (None, link)]):
                if not any(end.stream.owes_acknowledgement for end in self.ends.values()):
                    return
                for end in self.ends.values():
                    end.stream.acknowledge()
                if not any([self.step(link) for link in self.links if only in (None, link)]):
                    return

    def step(self, link: int) -> bool:
        moved = False
        for role, path_manager in self.ends.items():
            data = path_manager.next_bytes(link, self.now)
            if data is not None:
                moved = True
                self.heard[role.peer] += self.ends[role.peer].receive(link, data, self.now)
        return moved

    def cut(self, link: int, *seen_by: Role) -> None:
        self.links.remove(link)
        for role in seen_by:
            self.heard[role] += self.ends[role].drop(link, self.now)

    def say(self, role: Role, text: bytes, lane: Lane = Lane.CONTROL) -> None:
        self.ends[role].stream.send(lane, text)

    def messages(self, role: Role) -> list[bytes]:
        return [happening.message for happening in self.heard[role] if isinstance(happening, Delivered)]

    def kinds(self) -> set[LinkKind | None]:
        return {path_manager.kind for path_manager in self.ends.values()}

    def pass_time(self, seconds: float, step: float = 0.5, carry: bool = True) -> None:
        for _ in range(int(seconds / step)):
            self.now += step
            for role, path_manager in self.ends.items():
                happenings = path_manager.tick(self.now)
                self.heard[role] += happenings
            if carry:
                self.carry()


def test_the_relayed_link_carries_first() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.say(Role.CONSOLE, b"hello")
    both.carry()
    assert both.messages(Role.APPLET) == [b"hello"]
    assert both.kinds() == {RELAYED}


def test_a_direct_link_takes_over_and_loses_nothing() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.say(Role.APPLET, b"p" * 200_000, Lane.PICTURE)
    both.carry(frames=5)
    both.connect(2, DIRECT)
    both.say(Role.CONSOLE, b"key")
    both.carry()
    assert both.kinds() == {DIRECT}
    assert both.messages(Role.CONSOLE) == [b"p" * 200_000]
    assert both.messages(Role.APPLET) == [b"key"]


def test_the_old_link_goes_on_until_the_new_one_is_agreed() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.connect(2, DIRECT)
    both.say(Role.APPLET, b"meanwhile")
    both.carry(only=1)
    assert both.messages(Role.CONSOLE) == [b"meanwhile"]


@pytest.mark.parametrize("seen_by", [(Role.APPLET,), (Role.CONSOLE,), (Role.APPLET, Role.CONSOLE)])
def test_a_dead_direct_link_falls_back_to_the_relay(seen_by: tuple[Role, ...]) -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.connect(2, DIRECT)
    both.carry()
    both.say(Role.APPLET, b"on its way")
    both.ends[Role.APPLET].next_bytes(2, both.now)  # lost with the link
    both.cut(2, *seen_by)
    both.say(Role.CONSOLE, b"after")
    both.carry()
    assert both.kinds() == {RELAYED}
    assert both.messages(Role.CONSOLE) == [b"on its way"]
    assert both.messages(Role.APPLET) == [b"after"]


def test_without_any_link_messages_wait_for_the_next() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.cut(1, Role.APPLET, Role.CONSOLE)
    both.say(Role.CONSOLE, b"waiting")
    both.carry()
    assert both.kinds() == {None}
    both.connect(2, RELAYED)
    both.carry()
    assert both.messages(Role.APPLET) == [b"waiting"]


def test_a_newer_direct_link_replaces_an_older_one() -> None:
    both = Both()
    both.connect(1, DIRECT)
    both.carry()
    both.connect(2, DIRECT)
    both.carry()
    gave_up = [happening for happening in both.heard[Role.CONSOLE] if isinstance(happening, GaveUp)]
    assert [happening.link for happening in gave_up] == [1]
    both.cut(1)
    both.say(Role.APPLET, b"on the new one")
    both.carry()
    assert both.messages(Role.CONSOLE) == [b"on the new one"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["direct", "relayed", "cut", "say", "carry"]), st.integers(0, 6)), max_size=20)
)
def test_any_order_of_events_loses_nothing(events: list[tuple[str, int]]) -> None:
    both = Both()
    numbers = itertools.count(1)
    said: dict[Role, list[bytes]] = {Role.APPLET: [], Role.CONSOLE: []}
    for what, amount in events:
        if what in ("direct", "relayed"):
            both.connect(next(numbers), DIRECT if what == "direct" else RELAYED)
        elif what == "cut" and both.links:
            both.cut(both.links[amount % len(both.links)], *(list(Role)[: 1 + amount % 2]))
            for link in [link for link in both.links if any(link not in end._lines for end in both.ends.values())]:
                both.cut(link, *Role)
        elif what == "say":
            role = list(Role)[amount % 2]
            said[role].append(b"%d" % len(said[role]) * (1 + amount * 6_000))
            both.say(role, said[role][-1], list(Lane)[amount % 3])
        else:
            both.carry(frames=amount)
            for link in [link for link in both.links if any(link not in end._lines for end in both.ends.values())]:
                both.cut(link, *Role)
    for link in list(both.links):
        both.cut(link, *Role)
    both.connect(next(numbers), RELAYED)
    both.carry()
    for role in Role:
        assert sorted(both.messages(role.peer)) == sorted(said[role])


def test_an_applet_that_lost_its_only_link_is_found_on_a_lesser_one() -> None:
    """The console still believes in the dead direct link; the applet says otherwise on the new relayed one."""
    both = Both()
    both.connect(1, DIRECT)
    both.carry()
    both.cut(1, Role.APPLET)
    both.connect(2, RELAYED)
    both.say(Role.CONSOLE, b"found")
    both.carry()
    assert both.messages(Role.APPLET) == [b"found"]
    assert both.kinds() == {RELAYED}


def test_another_root_key_does_not_get_in() -> None:
    both = Both(their_root=b"\1" * 32)
    both.connect(1, RELAYED)
    with pytest.raises(SealBrokenError):
        both.carry()
    assert both.kinds() == {None}


def test_a_swapped_fingerprint_is_refused() -> None:
    """A relay that put itself between the two DTLS ends shows each another fingerprint; the keys then differ."""
    both = Both()
    both.connect(1, DIRECT, bindings=(b"fingerprints the applet saw", b"fingerprints the console saw"))
    with pytest.raises(SealBrokenError):
        both.carry()
    assert both.messages(Role.APPLET) == both.messages(Role.CONSOLE) == []


def test_our_own_greeting_sent_back_is_refused() -> None:
    both = Both()
    both.connect(1, RELAYED)
    applet = both.ends[Role.APPLET]
    hello = applet.next_bytes(1, both.now)
    assert hello is not None
    with pytest.raises(LinkRefusedError):
        applet.receive(1, hello, both.now)


@given(data=st.binary(max_size=60))
def test_garbage_before_the_greeting_is_refused(data: bytes) -> None:
    both = Both()
    both.connect(1, RELAYED)
    with pytest.raises(LinkRefusedError):
        both.ends[Role.APPLET].receive(1, data, both.now)


def test_unknown_frames_are_refused() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    sealed = both.ends[Role.CONSOLE]._seal(both.ends[Role.CONSOLE]._lines[1], b"\x7fsomething")
    with pytest.raises(LinkRefusedError, match="kind 127"):
        both.ends[Role.APPLET].receive(1, sealed, both.now)


def test_a_link_that_never_greets_is_given_up() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.pass_time(GREETING_SECONDS + 1, carry=False)
    assert GaveUp(1, "it did not prove itself in time") in both.heard[Role.APPLET]


@pytest.mark.parametrize(("standby", "patience"), [(True, SILENCE_SECONDS), (False, LONE_SILENCE_SECONDS)])
def test_a_silent_link_is_given_up_in_time(standby: bool, patience: float) -> None:
    both = Both()
    if standby:
        both.connect(1, RELAYED)
    both.connect(2, DIRECT)
    both.carry()
    both.links.remove(2)
    both.say(Role.CONSOLE, b"anybody there?")
    both.ends[Role.CONSOLE].next_bytes(2, both.now)
    both.pass_time(patience + 2 * BUSY_PING_SECONDS + 1)
    assert 2 in {happening.link for happening in both.heard[Role.CONSOLE] if isinstance(happening, GaveUp)}
    if standby:
        assert both.kinds() == {RELAYED}
        assert both.messages(Role.APPLET) == [b"anybody there?"]


@pytest.mark.finding("field-20")
def test_a_link_in_use_that_does_not_answer_is_doubted_once_long_before_it_is_given_up() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.connect(2, DIRECT)
    both.carry()
    both.pass_time(2 * BUSY_PING_SECONDS)
    assert Doubted() not in both.heard[Role.CONSOLE]
    both.links.remove(2)
    both.say(Role.CONSOLE, b"anybody there?")
    both.ends[Role.CONSOLE].next_bytes(2, both.now)
    both.pass_time(DOUBT_SECONDS + BUSY_PING_SECONDS)
    assert both.heard[Role.CONSOLE].count(Doubted()) == 1
    assert not [each for each in both.heard[Role.CONSOLE] if isinstance(each, GaveUp)]


def test_an_idle_link_whose_other_end_may_be_gone_is_asked_at_once() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.pass_time(5)
    console = both.ends[Role.CONSOLE]
    console.ask(both.now)
    both.pass_time(DOUBT_SECONDS + BUSY_PING_SECONDS)
    assert not console.is_doubted, "the other end has answered"
    both.links.remove(1)
    console.ask(both.now)
    console.next_bytes(1, both.now)
    both.pass_time(DOUBT_SECONDS + BUSY_PING_SECONDS)
    assert console.is_doubted


def test_an_idle_link_costs_almost_nothing() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.pass_time(2)
    counted = 0
    for path_manager in both.ends.values():
        original = path_manager.next_bytes

        def counting(link: int, now: float, original: object = original) -> bytes | None:
            nonlocal counted
            data: bytes | None = original(link, now)  # type: ignore[operator]
            counted += data is not None
            return data

        path_manager.next_bytes = counting  # type: ignore[method-assign]
    both.pass_time(60)
    assert both.kinds() == {RELAYED}
    assert 4 <= counted <= 4 * 60 / IDLE_PING_SECONDS


def test_round_trips_are_measured() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.say(Role.CONSOLE, b"x")
    both.pass_time(3)
    assert both.ends[Role.CONSOLE].rtt == 0.0


def test_an_answer_to_nothing_is_refused() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    sealed = both.ends[Role.CONSOLE]._seal(both.ends[Role.CONSOLE]._lines[1], bytes([0x13, 9, 0, 0, 0]))
    with pytest.raises(LinkRefusedError, match="not asked"):
        both.ends[Role.APPLET].receive(1, sealed, both.now)


def test_moved_is_said_once_for_each_move() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    both.connect(2, DIRECT)
    both.carry()
    both.cut(2, *Role)
    both.carry()
    moves = [happening.kind for happening in both.heard[Role.CONSOLE] if isinstance(happening, Moved)]
    assert moves == [RELAYED, DIRECT, None, RELAYED]


def test_nonces_have_a_size() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        PathManager(Role.APPLET, ROOT, Stream()).open(1, RELAYED, b"", b"short", 0.0)


def sealed(both: Both, role: Role, frame: bytes) -> bytes:
    """Return a frame as this end would seal it next, though its path_manager would never say it."""
    path_manager = both.ends[role]
    return path_manager._seal(path_manager._lines[1], frame)


FLOODS: dict[str, Callable[[int], bytes]] = {
    "questions": lambda number: bytes([PING]) + number.to_bytes(4, "little"),
    "switches": lambda number: bytes([SWITCH]) + number.to_bytes(4, "little") + bytes(12),
    "pleas": lambda _number: bytes([PLEASE]),
    "proofs": lambda _number: bytes([PROOF]),
    "acknowledgements": lambda _number: bytes([ACK]) + bytes(12),
    "empty messages": lambda number: bytes([DATA, 0, 1]) + number.to_bytes(4, "little"),
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("role", list(Role))
def test_an_end_that_asks_without_end_and_does_not_read_fills_no_memory(role: Role, flood: str) -> None:
    """F29: PONGs queued without bound; so did answers to SWITCH and PLEASE."""
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    victim = both.ends[role.peer]
    for number in range(3_000):
        try:
            victim.receive(1, sealed(both, role, FLOODS[flood](number)), both.now)
        except LinkRefusedError:
            break
    assert len(victim._lines[1].outbox) <= 3
    assert sum(len(frame) for frame in victim._lines[1].outbox.values()) < 100


def test_of_questions_that_wait_only_the_newest_is_answered() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    for number in (5, 6, 7):
        both.ends[Role.APPLET].receive(
            1, sealed(both, Role.CONSOLE, bytes([PING]) + number.to_bytes(4, "little")), both.now
        )
    answers = both.ends[Role.APPLET]._lines[1].outbox
    assert [frame[1] for frame in answers.values()] == [7]


@pytest.mark.parametrize("flood", FLOODS)
def test_a_link_that_carries_nothing_but_frames_about_itself_is_given_up(flood: str) -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    with pytest.raises(LinkRefusedError, match="without end"):
        for number in range(int(EMPTY_FRAMES.burst) + 1):
            both.ends[Role.CONSOLE].receive(1, sealed(both, Role.APPLET, FLOODS[flood](number)), both.now)


def test_a_fast_line_says_as_many_frames_about_itself_as_it_needs() -> None:
    """100 MB a second are 6,400 chunks, confirmed by 400 frames; ten seconds of that."""
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    for _ in range(10):
        both.now += 1
        for _ in range(400):
            both.ends[Role.APPLET].receive(1, sealed(both, Role.CONSOLE, bytes([ACK]) + bytes(12)), both.now)
    assert both.kinds() == {RELAYED}


def test_questions_that_are_never_answered_are_forgotten() -> None:
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    console = both.ends[Role.CONSOLE]
    for number in range(1, 10_000):
        both.now += BUSY_PING_SECONDS
        both.say(Role.APPLET, b"hello")
        data = both.ends[Role.APPLET].next_bytes(1, both.now)
        while data is not None:
            console.receive(1, data, both.now)
            data = both.ends[Role.APPLET].next_bytes(1, both.now)
        console.tick(both.now)
        console.next_bytes(1, both.now)
        assert len(console._lines[1].pings) <= MOST_PINGS, number


def test_the_same_answer_to_a_switch_counts_once() -> None:
    """Each one made the console write again all that was not confirmed."""
    both = Both()
    both.connect(1, RELAYED)
    both.carry()
    console = both.ends[Role.CONSOLE]
    both.say(Role.CONSOLE, b"x" * 1_000)
    assert console.next_bytes(1, both.now) is not None
    console.receive(1, sealed(both, Role.APPLET, bytes([SWITCH]) + (1).to_bytes(4, "little") + bytes(12)), both.now)
    assert console.next_bytes(1, both.now) is None
