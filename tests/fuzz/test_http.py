"""A short turn of the fuzzer, always the same one."""

from itertools import islice

from tests.fuzz.http import seeds, try_all
from tests.fuzz.mutations import mutations

INPUTS = 320


def test_a_short_turn_of_the_fuzzer_finds_nothing() -> None:
    """F32: whatever bytes come, the relay answers without an error of its own."""
    assert try_all(islice(mutations(seeds(), seed=1), INPUTS)) == INPUTS


def test_what_the_fuzzer_begins_with_has_no_error_either() -> None:
    """F32: every page and call, and everything odd that was found or thought of before."""
    assert try_all(seeds()) == len(seeds())
