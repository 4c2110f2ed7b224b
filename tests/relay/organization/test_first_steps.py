"""How far a new organisation is: by what was said of its steps, and by what is there anyway."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.organization.first_steps import State, Step, progress_of

STEPS = st.sets(st.sampled_from(Step))


@given(done=STEPS, skipped=STEPS, facts=STEPS, dismissed=st.booleans())
def test_a_step_is_done_skipped_or_next(done: set[Step], skipped: set[Step], facts: set[Step], dismissed: bool) -> None:
    kept: dict[str, object] = {step.value: State.SKIPPED.value for step in skipped}
    kept |= {step.value: State.DONE.value for step in done} | {"dismissed": dismissed}
    progress = progress_of(kept, facts)
    assert progress.done == done | facts
    assert progress.skipped == skipped - done - facts
    if progress.next is None:
        assert progress.done | progress.skipped == set(Step)
    else:
        assert progress.next not in progress.done | progress.skipped
    assert progress.is_offered == (not dismissed and progress.done != set(Step))


@pytest.mark.parametrize("kept", [{}, {"technician": "later"}, {"dismissed": "yes"}, {"unknown": "done"}])
def test_what_nobody_wrote_counts_for_nothing(kept: dict[str, object]) -> None:
    progress = progress_of(kept, ())
    assert (progress.done, progress.skipped, progress.dismissed) == (frozenset(), frozenset(), False)
