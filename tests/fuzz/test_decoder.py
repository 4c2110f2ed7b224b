"""A short turn of the fuzzer, always the same one, and sequences that hypothesis makes up."""

from itertools import islice

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.decoder import Decoder
from codec.picture.packet import BadPacketError, parse_header
from tests.fuzz.decoder import try_all
from tests.fuzz.inputs import seeds, stream_of
from tests.fuzz.mutations import mutations
from tests.support.packets import every_kind, planes_of_every_kind

INPUTS = 2_000
STREAMS = every_kind(48, 33, 1, 5), planes_of_every_kind(48, 33, 1, 5)
damage = st.tuples(st.integers(0, 4), st.integers(0, 400), st.integers(0, 255), st.integers(0, 40))


def test_a_short_turn_of_the_fuzzer_finds_nothing() -> None:
    assert try_all(islice(mutations(seeds(), seed=1), INPUTS)) == INPUTS


def test_what_the_fuzzer_begins_with_is_good() -> None:
    for data in seeds():
        decoder = Decoder()
        for packet in stream_of(data):
            decoder.decode(packet)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STREAMS), st.lists(damage, max_size=8))
def test_any_sequence_of_changed_packets_is_named_or_shown_in_the_size_of_its_head(
    stream: list[bytes],
    changes: list[tuple[int, int, int, int]],
) -> None:
    decoder = Decoder()
    for place, at, flip, cut in changes:
        packet = bytearray(stream[place][: len(stream[place]) - cut])
        packet[at % min(len(packet), 60)] ^= flip
        try:
            shown = decoder.decode(bytes(packet))
        except BadPacketError:
            continue
        grid = parse_header(bytes(packet)).grid
        assert shown.shape == (grid.height, grid.width, 4)
    healed = decoder.decode(stream[0]).copy()
    assert np.array_equal(healed, Decoder().decode(stream[0]))
