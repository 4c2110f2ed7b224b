import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.session.consent import POSSIBLE, Consent, Question
from codec.wire.access import Access
from codec.wire.messages import Answered, Asking, Granted, Stopped

ACCESS = st.sampled_from(sorted(POSSIBLE))


def fully_permitted() -> Consent:
    """A session whose technician may ask for everything."""
    return permitted(*Access)


def permitted(*access: Access) -> Consent:
    """A session whose technician may ask for these."""
    consent = Consent()
    consent.permit(frozenset(access))
    return consent


def test_nothing_holds_before_the_customer_has_said_yes() -> None:
    consent = fully_permitted()
    assert consent.ask(1, Access.CONTROL) == [Asking(1)]
    assert not any(consent.allows(access) for access in Access)


def test_view_and_control_are_apart() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    said = consent.answer(1, frozenset({Access.VIEW}))
    assert said == [Granted(frozenset({Access.VIEW})), Answered(1, False)]
    assert consent.allows(Access.VIEW)
    assert not consent.allows(Access.CONTROL)


def test_the_clipboard_needs_its_own_yes() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    consent.answer(1, frozenset({Access.VIEW, Access.CONTROL}))
    assert not consent.allows(Access.CLIPBOARD)


def test_an_answer_to_another_question_means_nothing() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.VIEW)
    consent.ask(2, Access.CONTROL)
    assert consent.answer(1, POSSIBLE) == []
    assert consent.granted == frozenset()


def test_a_number_that_is_open_already_replaces_no_question() -> None:
    """F34: what is on the screen and what an answer is held against are one and the same."""
    consent = fully_permitted()
    consent.ask(7, Access.VIEW)
    shown = consent.question
    assert shown is not None
    assert consent.ask(7, Access.CONTROL) == []
    assert consent.question == shown
    consent.answer(shown.serial, POSSIBLE)
    assert not consent.allows(Access.CONTROL)


@given(st.lists(st.tuples(st.integers(0, 3), ACCESS), min_size=1, max_size=20))
def test_no_console_chooses_what_an_answer_names(asked: list[tuple[int, Access]]) -> None:
    """F34: whatever numbers come, a serial stands for one question, and its answer grants what that one offered."""
    consent = fully_permitted()
    shown: dict[int, Question] = {}
    for number, access in asked:
        consent.ask(number, access)
        assert consent.question is not None
        assert shown.setdefault(consent.question.serial, consent.question) == consent.question
    *former, last = shown
    for serial in former:
        assert consent.answer(serial, POSSIBLE) == []
    assert consent.granted == frozenset()
    consent.answer(last, POSSIBLE)
    assert consent.granted <= shown[last].offers


def test_stop_takes_everything_back_and_says_so() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    consent.answer(1, POSSIBLE)
    assert consent.stop(by_key=True) == [Granted(frozenset()), Stopped(True)]
    assert consent.granted == frozenset()
    assert consent.stop(by_key=True) == []


def test_without_view_nothing_else_holds() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    consent.answer(1, POSSIBLE)
    consent.release(Access.VIEW)
    assert consent.granted == frozenset()


def test_another_console_begins_with_nothing() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    consent.answer(1, POSSIBLE)
    consent.start_over()
    assert consent.granted == frozenset()


@pytest.mark.req("PERM-03", "PERM-04", "PERM-18", "PERM-40", "PERM-42")
def test_the_customer_is_not_even_asked_for_what_the_organisation_does_not_permit() -> None:
    consent = Consent()
    for number, access in enumerate(Access):
        assert consent.ask(number, access) == [Answered(number, False, permitted=False)]
    assert consent.question is None


def test_a_permission_that_is_gone_ends_nothing_and_begins_nothing() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.VIEW)
    consent.answer(1, frozenset({Access.VIEW}))
    consent.permit(frozenset())
    assert consent.granted == {Access.VIEW}
    assert consent.ask(2, Access.CONTROL) == [Answered(2, False, permitted=False)]
    consent.release(Access.VIEW)
    assert consent.ask(3, Access.VIEW) == [Answered(3, False, permitted=False)]


@pytest.mark.req("PERM-04")
def test_who_may_control_but_not_view_does_not_keep_the_picture() -> None:
    consent = permitted(Access.CONTROL)
    consent.ask(1, Access.CONTROL)
    assert consent.answer(1, frozenset({Access.VIEW})) == [Answered(1, False)]
    consent.ask(2, Access.CONTROL)
    consent.answer(2, POSSIBLE)
    assert consent.granted == {Access.VIEW, Access.CONTROL}
    consent.release(Access.CONTROL)
    assert consent.granted == frozenset()


def test_the_clipboard_brings_no_sight_along() -> None:
    consent = permitted(Access.CLIPBOARD, Access.CONTROL)
    assert consent.ask(1, Access.CLIPBOARD) == [Answered(1, False, permitted=False)]
    consent.ask(2, Access.CONTROL)
    consent.answer(1, frozenset({Access.VIEW, Access.CONTROL}))
    assert consent.ask(3, Access.CLIPBOARD) == [Asking(3)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 3), ACCESS),
        st.tuples(st.just("answer"), st.integers(0, 3), st.frozensets(ACCESS)),
        st.tuples(st.just("withdraw"), st.integers(0, 3)),
        st.tuples(st.just("release"), ACCESS),
        st.tuples(st.just("stop"), st.booleans()),
    ),
    max_size=30,
)


@given(STEPS, st.frozensets(ACCESS))
def test_only_an_answer_ever_adds_a_permission_and_only_what_was_asked(
    steps: list[tuple],  # type: ignore[type-arg]
    may: frozenset[Access],
) -> None:
    consent = permitted(*may)
    told: frozenset[Access] = frozenset()
    for name, *arguments in steps:
        before, question = consent.granted, consent.question
        said = getattr(consent, name)(*arguments)
        if name == "answer" and question is not None and question.serial == arguments[0]:
            assert consent.granted - before <= question.offers & arguments[1]
        else:
            assert consent.granted <= before
        seen_or_done = consent.granted - {Access.RECORD}  # which stands alone: it may be allowed before all else
        assert Access.VIEW in consent.granted or not seen_or_done
        assert consent.granted - {Access.VIEW} <= may
        assert Access.VIEW in may or Access.CONTROL in consent.granted or not seen_or_done
        for message in said:
            if isinstance(message, Granted):
                told = message.access if isinstance(message.access, frozenset) else frozenset(message.access)
        assert told == consent.granted


@pytest.mark.req("PERM-12a", "PERM-12b", "REC-05", "REC-06", "REC-07", "EDGE-21")
def test_to_record_is_a_question_of_its_own_whose_no_takes_nothing_away() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.CONTROL)
    consent.answer(1, POSSIBLE)
    assert not consent.allows(Access.RECORD)
    assert consent.ask(2, Access.RECORD) == [Asking(2)]
    assert consent.question is not None
    assert consent.question.offers == {Access.RECORD}
    assert consent.answer(2, frozenset()) == [Answered(2, False)]
    assert consent.granted == {Access.VIEW, Access.CONTROL, Access.CLIPBOARD}
    consent.ask(3, Access.RECORD)
    assert consent.answer(3, POSSIBLE) == [Granted(POSSIBLE), Answered(3, True)]


def test_recording_may_be_allowed_before_anything_is_seen_and_a_stop_ends_it_too() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.RECORD)
    consent.answer(1, frozenset({Access.RECORD}))
    consent.ask(2, Access.VIEW)
    consent.answer(2, frozenset({Access.VIEW}))
    consent.release(Access.VIEW)
    assert consent.granted == {Access.RECORD}
    assert consent.stop(by_key=True) == [Granted(frozenset()), Stopped(True)]


def named(*access: Access) -> Consent:
    """A session whose organisation demands no consent of its own for recordings."""
    consent = Consent()
    consent.permit(frozenset(access), records_apart=False)
    return consent


@pytest.mark.req("PERM-12a")
def test_f4_where_no_consent_of_its_own_is_demanded_the_customer_is_asked_all_the_same() -> None:
    consent = named(Access.RECORD, Access.VIEW)
    assert consent.ask(1, Access.RECORD) == [Asking(1)]
    assert consent.granted == frozenset()
    assert consent.answer(1, frozenset({Access.RECORD})) == [
        Granted(frozenset({Access.RECORD})),
        Answered(1, True),
    ]
    consent.permit(frozenset({Access.VIEW}), records_apart=False)
    consent.release(Access.RECORD)
    assert consent.ask(2, Access.RECORD) == [Answered(2, False, permitted=False)]


def test_f4_one_question_names_seeing_and_recording_and_its_one_answer_covers_both() -> None:
    consent = named(*Access)
    assert consent.ask(1, Access.VIEW, record=True) == [Asking(1)]
    question = consent.question
    assert question is not None
    assert question.records
    assert question.offers == {Access.VIEW, Access.CLIPBOARD, Access.RECORD}
    assert consent.answer(1, frozenset({Access.VIEW, Access.RECORD})) == [
        Granted(frozenset({Access.VIEW, Access.RECORD})),
        Answered(1, True),
    ]


@pytest.mark.parametrize("allowed", [{Access.VIEW}, {Access.RECORD}, {Access.VIEW, Access.CONTROL}, {Access.CLIPBOARD}])
def test_f4_half_an_answer_to_a_question_for_both_is_a_no(allowed: set[Access]) -> None:
    consent = named(*Access)
    consent.ask(1, Access.CONTROL, record=True)
    assert consent.answer(1, frozenset(allowed)) == [Answered(1, False)]
    assert consent.granted == frozenset()


def test_f4_a_recording_that_begins_later_is_asked_about_then() -> None:
    consent = named(*Access)
    consent.ask(1, Access.VIEW)
    consent.answer(1, frozenset({Access.VIEW}))
    assert consent.ask(2, Access.VIEW, record=True) == [Asking(2)]
    question = consent.question
    assert question is not None
    assert question.access is Access.RECORD
    assert question.offers == {Access.RECORD}
    assert consent.answer(2, frozenset()) == [Answered(2, False)]
    assert consent.granted == {Access.VIEW}


def test_f4_what_was_allowed_to_be_recorded_before_is_named_when_the_screen_is_asked_for_again() -> None:
    consent = fully_permitted()
    consent.ask(1, Access.RECORD)
    consent.answer(1, frozenset({Access.RECORD}))
    consent.ask(2, Access.VIEW)
    assert consent.question is not None
    assert consent.question.records
    assert not consent.question.is_one_answer
    consent.release(Access.RECORD)
    consent.ask(3, Access.VIEW)
    assert not consent.question.records


@pytest.mark.parametrize(
    ("consent", "access"),
    [
        (fully_permitted(), Access.VIEW),  # whose organisation demands a question of its own
        (named(Access.VIEW, Access.CONTROL), Access.VIEW),  # which lets nobody record
        (named(*Access), Access.CLIPBOARD),
    ],
)
def test_f4_the_recording_is_named_beside_nothing_else_and_only_where_it_may_be(
    consent: Consent, access: Access
) -> None:
    assert consent.ask(1, access, record=True) == [Answered(1, False, permitted=False)]
    assert consent.question is None


def test_f4_who_may_control_but_not_view_records_nothing_when_only_viewing_is_allowed() -> None:
    consent = named(Access.CONTROL, Access.RECORD)
    consent.ask(1, Access.CONTROL, record=True)
    assert consent.answer(1, frozenset({Access.VIEW, Access.RECORD})) == [Answered(1, False)]
    assert consent.granted == frozenset()
    assert not consent.has_recorded


def test_f4_another_console_is_neither_granted_nor_vouched_for_what_the_one_before_recorded() -> None:
    consent = named(*Access)
    consent.ask(1, Access.VIEW, record=True)
    consent.answer(1, frozenset({Access.VIEW, Access.RECORD}))
    consent.release(Access.RECORD)
    assert consent.has_recorded  # the end of the recording is still to be signed
    consent.start_over()
    assert not consent.has_recorded
    assert consent.granted == frozenset()
    consent.ask(2, Access.RECORD)
    assert not consent.has_recorded


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("ask"), st.integers(0, 2), ACCESS, st.booleans()),
            st.tuples(st.just("answer"), st.integers(0, 2), st.frozensets(ACCESS)),
            st.tuples(st.just("permit"), st.frozensets(ACCESS), st.booleans()),
            st.tuples(st.just("release"), ACCESS),
            st.tuples(st.just("start_over")),
        ),
        max_size=30,
    )
)
def test_f4_recording_begins_only_with_an_answer_to_a_question_that_says_so(
    steps: list[tuple],  # type: ignore[type-arg]
) -> None:
    consent = Consent()
    for name, *arguments in steps:
        before, question = consent.granted, consent.question
        getattr(consent, name)(*arguments)
        if Access.RECORD in consent.granted - before:
            assert name == "answer"
            assert question is not None
            assert question.records or question.access is Access.RECORD
            assert Access.RECORD in question.offers & arguments[1]
            assert consent.has_recorded
