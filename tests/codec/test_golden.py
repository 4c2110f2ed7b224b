"""Kept streams of packets show for ever what they showed when they were written: the format does not drift."""

import pytest

from tests.support.packets import GOLDEN, kept, sums

STREAMS = sorted(file.stem for file in GOLDEN.glob("*.packets"))


@pytest.mark.parametrize("name", STREAMS)
def test_a_kept_stream_shows_what_it_always_showed(name: str) -> None:
    assert sums(kept(GOLDEN / f"{name}.packets")) == (GOLDEN / f"{name}.sums").read_text().split()


def test_the_kept_streams_are_there() -> None:
    assert STREAMS == ["every-kind", "odd"]
