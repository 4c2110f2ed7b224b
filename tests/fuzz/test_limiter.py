"""A short turn of the fuzzer, always the same one."""

from itertools import islice

from tests.fuzz.limiter import seeds, try_all
from tests.fuzz.mutations import mutations

INPUTS = 1_500


def test_a_short_turn_of_the_fuzzer_finds_nothing() -> None:
    """F6, F8: no order of tries passes a limit, and none makes the limiter hold more than it declares."""
    assert try_all(islice(mutations(seeds(), seed=1), INPUTS)) == INPUTS


def test_what_the_fuzzer_begins_with_is_good() -> None:
    assert try_all(seeds()) == len(seeds())
