"""What a person writes reaches the other end whole, in order and as no flood, however long the way was gone."""

import itertools
from collections import deque
from random import Random

import pytest

from codec.session.lines import AHEAD, LAST, MOST_BYTES, PACE, Lines
from codec.session.path_manager import LinkKind
from codec.session.stream import Stream, StreamFullError
from codec.token_bucket import Bucket, Rate
from codec.wire.lanes import Lane
from codec.wire.messages import Chat, pack
from console.session.message_filter import MessageFilter

LIMIT = Chat.declared.at_most or Rate(0, 0)


class Way:
    """One key's stream to a console, over a link that holds what it likes back."""

    def __init__(self) -> None:
        self.kind: LinkKind | None = None
        self._ours, self._theirs = Stream(), Stream()
        self._held = deque[bytes]()

    def send(self, lane: Lane, message: bytes) -> None:
        self._ours.send(lane, message)
        while (frame := self._ours.next_frame()) is not None:
            self._held.append(frame)

    def queued(self, lane: Lane) -> int:
        return self._ours.queued(lane)

    def confirmed(self, lane: Lane) -> int:
        return self._ours.confirmed(lane)

    def arrive(self) -> list[bytes]:
        """Let through what is held back."""
        arrived = [message for frame in self._held for _, message in self._theirs.receive(frame)]
        self._held.clear()
        return arrived

    def confirm(self) -> None:
        """Let the other end confirm what has arrived."""
        self._theirs.acknowledge()
        while (frame := self._theirs.next_frame()) is not None:
            self._ours.receive(frame)


def written(number: int) -> bytes:
    """Return a line as it travels."""
    return pack(Chat(number, f"line {number}", number))


def test_two_hundred_lines_written_while_away_arrive_in_order_and_end_no_session() -> None:
    lines, way, console, now = Lines(0.0), Way(), MessageFilter((), 0.0), 600.0
    lines.use(way)
    wanted = [written(number) for number in range(200)]
    for line in wanted:
        lines.add(line, now)
    arrived: list[bytes] = []
    way.kind = LinkKind.RELAYED
    while lines:
        lines.hand_over(now)
        for message in way.arrive():
            arrived.append(message)
            assert console.admit(Chat(1, "x", 1), now).ends is None
        way.confirm()
        now += 0.5
    assert arrived == wanted
    assert now - 600 < (200 - PACE.burst) / PACE.per_second + 5


@pytest.mark.parametrize("seed", range(30))
def test_whatever_way_and_person_do_nothing_is_lost_and_the_console_counts_no_flood(seed: int) -> None:
    random, now, counted = Random(seed), 0.0, Bucket(LIMIT, 0.0)
    lines, way = Lines(now), Way()
    lines.use(way)
    number = itertools.count()
    wanted: list[bytes] = []
    heard: dict[bytes, None] = {}
    for step in range(2_000):
        now += random.choice((0.0, 0.01, 0.5, 2.0))
        match random.randrange(6 if step < 1_500 else 2):
            case 0 | 1:
                way.kind = LinkKind.RELAYED
                for message in way.arrive():
                    assert counted.take(1, now), "an honest person's session would end"
                    heard.setdefault(message)
                way.confirm()
            case 2:
                way.kind = random.choice((None, LinkKind.DIRECT))
            case 3:
                for _ in range(random.randrange(80)):
                    wanted.append(written(next(number)))
                    lines.add(wanted[-1], now)
            case 4 if random.random() < 0.1:  # another key: what the old one holds back is gone, or comes at once
                if random.random() < 0.5:
                    for message in way.arrive():
                        assert counted.take(1, now)
                        heard.setdefault(message)
                way = Way()
                lines.use(way)
        lines.hand_over(now)
    while lines:
        way.kind = LinkKind.RELAYED
        lines.hand_over(now)
        for message in way.arrive():
            assert counted.take(1, now)
            heard.setdefault(message)
        way.confirm()
        now += 0.5
    assert list(heard) == wanted


def test_what_may_be_handed_over_at_once_is_no_more_than_the_other_end_takes() -> None:
    assert AHEAD + PACE.burst + LAST <= LIMIT.burst
    assert PACE.per_second < LIMIT.per_second


def test_ahead_of_a_goodbye_goes_what_the_other_end_takes() -> None:
    lines, way = Lines(0.0), Way()
    lines.use(way)
    way.kind = LinkKind.DIRECT
    for number in range(100):
        lines.add(written(number), 60.0)
    lines.end()
    assert way.arrive() == [written(number) for number in range(AHEAD + LAST)]


def test_before_there_is_a_key_they_wait_and_no_more_of_them_than_the_memory_holds() -> None:
    lines, line = Lines(0.0), bytes(1 << 14)
    with pytest.raises(StreamFullError):
        for _ in range(MOST_BYTES):
            lines.add(line, 60.0)
    assert len(lines) == MOST_BYTES // len(line)
    way = Way()
    way.kind = LinkKind.RELAYED
    lines.use(way)
    while lines:
        lines.hand_over(1e9)
        lines._pace.add(PACE.burst)
        way.arrive()
        way.confirm()
    lines.add(line, 1e9)
    assert len(lines) == 1, "what was confirmed makes room"
