"""A short turn of the fuzzer, always the same one."""

from itertools import islice

from tests.fuzz import stream_ts
from tests.fuzz.mutations import mutations
from tests.fuzz.stream import seeds, try_all

INPUTS, INPUTS_TS = 2_000, 400


def test_a_short_turn_of_the_fuzzer_finds_nothing() -> None:
    """F29: no frames of an end that does not read make the other one keep more than its bounds."""
    assert try_all(islice(mutations(seeds(), seed=1), INPUTS)) == INPUTS


def test_what_the_fuzzer_begins_with_is_good() -> None:
    assert try_all(seeds()) == len(seeds())


def test_typescript_takes_any_frames_as_python_does() -> None:
    assert stream_ts.try_all(islice(mutations(seeds(), seed=1), INPUTS_TS)) == INPUTS_TS
