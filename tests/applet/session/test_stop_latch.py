"""F5: what was stopped stays stopped until the customer has answered a question that came later."""

from hypothesis import given
from hypothesis import strategies as st

from applet.input.injected import InjectedEvents
from applet.input.queue import (
    BURST,
    MAX_CHARACTERS,
    MAX_MESSAGES,
    PER_SECOND,
    SLICE_CHARACTERS,
    InputQueue,
    QueueFullError,
)
from applet.session.stop_latch import EVERYTHING, StopLatch
from codec.wire.access import Access
from codec.wire.messages import Key, PointerMove, TypeText

ACCESS = st.frozensets(st.sampled_from(list(Access)))


def test_nothing_passes_before_an_answer() -> None:
    assert not any(StopLatch().passes(access) for access in Access)


def test_an_answer_to_a_question_from_before_the_stop_opens_nothing() -> None:
    latch = StopLatch()
    asked = latch.mark()
    latch.stop(by_key=True)
    latch.open(EVERYTHING, asked)
    assert not any(latch.passes(access) for access in Access)
    assert latch.fresh(EVERYTHING, asked) == frozenset()
    assert latch.heed() == (EVERYTHING, True)
    assert not latch.has_stops
    latch.open(EVERYTHING, latch.mark())
    assert all(latch.passes(access) for access in Access)


def test_control_alone_is_taken_back_without_the_picture_or_an_open_question() -> None:
    latch = StopLatch()
    latch.open(EVERYTHING - {Access.CLIPBOARD}, latch.mark())
    asked = latch.mark()
    latch.stop(frozenset({Access.CONTROL}))
    latch.open(frozenset({Access.CLIPBOARD}), asked)
    assert {access for access in Access if latch.passes(access)} == EVERYTHING - {Access.CONTROL}


def test_who_has_left_is_not_brought_back_by_an_answer() -> None:
    latch = StopLatch()
    latch.leave()
    latch.open(EVERYTHING, latch.mark())
    assert not latch.passes(Access.VIEW)
    latch.begin()
    latch.open(EVERYTHING, latch.mark())
    assert latch.passes(Access.VIEW)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("stop"), ACCESS),
        st.tuples(st.just("keep"), ACCESS),
        st.tuples(st.just("leave")),
        st.tuples(st.just("begin")),
        st.tuples(st.just("heed")),
        st.tuples(st.just("mark")),
        st.tuples(st.just("answer"), ACCESS),
    ),
    max_size=40,
)


@given(STEPS)
def test_only_an_answer_opens_and_only_what_was_not_stopped_since_its_question(
    steps: list[tuple],  # type: ignore[type-arg]
) -> None:
    latch = StopLatch()
    asked, stopped_since = latch.mark(), frozenset[Access]()
    for name, *arguments in steps:
        before = {access for access in Access if latch.passes(access)}
        if name == "mark":
            asked, stopped_since = latch.mark(), frozenset()
        elif name == "answer":
            latch.open(arguments[0], asked)
        else:
            getattr(latch, name)(*arguments)
        if name == "stop":
            stopped_since |= arguments[0]
        opened = {access for access in Access if latch.passes(access)} - before
        assert opened <= (arguments[0] - stopped_since if name == "answer" else frozenset())
        assert not (latch.left and opened)


def test_a_text_leaves_in_slices_and_no_faster_than_may_be_typed() -> None:
    queue, now, typed = InputQueue(), 0.0, ""
    queue.put(TypeText("ab\r\n" * 1_500))
    while (wait := queue.wait(now)) is not None:
        now += wait + 1e-9
        taken = queue.take(now)
        assert isinstance(taken, TypeText)
        assert 0 < len(taken.text) <= SLICE_CHARACTERS
        typed += taken.text
        assert len(typed) <= BURST + PER_SECOND * now + SLICE_CHARACTERS
    assert typed == "ab\n" * 1_500
    assert (len(typed) - BURST) / PER_SECOND - 0.1 < now < len(typed) / PER_SECOND


def test_keys_wait_behind_the_text_before_them_and_moves_do_not_pile_up() -> None:
    queue = InputQueue()
    queue.put(TypeText("x" * 20))
    queue.put(Key(True, "Enter", "Enter"))
    for place in range(5_000):
        queue.put(PointerMove(0, place, place))
    taken = []
    while (message := queue.take(0.0)) is not None:
        taken.append(message)
    assert [type(each).__name__ for each in taken] == ["TypeText", "TypeText", "Key", "PointerMove"]
    assert taken[-1] == PointerMove(0, 4_999, 4_999)


def test_the_queue_is_bounded() -> None:
    for fill in (
        [TypeText("x" * 10_000)] * (MAX_CHARACTERS // 10_000 + 1),
        [Key(True, "KeyA", "a")] * (MAX_MESSAGES + 1),
    ):
        queue = InputQueue()
        *fits, too_much = fill
        for message in fits:
            queue.put(message)
        try:
            queue.put(too_much)
        except QueueFullError:
            queue.clear()
            assert queue.is_empty
        else:
            raise AssertionError("the queue takes everything")


def test_one_event_is_ahead_of_the_listener_at_most() -> None:
    ours = InjectedEvents(lambda: 0.0)
    assert ours.is_caught_up
    ours.mark()
    assert ours.is_caught_up  # nobody listens
    ours.listens(True)
    number = ours.mark()
    assert not ours.is_caught_up
    ours.heard(number)
    assert ours.is_caught_up
    ours.mark()
    ours.listens(False)
    assert ours.is_caught_up
