"""A short turn of the fuzzer, always the same one."""

from itertools import islice

from tests.fuzz import handshake_ts
from tests.fuzz.handshake import seeds, try_all
from tests.fuzz.mutations import mutations

INPUTS = 500
INPUTS_OF_BOTH = 150


def test_a_short_turn_of_the_fuzzer_finds_nothing() -> None:
    """F1–F3: whatever steps come, in whatever order, no end agrees on what the other one does not have."""
    assert try_all(islice(mutations(seeds(), seed=1), INPUTS)) == INPUTS


def test_what_the_fuzzer_begins_with_is_good() -> None:
    assert try_all(seeds()) == len(seeds())


def test_python_and_typescript_come_to_the_same() -> None:
    """Whatever steps come, in whatever order: what is said, refused, counted and agreed."""
    assert handshake_ts.try_all(handshake_ts.seeds()) == len(seeds())
    assert handshake_ts.try_all(islice(mutations(seeds(), seed=2), INPUTS_OF_BOTH)) == INPUTS_OF_BOTH
