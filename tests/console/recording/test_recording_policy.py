"""A group that demands recordings: what is held back, what is refused, what ends."""

import pytest

from codec.wire.access import Access
from codec.wire.api_types import RecordingRules
from codec.wire.messages import Answered, Ask, Release, Withdraw
from console.page.messages import Event
from console.recording.recording_policy import Outcome, RecordingPolicy, must_end

FREE = RecordingRules()
FORCED = RecordingRules(forced=True)
NAMED = RecordingRules(forced=True, consent=False)
NAMED_GOES_ON = RecordingRules(forced=True, consent=False, go_on_without=True)
GOES_ON = RecordingRules(forced=True, go_on_without=True)
NOTHING: frozenset[Access] = frozenset()
RECORD = frozenset({Access.RECORD})
CONTROL = Ask(7, Access.CONTROL)
FULL = "no space is left there."


def test_without_a_demand_every_question_goes_out_as_it_is() -> None:
    assert RecordingPolicy().ask(CONTROL, FREE, NOTHING, FULL) == Outcome([CONTROL])


@pytest.mark.req("REC-01", "REC-07", "EDGE-21")
def test_the_customer_is_asked_for_the_recording_first_and_then_for_what_was_wanted() -> None:
    recording_policy = RecordingPolicy()
    assert recording_policy.ask(CONTROL, GOES_ON, NOTHING, "").send == [Ask(8, Access.RECORD)]
    assert recording_policy.answered(Answered(5, True), GOES_ON, NOTHING) == Outcome()
    assert recording_policy.answered(Answered(8, True), GOES_ON, RECORD) == Outcome([CONTROL])
    assert recording_policy.answered(Answered(8, True), GOES_ON, RECORD) == Outcome()
    assert recording_policy.ask(CONTROL, FORCED, RECORD, "") == Outcome([CONTROL])


@pytest.mark.finding("use-B16")
def test_where_nothing_may_be_seen_unrecorded_one_question_names_both() -> None:
    assert RecordingPolicy().ask(CONTROL, FORCED, NOTHING, "").send == [Ask(8, Access.CONTROL, record=True)]


@pytest.mark.req("REC-08", "EDGE-22")
def test_a_no_to_the_recording_refuses_what_must_be_recorded_and_nothing_else() -> None:
    recording_policy = RecordingPolicy()
    recording_policy.ask(CONTROL, FORCED, NOTHING, "")
    refused = recording_policy.answered(Answered(8, False), FORCED, NOTHING)
    assert (refused.send, refused.pages) == ([], [Answered(7, False)])
    assert refused.notes == [(Event.RECORDING_NEEDED, "")]
    clipboard = Ask(9, Access.CLIPBOARD)
    assert recording_policy.ask(clipboard, FORCED, NOTHING, FULL) == Outcome([clipboard])
    recording_policy.ask(CONTROL, GOES_ON, NOTHING, "")
    assert recording_policy.answered(Answered(8, False), GOES_ON, NOTHING) == Outcome([CONTROL])


@pytest.mark.parametrize(("answer", "granted"), [(True, {Access.CONTROL}), (False, set())])
def test_f4_where_no_consent_of_its_own_is_demanded_one_question_names_both(answer: bool, granted: set[Access]) -> None:
    recording_policy = RecordingPolicy()
    assert recording_policy.ask(CONTROL, NAMED, NOTHING, "").send == [Ask(8, Access.CONTROL, record=True)]
    held = frozenset({Access.VIEW, Access.RECORD, *granted})
    settled = recording_policy.answered(Answered(8, answer), NAMED, held)
    assert settled == Outcome(pages=[Answered(7, answer)])  # the customer may have allowed to view only
    assert recording_policy.answered(Answered(8, answer), NAMED, held) == Outcome()


def test_f4_a_no_to_the_question_for_both_follows_the_rule_of_the_group() -> None:
    recording_policy = RecordingPolicy()
    recording_policy.ask(CONTROL, NAMED, NOTHING, "")
    refused = recording_policy.answered(Answered(8, False), NAMED, NOTHING)
    assert refused == Outcome(pages=[Answered(7, False)], notes=[(Event.RECORDING_NEEDED, "")])
    recording_policy.ask(CONTROL, NAMED_GOES_ON, NOTHING, "")
    assert recording_policy.answered(Answered(8, False), NAMED_GOES_ON, NOTHING) == Outcome([CONTROL])
    recording_policy.ask(CONTROL, NAMED, NOTHING, "")
    not_permitted = Answered(8, False, permitted=False)
    assert recording_policy.answered(not_permitted, NAMED, NOTHING).pages == [Answered(7, False, permitted=False)]


@pytest.mark.req("REC-09", "REC-10")
def test_where_nothing_can_be_recorded_nothing_is_asked_unless_it_may_go_on_without() -> None:
    refused = RecordingPolicy().ask(CONTROL, FORCED, RECORD, FULL)
    assert (refused.send, refused.pages) == ([], [Answered(7, False)])
    assert refused.notes == [(Event.RECORDING_FAILED, FULL), (Event.RECORDING_NEEDED, "")]
    assert RecordingPolicy().ask(CONTROL, GOES_ON, NOTHING, FULL).send == [CONTROL]


def test_a_question_that_is_taken_back_takes_the_one_before_it_along() -> None:
    recording_policy = RecordingPolicy()
    recording_policy.ask(CONTROL, FORCED, NOTHING, "")
    assert recording_policy.withdraw(Withdraw(3)) == Withdraw(3)
    assert recording_policy.withdraw(Withdraw(7)) == Withdraw(8)
    assert recording_policy.answered(Answered(8, True), FORCED, RECORD) == Outcome()


@pytest.mark.req("REC-11", "REC-12")
@pytest.mark.parametrize(
    ("rules", "granted", "failed", "ends"),
    [
        (FORCED, {Access.VIEW, Access.CONTROL, Access.RECORD}, False, False),
        (FORCED, {Access.VIEW, Access.CONTROL, Access.RECORD}, True, True),
        (FORCED, {Access.VIEW}, False, True),
        (FORCED, {Access.RECORD}, True, False),
        (GOES_ON, {Access.VIEW}, True, False),
        (FREE, {Access.VIEW}, True, False),
    ],
)
def test_seeing_ends_where_it_may_not_go_on_unrecorded(
    rules: RecordingRules, granted: set[Access], failed: bool, ends: bool
) -> None:
    assert must_end(rules, frozenset(granted), failed) == ([Release(Access.VIEW)] if ends else [])
