"""Nothing is lost, nothing arrives twice, whatever happens to the links."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codec.session.lanes import CHUNK_BYTES, LIMITS, LaneLimits
from codec.session.stream import ACK, DATA, Stream, StreamBrokenError, StreamFullError
from codec.wire.lanes import Lane

AHEAD = {lane: replace(LIMITS[lane], ahead_chunks=1 << 32) for lane in Lane}
"""For streams whose other end confirms nothing."""
messages = st.lists(st.tuples(st.sampled_from(Lane), st.integers(0, 3 * CHUNK_BYTES)), max_size=6)


def pump(sender: Stream, receiver: Stream, frames: int = 10_000) -> list[tuple[Lane, bytes]]:
    """Carry at most `frames` frames from one end to the other."""
    arrived = []
    for _ in range(frames):
        frame = sender.next_frame()
        if frame is None:
            break
        arrived += receiver.receive(frame)
    return arrived


def test_golden_frames() -> None:
    stream = Stream()
    stream.send(Lane.PICTURE, b"pixels")
    assert stream.next_frame() == bytes([DATA, 1, 1, 0, 0, 0, 0]) + b"pixels"
    stream.receive(bytes([DATA, 0, 1, 0, 0, 0, 0]) + b"hello")
    stream.acknowledge()
    assert stream.next_frame() == bytes([ACK, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])


@given(sent=messages)
def test_each_lane_keeps_its_order(sent: list[tuple[Lane, int]]) -> None:
    ours, theirs = Stream(AHEAD), Stream()
    for number, (lane, length) in enumerate(sent):
        ours.send(lane, bytes([number]) * length)
    arrived = pump(ours, theirs)
    for lane in Lane:
        expected = [bytes([number]) * length for number, (which, length) in enumerate(sent) if which is lane]
        assert [message for which, message in arrived if which is lane] == expected


def test_control_passes_before_pixels() -> None:
    ours, theirs = Stream(), Stream()
    ours.send(Lane.PICTURE, b"p" * 5 * CHUNK_BYTES)
    pump(ours, theirs, frames=2)
    ours.send(Lane.CONTROL, b"stop")
    assert pump(ours, theirs, frames=1) == [(Lane.CONTROL, b"stop")]
    assert pump(ours, theirs) == [(Lane.PICTURE, b"p" * 5 * CHUNK_BYTES)]


@pytest.mark.finding("field-11")
def test_little_of_a_long_copy_is_ahead_of_the_next_key() -> None:
    ours, theirs = Stream(), Stream()
    ours.send(Lane.BULK, b"copied" * CHUNK_BYTES)
    assert pump(ours, theirs) == []
    assert ours.unacknowledged_bytes(Lane.BULK) > 5 * CHUNK_BYTES
    ours.send(Lane.CONTROL, b"key")
    assert pump(ours, theirs) == [(Lane.CONTROL, b"key")]
    arrived = []
    for _ in range(2):
        theirs.acknowledge()
        ack = theirs.next_frame()
        assert ack is not None
        ours.receive(ack)
        arrived += pump(ours, theirs)
    assert arrived == [(Lane.BULK, b"copied" * CHUNK_BYTES)]


@given(sent=messages, cuts=st.lists(st.integers(0, 8), max_size=6), confirm=st.booleans())
def test_links_may_be_cut_anywhere(sent: list[tuple[Lane, int]], cuts: list[int], confirm: bool) -> None:
    """After each cut the new link begins with what the other end has; frames of the old link may be lost."""
    ours, theirs = Stream(AHEAD), Stream()
    arrived: list[tuple[Lane, bytes]] = []
    for number, (lane, length) in enumerate(sent):
        ours.send(lane, bytes([number]) * length)
    for cut in cuts:
        arrived += pump(ours, theirs, frames=cut)
        if confirm:
            theirs.acknowledge()
            pump(theirs, ours, frames=1)
        pump(ours, Stream(), frames=0)
        for _ in range(2):
            ours.next_frame()  # lost with the old link
        ours.rewind(theirs.received)
    arrived += pump(ours, theirs)
    for lane in Lane:
        expected = [bytes([number]) * length for number, (which, length) in enumerate(sent) if which is lane]
        assert [message for which, message in arrived if which is lane] == expected


def test_what_comes_twice_counts_once() -> None:
    ours, theirs = Stream(), Stream()
    ours.send(Lane.CONTROL, b"once")
    frame = ours.next_frame()
    assert frame is not None
    assert theirs.receive(frame) == [(Lane.CONTROL, b"once")]
    assert theirs.receive(frame) == []


def test_memory_is_freed_by_acknowledgements() -> None:
    ours, theirs = Stream(), Stream()
    ours.send(Lane.CONTROL, b"x" * 100)
    pump(ours, theirs)
    assert ours.unacknowledged_bytes(Lane.CONTROL) > 0
    theirs.acknowledge()
    pump(theirs, ours)
    assert ours.unacknowledged_bytes(Lane.CONTROL) == 0


def test_a_burst_is_acknowledged_without_being_asked() -> None:
    ours, theirs = Stream(), Stream()
    ours.send(Lane.PICTURE, b"x" * 20 * CHUNK_BYTES)
    pump(ours, theirs)
    assert theirs.owes_acknowledgement
    pump(theirs, ours)
    assert ours.unacknowledged_bytes(Lane.PICTURE) == 0


def test_a_silent_reader_is_noticed_not_buffered() -> None:
    limits = {lane: LaneLimits(message_bytes=1000, unacknowledged_bytes=2000) for lane in Lane}
    ours = Stream(limits)
    ours.send(Lane.CONTROL, b"x" * 1000)
    with pytest.raises(StreamFullError):
        ours.send(Lane.CONTROL, b"x" * 1000)
    with pytest.raises(StreamFullError):
        ours.send(Lane.PICTURE, b"x" * 1001)
    assert ours.unacknowledged_bytes(Lane.PICTURE) == 0


def test_a_message_that_never_ends_is_refused() -> None:
    most = CHUNK_BYTES + 10
    theirs = Stream({lane: LaneLimits(message_bytes=most, unacknowledged_bytes=most) for lane in Lane})
    theirs.receive(bytes([DATA, 0, 0, 0, 0, 0, 0]) + bytes(CHUNK_BYTES))
    with pytest.raises(StreamBrokenError, match=f"longer than {most}"):
        theirs.receive(bytes([DATA, 0, 0, 1, 0, 0, 0]) + bytes(CHUNK_BYTES))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES + 1])
def test_a_message_is_not_cut_into_chunks_that_hold_less_or_more(size: int) -> None:
    """F29: empty chunks without end grew a list without end; so did chunks of one byte, 40 bytes of memory each."""
    with pytest.raises(StreamBrokenError, match="all but the last"):
        Stream().receive(bytes([DATA, 1, 0, 0, 0, 0, 0]) + bytes(size))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x07abc",
        bytes([DATA, 0, 1]),
        bytes([DATA, 3, 1, 0, 0, 0, 0]),
        bytes([DATA, 0, 2, 0, 0, 0, 0]),
        bytes([DATA, 0, 1, 5, 0, 0, 0]),
        bytes([ACK, 0, 0, 0]),
        bytes([ACK, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_lies_have_a_name(frame: bytes) -> None:
    with pytest.raises(StreamBrokenError):
        Stream().receive(frame)


def test_a_rewind_beyond_the_end_is_a_lie() -> None:
    with pytest.raises(StreamBrokenError):
        Stream().rewind((1, 0, 0))


@given(frame=st.binary(max_size=40))
def test_garbage_raises_only_the_named_error(frame: bytes) -> None:
    try:
        Stream().receive(frame)
    except StreamBrokenError:
        pass


@example(sent=[3 * CHUNK_BYTES], frames=1, cut=True, later=[1])  # begun, and all that had left was confirmed
@given(
    sent=st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=5),
    frames=st.integers(0, 12),
    cut=st.booleans(),
    later=st.lists(st.integers(0, CHUNK_BYTES), max_size=3),
)
def test_what_has_not_begun_to_leave_can_be_discarded(
    sent: list[int], frames: int, cut: bool, later: list[int]
) -> None:
    """F5: pictures that wait are not sent after a stop. What had begun arrives whole, on another link too."""
    ours, theirs = Stream(), Stream()
    for number, length in enumerate(sent):
        ours.send(Lane.PICTURE, bytes([number]) * length)
    arrived = pump(ours, theirs, frames)
    if cut:
        ours.rewind(theirs.received)
    ours.discard(Lane.PICTURE)
    for number, length in enumerate(later):
        ours.send(Lane.PICTURE, bytes([100 + number]) * length)
    arrived += pump(ours, theirs)
    begun, left = 0, frames
    for length in sent:
        begun, left = begun + (left > 0), left - max(1, -(-length // CHUNK_BYTES))
    wanted = [bytes([number]) * length for number, length in enumerate(sent[:begun])]
    assert [message for _, message in arrived] == wanted + [bytes([100 + n]) * length for n, length in enumerate(later)]


def test_how_far_a_lane_is_queued_and_confirmed_is_told_in_chunks() -> None:
    ours, theirs = Stream(), Stream()
    for message in (b"one", bytes(3 * CHUNK_BYTES), b"two"):
        ours.send(Lane.CONTROL, message)
    assert (ours.queued(Lane.CONTROL), ours.confirmed(Lane.CONTROL), ours.queued(Lane.BULK)) == (5, 0, 0)
    for _ in range(2):  # "one" and a part of the next
        frame = ours.next_frame()
        assert frame is not None
        theirs.receive(frame)
    theirs.acknowledge()
    answer = theirs.next_frame()
    assert answer is not None
    ours.receive(answer)
    assert (ours.queued(Lane.CONTROL), ours.confirmed(Lane.CONTROL)) == (5, 2)
